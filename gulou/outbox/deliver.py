"""Doing what is owed: claim one delivery by a lease, run its reaction, mark it done.

No lock is held while a message leaves the house. A worker killed at any point leaves a delivery
whose lease runs out, and somebody tries it again.
"""

import logging
import uuid
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from gulou.kit import clock, trace
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Refusal

from .models import Delivery
from .table import (
    Call,
    Effect,
    Envelope,
    Message,
    Reaction,
    facts_by_name,
    lines,
    reactions_by_label,
)

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Hopeless(Exception):
    """A reaction will never succeed for this fact: set it aside now."""


class LeaseLost(Exception):
    """Somebody else took over while we worked."""


@dataclass(frozen=True)
class Renewal:
    """The lease of a delivery, for work that takes longer than one lasts."""

    delivery_id: int = 0
    lease: uuid.UUID | None = None

    def renew(self) -> bool:
        """Hold it for another while, from any thread. False when somebody else has taken over."""
        mine = Delivery.objects.filter(pk=self.delivery_id, lease=self.lease, done_at=None)
        return self.lease is None or mine.update(due_at=clock.now() + LEASE) == 1


_NO_LEASE = Renewal()
_present: ContextVar[Renewal] = ContextVar("present_lease", default=_NO_LEASE)


def renewal() -> Renewal:
    """The lease under which the present reaction runs; outside of a delivery it never runs out."""
    return _present.get()


def deliver_one(*, line: str = "") -> bool:
    """Do one thing of a line that is owed now. False when nothing is."""
    delivery = _claim(line=line)
    if delivery is None:
        return False
    with trace.caused_by(delivery.request):
        _deliver(delivery)
    return True


def _deliver(delivery: Delivery) -> None:
    try:
        reaction, envelope = _open(delivery)
        _run(delivery, reaction, envelope)
        logger.info("delivery %s (%s) done", delivery.pk, delivery.reaction)
    except LeaseLost:
        logger.warning("delivery %s: the lease was lost, another worker has it", delivery.pk)
    except Hopeless as error:
        _fail(delivery, error, for_good=True)
    except Exception as error:  # noqa: BLE001  a reaction may fail in any way; the outbox lives on
        _fail(delivery, error, for_good=delivery.attempts >= MAX_ATTEMPTS)


def deliver_all(limit: int = 100_000) -> int:
    """Do everything that is owed now; the number of deliveries tried."""
    done = 0
    while done < limit and any(deliver_one(line=line) for line in ("", *lines())):
        done += 1
    return done


def pause_after(failures: int) -> timedelta:
    """How long to leave alone what failed so many times in a row."""
    return timedelta(seconds=5 * 4 ** min(failures, 8))


def retry(delivery_id: int) -> None:
    """Take a delivery that was set aside up again, from the beginning."""
    Delivery.objects.filter(pk=delivery_id, done_at=None).update(
        set_aside_at=None, attempts=0, lease=None, due_at=clock.now(), error=""
    )


@transaction.atomic
def _claim(*, line: str = "") -> Delivery | None:
    now = clock.now()
    owed = Delivery.objects.filter(done_at=None, set_aside_at=None, due_at__lte=now)
    # What nobody knows any more is set aside from the line of everything quick.
    others = [label for label, one in reactions_by_label().items() if _line_of(one) != line]
    mine = [label for label, one in reactions_by_label().items() if _line_of(one) == line]
    owed = owed.filter(reaction__in=mine) if line else owed.exclude(reaction__in=others)
    delivery = owed.select_for_update(skip_locked=True).order_by("due_at", "id").first()
    if delivery is None:
        return None
    delivery.lease = uuid.uuid4()
    delivery.due_at = now + LEASE
    delivery.attempts += 1
    delivery.save(update_fields=["lease", "due_at", "attempts"])
    return delivery


def _line_of(reaction: Reaction) -> str:
    return reaction.line if isinstance(reaction, Message) else ""


def _open(delivery: Delivery) -> tuple[Reaction, Envelope]:
    event = delivery.event
    fact = facts_by_name().get(event.name)
    reaction = reactions_by_label().get(delivery.reaction)
    if fact is None or reaction is None:
        raise Hopeless(f"unknown: {event.name} to {delivery.reaction}")
    if delivery.attempts > MAX_ATTEMPTS:
        raise Hopeless("its worker died at every attempt")
    return reaction, Envelope(
        event_id=event.pk,
        subject_kind=event.subject_kind,
        subject_uid=event.subject_uid,
        actor=event.actor,
        at=event.at,
        fact=fact(**event.payload),
        key=f"{event.pk}:{delivery.reaction}",
    )


def deliver_past(*, since: datetime = _EVER, by: datetime, but: Collection[Call] = ()) -> int:
    """Do what a made-up past owes between two instants, but for some; the number of deliveries.

    In the transaction that tells the past, so nobody else sees them and none needs a lease. What
    changes our own database is done; what would have left the house counts as sent, and is not.
    """
    labels = frozenset(f"{one.__module__}.{one.__qualname__}" for one in but)
    done = [one for one in _owed(since, by) if one.reaction not in labels]
    for delivery in done:
        if isinstance(reactions_by_label().get(delivery.reaction), Effect):
            reaction, envelope = _open(delivery)
            reaction.call(envelope)
    Delivery.objects.filter(pk__any=[one.pk for one in done]).update(done_at=clock.now())
    return len(done)


@Compiled
def _owed(since: datetime, by: datetime) -> QuerySet[Delivery]:
    owed = Delivery.objects.filter(done_at=None, set_aside_at=None, due_at__range=(since, by))
    return owed.select_related("event").order_by("due_at", "id")


def _run(delivery: Delivery, reaction: Reaction, envelope: Envelope) -> None:
    if isinstance(reaction, Effect):
        with transaction.atomic():
            mine = Delivery.objects.select_for_update().filter(
                pk=delivery.pk, lease=delivery.lease, done_at=None
            )
            if not mine.exists():
                raise LeaseLost
            reaction.call(envelope)
            _mark_done(delivery)
    else:
        held = _present.set(Renewal(delivery.pk, delivery.lease))
        try:
            reaction.call(envelope)
        finally:
            _present.reset(held)
        _mark_done(delivery)


def _mark_done(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(
        done_at=clock.now(), lease=None, error=""
    )


def _fail(delivery: Delivery, error: Exception, *, for_good: bool) -> None:
    """Note what went wrong, without the words of people that a message may carry."""
    name = type(error).__qualname__
    told = str(error) if isinstance(error, Hopeless) else ""
    told = error.code if isinstance(error, Refusal) else told
    logger.error("delivery %s (%s) failed: %s", delivery.pk, delivery.reaction, name)
    logger.debug("delivery %s", delivery.pk, exc_info=error)
    now = clock.now()
    Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(
        lease=None,
        error=f"{name}: {told}" if told else name,
        due_at=now + pause_after(delivery.attempts),
        set_aside_at=now if for_good else None,
    )
