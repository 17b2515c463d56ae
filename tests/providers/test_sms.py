"""SMS: who is told what, when not, how many a day, and what becomes of it when the centre fails."""

from datetime import timedelta
from typing import Any

import pytest

from gulou.cases import operations as cases
from gulou.cases.models import Case, Report
from gulou.cases.operations import ContactDetails
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.kit.outgoing import Unanswered
from gulou.notices import letters
from gulou.notices import operations as notices
from gulou.notices.channels import CHANNELS
from gulou.notices.models import Letter
from gulou.notices.post import Gone, Note, Recipient
from gulou.outbox import deliver
from gulou.outbox.deliver import MAX_ATTEMPTS
from gulou.outbox.models import Delivery, Event
from gulou.people.models import Posting, User
from gulou.providers import history, jobs, operations, smpp
from gulou.providers.at_hand import ProviderRef
from gulou.providers.models import Missive, Provider, Silenced, Taken
from gulou.providers.queries import digest_of
from gulou.providers.smpp import Receipt
from gulou.providers.sms import Sms, _heard
from gulou.providers.states import mobile, quiet_until, wish
from gulou.providers.turns import Line
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.notices.conftest import who_holds
from tests.notices.test_telling import tell_of
from tests.providers.conftest import NIGHT, NOON, tell_all, use_sms
from tests.providers.smsc import NUMBER, Centre


def reported(cast: Cast, kinds: Kinds, phone: str = NUMBER) -> Report:
    """Somebody left a number, and was told nothing yet."""
    contact = ContactDetails(name="王大姐", phone=phone)
    with clock.at(NOON):
        case = a_case(cast, kinds.rubbish, contact=contact, words="我家楼下臭")
    return Report.objects.get(case=case)


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


def to_lin(cast: Cast, kinds: Kinds, n: int = 1) -> Case:
    """Lin of staff has a number, and is told of a deadline by SMS alone."""
    User.objects.filter(pk=cast.lin.pk).update(phone=NUMBER)
    notices.choose_manner({"by_kind": {"warned": {"sms": "now"}}}, by=cast.lin)
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    tell_of(case, cast.lin, n=n)
    return case


def test_staff_is_told_by_sms_whatever_residents_may_be_told_in_a_day(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin, per_day=1, per_number=1)
    reported(cast, kinds)
    tell_all(NOON)
    with clock.at(NOON):
        to_lin(cast, kinds)
        letters.send_all()
    tell_all(NOON)
    assert Missive.objects.filter(sent_at__isnull=False).count() == 2


def test_a_duty_goes_by_no_sms_to_a_number_that_wants_none_or_a_case_no_longer_seen(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    silenced = Silenced.objects.create(digest=digest_of(NUMBER), since=NOON)
    to_lin(cast, kinds)
    assert not Letter.objects.filter(channel="sms").exists()
    silenced.delete()
    to_lin(cast, kinds, n=2)
    letters.send_all()
    Posting.objects.filter(user=cast.lin).delete()
    tell_all()
    assert not centre.parts and Missive.objects.get().error == "hidden"


def test_a_duty_is_not_owed_through_a_provider_that_was_taken_out_of_use(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre
) -> None:
    use_sms(centre, admin)
    to_lin(cast, kinds)
    operations.switch_provider("sms", by=admin)
    with pytest.raises(Gone):
        CHANNELS["sms"].send(Recipient(User.objects.get(pk=cast.lin.pk)), Note("", "", "", "k"))


def test_what_staff_is_owed_waits_while_it_is_out_of_use_and_goes_once(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    reported(cast, kinds)
    with clock.at(NOON):
        deliver.deliver_all()
        to_lin(cast, kinds)
        letters.send_all()
        operations.switch_provider("sms", by=admin)
    tell_all(NOON)
    of_staff = Missive.objects.get(what="staff")
    assert (of_staff.set_aside_at, of_staff.error, centre.parts) == (None, "not-in-use", [])
    of_reporter = Missive.objects.get(what="received")
    assert of_reporter.set_aside_at and of_reporter.error == "closed"
    mender = who_holds("office.mend", cast)
    with pytest.raises(Refusal):
        operations.resend_missive(of_reporter.pk, by=mender)
    with clock.at(NOON):
        operations.switch_provider("sms", by=admin)
        operations.resend_missive(of_reporter.pk, by=mender)
    for _again in range(2):
        tell_all(NOON)
    assert len(centre.texts()) == 2 == Missive.objects.filter(sent_at__isnull=False).count()


class Switching:
    """While it sends, somebody takes the provider out of use."""

    code = "sms"

    def __init__(self, by: User) -> None:
        self._by = by

    def tend(self, ref: ProviderRef) -> None:
        """Nothing to do."""

    def send(self, ref: ProviderRef, missive: Missive) -> None:
        """It goes; meanwhile the provider is switched off."""
        operations.switch_provider("sms", by=self._by)

    def close(self) -> None:
        """Nothing is held."""


def test_what_is_sent_while_the_provider_is_taken_out_of_use_counts_as_sent(
    admin: User, centre: Centre
) -> None:
    use_sms(centre, admin)
    operations.try_provider("sms", NUMBER, by=admin)
    line = Line(Switching(admin))
    assert line.send_next() and not line.send_next()
    missive = Missive.objects.get()
    assert missive.sent_at and missive.set_aside_at is None and missive.error == ""


def test_another_worker_waits_for_the_lease(admin: User, centre: Centre, line: Line) -> None:
    use_sms(centre, admin)
    line.send_next()
    other = type(line._adapter)()
    Line(other).send_next()
    assert centre.binds == 1
    with clock.at(clock.now() + timedelta(minutes=3)):
        Line(other).send_next()
    assert centre.binds == 2
    other.close()


def test_a_worker_that_stops_lets_go_of_the_lease(admin: User, centre: Centre, line: Line) -> None:
    use_sms(centre, admin)
    line.send_next()
    line.leave()
    other = type(line._adapter)()
    Line(other).send_next()
    assert centre.binds == 2
    other.close()


def test_the_password_goes_to_no_other_address_unless_it_is_entered_again(
    admin: User, centre: Centre
) -> None:
    use_sms(centre, admin)
    for elsewhere in ({"host": "203.0.113.9"}, {"port": 2776}, {"tls": True}):
        with pytest.raises(Invalid) as wrong:
            operations.set_provider("sms", elsewhere, by=admin)
        assert wrong.value.field == "password"
    operations.set_provider("sms", {"per_day": 10}, by=admin)
    assert history.provider_history(admin, "sms")[0].can_undo
    operations.set_provider("sms", {"port": 2776, "password": "geheim1"}, by=admin)
    assert not history.provider_history(admin, "sms")[0].can_undo


def test_what_its_worker_died_of_each_time_is_set_aside(
    admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    operations.try_provider("sms", NUMBER, by=admin)
    Missive.objects.update(attempts=MAX_ATTEMPTS)
    assert not line.send_next()
    assert Missive.objects.get().error == "broken" and not centre.parts


def test_a_receipt_is_for_the_very_id_before_any_that_is_written_alike(
    admin: User, centre: Centre
) -> None:
    use_sms(centre, admin)
    sent = [a_sent_one(one) for one in ("10", "a")]
    _heard(Receipt("10", "DELIVRD"))
    arrived = [Missive.objects.get(pk=one.pk).arrived_at is not None for one in sent]
    assert arrived == [True, False]


def test_a_part_that_did_not_arrive_while_the_others_go_is_not_forgotten(
    admin: User, centre: Centre, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_sms(centre, admin)
    operations.try_provider("sms", NUMBER, by=admin)
    real = Sms.send

    def refused_meanwhile(self: Sms, ref: ProviderRef, missive: Missive) -> None:
        real(self, ref, missive)
        _heard(Receipt(missive.taken.latest("pk").remote_id, "UNDELIV"))

    monkeypatch.setattr(Sms, "send", refused_meanwhile)
    assert line.send_next()
    missive = Missive.objects.get()
    assert missive.set_aside_at and missive.error == "smpp-UNDELIV" and missive.sent_at is None


def test_old_messages_and_ids_of_parts_are_forgotten(admin: User, centre: Centre) -> None:
    use_sms(centre, admin)
    for days in (1, 8, 181):
        with clock.at(clock.now() - timedelta(days=days)):
            a_sent_one(str(days))
    jobs.forget_old()
    assert [one.remote_id for one in Taken.objects.all()] == ["1"]
    assert Missive.objects.count() == 2


def a_sent_one(remote_id: str) -> Missive:
    """A message that the centre has taken under this id."""
    now, provider = clock.now(), Provider.objects.get(code="sms")
    missive = Missive.objects.create(
        provider=provider, what="tried", at=now, due_at=now, sent_at=now
    )
    Taken.objects.create(missive=missive, remote_id=remote_id)
    return missive


def test_setting_up_is_refused_to_who_may_not_and_says_what_is_wrong(
    cast: Cast, admin: User, centre: Centre
) -> None:
    with pytest.raises(NotAllowed):
        use_sms(centre, cast.lin)
    with pytest.raises(NotFound):
        operations.set_provider("telegraph", {}, by=admin)
    for wrong in ({"host": ""}, {"password": ""}, {"port": 0}, {"signature": "【鼓楼】"},
                  {"quiet_from": "25:00"}, {"tells": ["everything"]}, {"prefix": "+86"}):  # fmt: skip
        with pytest.raises(Invalid):
            use_sms(centre, admin, **wrong)
    assert not Provider.objects.filter(in_use=True).exists()


def test_a_trial_goes_to_a_number_that_is_not_kept(admin: User, centre: Centre, line: Line) -> None:
    use_sms(centre, admin)
    with pytest.raises(Invalid):
        operations.try_provider("sms", "12345", by=admin)
    operations.try_provider("sms", NUMBER, by=admin)
    with pytest.raises(Refusal):
        operations.try_provider("sms", NUMBER, by=admin)
    tell_all()
    assert "works" in centre.texts()[0] and Missive.objects.get().sealed_to is None
    assert NUMBER not in str(list(Event.objects.values_list("payload", flat=True)))


def settle(line: Line, until: Any) -> None:
    """Let the line take in what the centre has to say."""
    for _ in range(300):
        with clock.at(NOON):
            line.send_next()
        if until():
            return
    raise AssertionError("it never came")
