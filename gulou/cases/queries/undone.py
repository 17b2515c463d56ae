"""Which moves were taken back: they stand in the story and count nowhere else."""

from collections.abc import Iterable

from gulou.cases.facts import CaseMoveUndone
from gulou.outbox.models import Event


def taken_back(events: Iterable[Event]) -> frozenset[int]:
    """The ids of those facts of a case that a later one of them took back."""
    return frozenset(e.payload["event"] for e in events if e.name == CaseMoveUndone.name)
