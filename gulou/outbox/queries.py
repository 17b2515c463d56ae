"""Reading the record: the story of a subject, and what waits or was set aside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery

from gulou.kit.compiled import Compiled

from .models import Delivery, Event
from .table import Message, reactions_by_label


@dataclass(frozen=True)
class Told:
    """A fact, with what the fact of the same name before it said of the same subject."""

    event_id: int
    subject_uid: UUID
    sequence: int
    name: str
    now: Mapping[str, Any]
    before: Mapping[str, Any]
    actor: str
    at: datetime


def story(subject_kind: str, subject_uid: UUID) -> Sequence[Event]:
    """All facts of a subject, oldest first."""
    return _of(subject_kind, subject_uid)


@Compiled
def _of(subject_kind: str, subject_uid: UUID) -> QuerySet[Event]:
    facts = Event.objects.filter(subject_kind=subject_kind, subject_uid=subject_uid)
    return facts.order_by("sequence")


def owed() -> QuerySet[Delivery]:
    """What has still to be done."""
    return Delivery.objects.filter(done_at=None, set_aside_at=None)


@dataclass(frozen=True)
class Waiting:
    """How much waits, since when the oldest is due, and how much was given up."""

    owed: int
    oldest: datetime | None
    aside: int


def waiting() -> Waiting:
    """How the worker keeps up."""
    found = owed().aggregate(n=Count("pk"), oldest=Min("due_at"))
    return Waiting(found["n"], found["oldest"], set_aside().count())


def set_aside() -> QuerySet[Delivery]:
    """What was given up and waits for a person, newest first."""
    return (
        Delivery.objects.filter(set_aside_at__isnull=False, done_at=None)
        .select_related("event")
        .order_by("-set_aside_at")
    )


def told(
    subject_kind: str,
    *,
    names: Collection[str],
    uids: Collection[UUID] | None = None,
    limit: int = 200,
) -> Sequence[Told]:
    """The newest facts with these names of these subjects (None: of all of the kind)."""
    events = Event.objects.filter(subject_kind=subject_kind, name__in=names)
    if uids is not None:
        events = events.filter(subject_uid__in=uids)
    earlier = Event.objects.filter(
        subject_kind=OuterRef("subject_kind"),
        subject_uid=OuterRef("subject_uid"),
        name=OuterRef("name"),
        sequence__lt=OuterRef("sequence"),
    ).order_by("-sequence")
    found = events.annotate(before=Subquery(earlier.values("payload")[:1])).order_by("-id")[:limit]
    return [
        Told(
            one.pk, one.subject_uid, one.sequence, one.name, one.payload, one.before or {},
            one.actor, one.at,
        )
        for one in found
    ]  # fmt: skip


def fact_with_id(event_id: int) -> Event | None:
    """One fact, if there is such a one."""
    return Event.objects.filter(pk=event_id).first()


def newer(event: Event, names: Collection[str], **payload: Any) -> Event | None:
    """The newest later fact of the same subject with one of these names, and of this payload."""
    later = Event.objects.filter(
        subject_kind=event.subject_kind,
        subject_uid=event.subject_uid,
        sequence__gt=event.sequence,
        name__in=names,
        **{f"payload__{key}": value for key, value in payload.items()},
    )
    return later.order_by("-sequence").first()


def in_line(line: str, *, progress: str = "", before: int | None = None) -> QuerySet[Delivery]:
    """What waits, or has waited, in a line, newest first: "waiting", "sent", "failed", or all."""
    labels = [label for label, one in reactions_by_label().items()
              if isinstance(one, Message) and one.line == line]  # fmt: skip
    found = Delivery.objects.filter(reaction__in=labels).select_related("event").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    if progress == "waiting":
        return found.filter(done_at=None, set_aside_at=None)
    if progress == "failed":
        return found.filter(done_at=None, set_aside_at__isnull=False)
    if progress == "dropped":
        return found.none()
    return found.filter(done_at__isnull=False) if progress == "sent" else found
