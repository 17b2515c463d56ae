"""SMS to who reported: who is told what, when not, how many a day, and what becomes of it when the
centre fails."""

from datetime import timedelta
from typing import Any

import pytest

from gulou.cases import operations as cases
from gulou.kit import clock
from gulou.kit.errors import NotAllowed
from gulou.kit.outgoing import Unanswered
from gulou.outbox.models import Delivery, Event
from gulou.people.models import User
from gulou.providers import operations, smpp
from gulou.providers.models import Missive, Provider, Silenced
from gulou.providers.states import mobile, quiet_until, wish
from gulou.providers.turns import Line
from tests.conftest import Cast, Kinds
from tests.providers.conftest import NIGHT, NOON, reported, settle, tell_all, use_sms
from tests.providers.smsc import NUMBER, Centre


def test_a_reporter_is_told_at_receipt_with_the_private_link(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    report = reported(cast, kinds, phone="+86 139-0000-1234")
    tell_all(NOON)
    (said,) = centre.texts()
    assert said.startswith("【鼓楼文明办】") and said.endswith("拒收请回复R")
    assert report.receipt in said and f"/t/{report.token}/" in said
    assert "王大姐" not in said and "楼下" not in said
    assert {part.to for part in centre.parts} == {f"86{NUMBER}"}
    missive = Missive.objects.get()
    assert missive.sent_at and missive.parts == len(centre.parts) == missive.taken.count()


@pytest.mark.parametrize("phone", ["0591-87654321", "12345", "110", "", "23900001234"])
def test_what_is_no_mobile_number_is_told_nothing(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line, phone: str
) -> None:
    use_sms(centre, admin)
    reported(cast, kinds, phone=phone)
    tell_all(NOON)
    assert not Missive.objects.exists() and not mobile(phone)


def test_it_is_owed_once_however_often_the_effect_runs(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    report = reported(cast, kinds)
    tell_all(NOON)
    event = Event.objects.get(name="report.received")
    operations.owe_reporter(report.uid, what="received", event_id=event.pk, at=event.at)
    assert Missive.objects.count() == 1


def test_closed_it_owes_nothing(cast: Cast, kinds: Kinds, centre: Centre, line: Line) -> None:
    reported(cast, kinds)
    tell_all(NOON)
    assert not Missive.objects.exists() and not centre.binds


def test_the_receipt_of_the_centre_says_that_it_arrived(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    reported(cast, kinds)
    tell_all(NOON)
    settle(line, lambda: bool(Missive.objects.get().arrived_at))
    settle(line, lambda: centre.acknowledged == len(centre.parts) > 0)
    assert centre.acknowledged == len(centre.parts) > 0


def test_what_did_not_arrive_is_set_aside_and_may_be_sent_again(
    cast: Cast, kinds: Kinds, admin: User, mender: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    centre.receipts = "UNDELIV"
    reported(cast, kinds)
    tell_all(NOON)
    settle(line, lambda: bool(Missive.objects.get().set_aside_at))
    missive = Missive.objects.get()
    assert missive.error == "smpp-UNDELIV" and missive.sent_at is None
    with pytest.raises(NotAllowed):
        operations.resend_missive(missive.pk, by=cast.lin)
    centre.receipts, before = "DELIVRD", len(centre.texts())
    with clock.at(NOON):
        operations.resend_missive(missive.pk, by=mender)
    tell_all(NOON)
    assert len(centre.parts) > before and Missive.objects.get().sent_at
    assert Event.objects.filter(name="provider.missive_resent").count() == 1


def test_at_night_only_the_receipt_goes(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    with clock.at(NOON):
        report = reported(cast, kinds)
        cases.progress_reports(report.case.uid, event=1, what="dispatched")
    Missive.objects.all().delete()
    tell_all(NIGHT)
    assert [one for one in centre.texts() if "passed" in one] == []
    assert len(centre.texts()) == 1
    tell_all(NIGHT, after=timedelta(hours=9, minutes=5))
    assert ["passed" in one for one in centre.texts()] == [False, True]


def test_quiet_hours_go_over_midnight_or_not() -> None:
    assert quiet_until(NIGHT, "21:00", "08:00") == NIGHT + timedelta(hours=9)
    assert quiet_until(NIGHT.replace(hour=3), "21:00", "08:00") == NIGHT.replace(hour=8)
    assert quiet_until(NOON, "21:00", "08:00") is None
    assert quiet_until(NOON, "12:00", "14:00") == NOON.replace(hour=14)
    assert quiet_until(NOON, "12:00", "12:00") is None


def test_who_wants_none_is_told_none_until_they_want_them_again(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    line.send_next()
    centre.say("td", number=f"86{NUMBER}")
    settle(line, Silenced.objects.exists)
    assert NUMBER not in Silenced.objects.get().digest
    reported(cast, kinds)
    tell_all(NOON)
    assert not centre.parts and Missive.objects.get().error == "silenced"
    centre.say("订阅", number=f"86{NUMBER}")
    settle(line, lambda: not Silenced.objects.exists())
    assert wish("谢谢") is None


def test_a_number_gets_no_more_in_a_day_than_the_office_says(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin, per_number=1)
    reported(cast, kinds)
    reported(cast, kinds)
    tell_all(NOON)
    assert len(centre.texts()) == 1
    waiting = Missive.objects.get(sent_at=None)
    assert waiting.error == "number-full" and waiting.attempts == 0
    tell_all(NOON, after=timedelta(days=1))
    assert Missive.objects.filter(sent_at=None).count() == 0


def test_all_together_get_no_more_in_a_day_than_the_office_says(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin, per_day=1)
    reported(cast, kinds)
    reported(cast, kinds, phone="13900005678")
    tell_all(NOON)
    assert Missive.objects.get(sent_at=None).error == "day-full"


def test_throttling_is_no_failed_try(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    centre.status = 0x58
    reported(cast, kinds)
    tell_all(NOON)
    missive = Missive.objects.get()
    assert missive.attempts == 0 and missive.error == "smpp-88" and not missive.sent_at
    centre.status = 0
    tell_all(NOON, after=timedelta(seconds=10))
    assert Missive.objects.get().sent_at and centre.binds == 1


def test_a_dead_number_is_set_aside_at_once(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    centre.dead.add(f"86{NUMBER}")
    reported(cast, kinds)
    tell_all(NOON)
    missive = Missive.objects.get()
    assert missive.set_aside_at and missive.error == "smpp-11" and missive.attempts == 1


@pytest.mark.parametrize("mood", ["never", "never after binding", "closes", "garbage"])
def test_a_dead_centre_is_left_alone_longer_each_time_and_holds_up_nothing(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line, mood: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(smpp, "SECONDS", 0.3)
    use_sms(centre, admin)
    centre.mood = mood
    reported(cast, kinds)
    tell_all(NOON)
    dead = Provider.objects.get()
    assert dead.failures == 1 and dead.error and dead.paused_until
    assert Delivery.objects.get(reaction__endswith="owe_news").done_at
    tell_all(NOON, after=timedelta(seconds=21))
    assert Provider.objects.get().failures == 2
    centre.mood = ""
    tell_all(NOON, after=timedelta(minutes=5))
    provider = Provider.objects.get()
    assert len(centre.texts()) == 1 and (provider.failures, provider.error) == (0, "")


def test_a_wrong_password_is_said_on_the_page_and_tried_again_later(
    cast: Cast, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin, password="falsch")
    assert not line.send_next()
    assert Provider.objects.get().error == "smpp-14" and not centre.bound
    operations.set_provider("sms", {"password": "geheim1"}, by=admin)
    line.send_next()
    assert len(centre.bound) == 1


def test_parts_that_went_out_do_not_go_again(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    use_sms(centre, admin)
    report = reported(cast, kinds)
    real = smpp.Session.submit

    def breaks(self: smpp.Session, **given: Any) -> str:
        if given["place"] and given["place"][2] == 2 and not broke:
            broke.append(1)
            raise Unanswered("timeout")
        return real(self, **given)

    broke: list[int] = []
    monkeypatch.setattr(smpp.Session, "submit", breaks)
    tell_all(NOON)
    assert len(centre.parts) == 1 and not Missive.objects.get().sent_at
    tell_all(NOON, after=timedelta(minutes=2))
    (said,) = centre.texts()
    assert said.count(report.receipt) == 1 and report.token in said


def test_what_waited_for_days_is_not_told_any_more(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    report = reported(cast, kinds)
    event = Event.objects.get(name="report.received")
    operations.owe_reporter(report.uid, what="received", event_id=event.pk, at=event.at)
    tell_all(NOON, after=timedelta(days=3))
    assert not centre.parts and Missive.objects.get().error == "stale"


def test_an_erased_contact_is_told_nothing(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    report = reported(cast, kinds)
    event = Event.objects.get(name="report.received")
    operations.owe_reporter(report.uid, what="received", event_id=event.pk, at=event.at)
    assert report.contact is not None
    report.contact.erased_at, report.contact.sealed = NOON, b""
    report.contact.save()
    tell_all(NOON)
    assert not centre.parts and Missive.objects.get().error == "erased"
