"""SMS: setting it up, one worker at a time, and what is kept of what was sent."""

from datetime import timedelta

import pytest

from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.outbox.deliver import MAX_ATTEMPTS
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.providers import history, jobs, operations
from gulou.providers.at_hand import ProviderRef
from gulou.providers.models import Missive, Provider, Taken
from gulou.providers.smpp import Receipt
from gulou.providers.sms import Sms, _heard
from gulou.providers.turns import Line
from tests.conftest import Cast
from tests.providers.conftest import tell_all, use_sms
from tests.providers.smsc import NUMBER, Centre


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
