"""Reading which public parts are open, and how they came to be."""

from dataclasses import dataclass
from datetime import datetime

from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from . import current
from .models import Opening, OpeningStep
from .states import APPROVE, ASK, VERBS, Part

__all__ = ["APPROVE", "ASK", "Part", "PartSeen", "any_open", "is_open", "may_look", "parts_seen_by"]


@dataclass(frozen=True)
class PartSeen:
    """One part, and what the reader may do to it now."""

    part: Part
    is_open: bool
    asked_by: User | None
    changed_at: datetime | None
    history: list[OpeningStep]
    may_ask: bool
    may_approve: bool
    may_close: bool


def is_open(part: Part) -> bool:
    """Whether everybody may read this part. Free."""
    return part in current.open_parts()


def any_open(*parts: Part) -> bool:
    """Whether one of these parts is open. Free."""
    return not current.open_parts().isdisjoint(parts)


def may_look(user: User) -> bool:
    """Whether this person may see a part before it is open: who may ask or approve."""
    reach, office = access.reach_of(user), people.office().id
    return any(reach.holds(verb, unit_id=office) for verb in VERBS)


def parts_seen_by(user: User) -> list[PartSeen]:
    """All parts with their history, newest first, and what this person may do."""
    reach, office = access.reach_of(user), people.office().id
    asks, approves = (reach.holds(verb, unit_id=office) for verb in (ASK, APPROVE))
    rows = {row.part: row for row in Opening.objects.select_related("asked_by")}
    history: dict[int, list[OpeningStep]] = {}
    for step in OpeningStep.objects.select_related("by"):
        history.setdefault(step.opening_id, []).append(step)
    seen = []
    for part in Part:
        row = rows.get(part)
        waits = row is not None and row.asked_by_id is not None
        seen.append(PartSeen(
            part=part, is_open=row is not None and row.is_open,
            asked_by=row.asked_by if row else None, changed_at=row.changed_at if row else None,
            history=history.get(row.pk, []) if row else [],
            may_ask=asks and not waits and not (row and row.is_open),
            may_approve=approves and row is not None and waits and row.asked_by_id != user.pk,
            may_close=(asks or approves) and (waits or bool(row and row.is_open)),
        ))  # fmt: skip
    return seen
