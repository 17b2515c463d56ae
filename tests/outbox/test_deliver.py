"""Delivering: once for effects, at least once for messages, nothing lost, nothing stuck."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import transaction

from gulou.kit import clock
from gulou.kit.facts import Fact
from gulou.outbox import deliver, queries, table
from gulou.outbox.models import Delivery, Event
from gulou.outbox.record import record
from gulou.people.models import User
from tests.factories.people import UserFactory

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Rang(Fact):
    name: ClassVar[str] = "test.rang"
    bell: str = "east"


heard: list[table.Envelope] = []
mood: dict[str, Callable[[], None]] = {}


def listen(envelope: table.Envelope) -> None:
    mood.get("listen", lambda: None)()
    heard.append(envelope)


def rename(envelope: table.Envelope) -> None:
    user = User.objects.get(uid=envelope.subject_uid)
    user.display_name += "!"
    user.save(update_fields=["display_name"])
    mood.get("rename", lambda: None)()


@pytest.fixture
def user(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    heard.clear()
    mood.clear()
    rows: table.Table = {Rang: [table.Effect(rename), table.Message(listen)]}
    monkeypatch.setattr("gulou.outbox.record.table", lambda: rows)
    monkeypatch.setattr(deliver, "facts_by_name", lambda: {"test.rang": Rang})
    monkeypatch.setattr(
        deliver, "reactions_by_label", lambda: {table.label(r): r for r in rows[Rang]}
    )
    return UserFactory.create(display_name="Bell")


def _ring(user: User) -> Event:
    with transaction.atomic():
        return record(Rang(bell="west"), subject=user, actor="system")


def _delivery(name: str) -> Delivery:
    return Delivery.objects.get(reaction__endswith=name)


def test_it_runs_each_reaction_once(user: User) -> None:
    event = _ring(user)
    assert deliver.deliver_all() == 2
    assert deliver.deliver_one() is False
    user.refresh_from_db()
    assert user.display_name == "Bell!"
    (envelope,) = heard
    assert (envelope.fact.bell, envelope.event_id) == ("west", event.pk)
    assert envelope.key.startswith(f"{event.pk}:")


def test_one_failing_reaction_leaves_the_others_done(user: User) -> None:
    mood["listen"] = lambda: (_ for _ in ()).throw(ValueError("the secret number is 139"))
    _ring(user)
    with clock.at(clock.now()):
        deliver.deliver_all()
    assert _delivery("rename").done_at is not None
    failed = _delivery("listen")
    assert failed.done_at is None and failed.attempts == 1
    assert failed.error == "ValueError", "what an error says may hold personal data"


def test_an_effect_that_fails_leaves_nothing_behind(user: User) -> None:
    mood["rename"] = lambda: (_ for _ in ()).throw(ValueError())
    _ring(user)
    with clock.at(clock.now()):
        deliver.deliver_all()
    user.refresh_from_db()
    assert user.display_name == "Bell"


def test_it_tries_again_later_with_the_same_key(user: User) -> None:
    mood["listen"] = lambda: (_ for _ in ()).throw(ValueError())
    with clock.at(NOON):
        _ring(user)
        deliver.deliver_all()
        assert deliver.deliver_one() is False, "not at once"
    mood.clear()
    with clock.at(NOON + timedelta(hours=1)):
        assert deliver.deliver_all() == 1
    assert len(heard) == 1


def test_it_sets_aside_what_fails_for_good(user: User) -> None:
    mood["listen"] = lambda: (_ for _ in ()).throw(ValueError())
    with clock.at(NOON):
        _ring(user)
    for hour in range(deliver.MAX_ATTEMPTS + 3):
        with clock.at(NOON + timedelta(days=hour)):
            deliver.deliver_all()
    (aside,) = queries.set_aside()
    assert aside.attempts == deliver.MAX_ATTEMPTS
    mood.clear()
    deliver.retry(aside.pk)
    deliver.deliver_all()
    assert len(heard) == 1 and not queries.set_aside().exists()


def test_it_sets_aside_what_is_hopeless_at_once(user: User) -> None:
    def give_up() -> None:
        raise deliver.Hopeless("no such robot")

    mood["listen"] = give_up
    _ring(user)
    deliver.deliver_all()
    (aside,) = queries.set_aside()
    assert aside.attempts == 1 and "no such robot" in aside.error


def test_it_shows_an_unknown_reaction(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _ring(user)
    monkeypatch.setattr(deliver, "reactions_by_label", dict)
    deliver.deliver_all()
    assert queries.set_aside().count() == 2


def test_it_shows_an_unknown_fact(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _ring(user)
    monkeypatch.setattr(deliver, "facts_by_name", dict)
    deliver.deliver_all()
    assert "unknown: test.rang" in queries.set_aside()[0].error


def test_a_killed_worker_leaves_its_work_to_others(user: User) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    mood["listen"] = mood["rename"] = die
    with clock.at(NOON):
        _ring(user)
        for _ in range(2):
            with pytest.raises(Killed):
                deliver.deliver_one()
        assert deliver.deliver_one() is False, "the leases still run"
    mood.clear()
    with clock.at(NOON + deliver.LEASE):
        assert deliver.deliver_all() == 2
    user.refresh_from_db()
    assert user.display_name == "Bell!" and len(heard) == 1


def test_a_worker_whose_lease_ran_out_changes_nothing(user: User) -> None:
    with clock.at(NOON):
        _ring(user)
        slow = deliver._claim()
    assert slow is not None and slow.reaction.endswith("rename")
    with clock.at(NOON + deliver.LEASE):
        deliver.deliver_all()
    reaction, envelope = deliver._open(slow)
    with pytest.raises(deliver.LeaseLost):
        deliver._run(slow, reaction, envelope)
    user.refresh_from_db()
    assert user.display_name == "Bell!"


def test_a_reaction_that_kills_every_worker_is_set_aside(user: User) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    mood["listen"] = die
    with clock.at(NOON):
        _ring(user)
    for day in range(deliver.MAX_ATTEMPTS + 2):
        with clock.at(NOON + timedelta(days=day)):
            try:
                deliver.deliver_all()
            except Killed:
                continue
    assert queries.set_aside().count() == 1


def test_a_message_may_hold_its_lease_for_longer(user: User) -> None:
    held: list[bool] = []
    mood["listen"] = lambda: held.append(deliver.renewal().renew())
    with clock.at(NOON):
        _ring(user)
        deliver.deliver_all()
    assert held == [True]
    lost = deliver.Renewal(_delivery("listen").pk, uuid4())
    assert not lost.renew()
    assert deliver.renewal().renew(), "outside of a delivery nothing runs out"


class TestThePast:
    """Of a made-up past: what is ours is done, nothing leaves the house."""

    def test_effects_are_done_and_messages_are_not_sent(self, user: User) -> None:
        with transaction.atomic(), clock.at(NOON):
            record(Rang(), subject=user, actor="system")
            assert deliver.deliver_past(by=NOON) == 2
        user.refresh_from_db()
        assert user.display_name.endswith("!") and heard == []
        assert not Delivery.objects.filter(done_at=None).exists()

    def test_what_is_left_out_stays_owed(self, user: User) -> None:
        with transaction.atomic(), clock.at(NOON):
            record(Rang(), subject=user, actor="system")
            assert deliver.deliver_past(by=NOON, but=[rename]) == 1
        owed = Delivery.objects.filter(done_at=None).values_list("reaction", flat=True)
        assert [label.rsplit(".", 1)[1] for label in owed] == ["rename"]


def test_what_depends_on_somebody_outside_holds_up_nothing_else(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: table.Table = {Rang: [table.Effect(rename), table.Message(listen, line="bells")]}
    labels = {table.label(one): one for one in rows[Rang]}
    monkeypatch.setattr("gulou.outbox.record.table", lambda: rows)
    monkeypatch.setattr(deliver, "reactions_by_label", lambda: labels)
    _ring(user)
    assert deliver.deliver_one() is True, "the effect"
    assert deliver.deliver_one() is False and deliver.deliver_one(line=table.SLOW) is False
    assert deliver.deliver_one(line="bells") is True and len(heard) == 1
