"""Reading the record: the story of a subject, and what waits or was set aside."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from .models import Delivery, Event


def story(subject_kind: str, subject_uid: UUID) -> Sequence[Event]:
    """All facts of a subject, oldest first."""
    return list(
        Event.objects.filter(subject_kind=subject_kind, subject_uid=subject_uid).order_by(
            "sequence"
        )
    )


def owed() -> QuerySet[Delivery]:
    """What has still to be done."""
    return Delivery.objects.filter(done_at=None, set_aside_at=None)


def set_aside() -> QuerySet[Delivery]:
    """What was given up and waits for a person, newest first."""
    return (
        Delivery.objects.filter(set_aside_at__isnull=False, done_at=None)
        .select_related("event")
        .order_by("-set_aside_at")
    )
