"""What was given up and waits for a person: shown to the district office."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gulou.outbox import queries as outbox
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.verbs import MEND


@dataclass(frozen=True)
class SetAside:
    """A reaction that failed for good or that nobody knows. `error` holds no words of people."""

    id: int
    fact: str
    reaction: str
    subject_kind: str
    subject_uid: UUID
    happened_at: datetime
    set_aside_at: datetime | None
    attempts: int
    error: str


def set_aside(user: User, *, limit: int = 200) -> list[SetAside]:
    """What waits for a person, newest first. Raises NotAllowed."""
    access.require(user, MEND, unit_id=people.office().id)
    return [
        SetAside(
            id=delivery.pk, fact=delivery.event.name, reaction=delivery.reaction,
            subject_kind=delivery.event.subject_kind, subject_uid=delivery.event.subject_uid,
            happened_at=delivery.event.at, set_aside_at=delivery.set_aside_at,
            attempts=delivery.attempts, error=delivery.error,
        )
        for delivery in outbox.set_aside()[:limit]
    ]  # fmt: skip
