"""What every move on a case tells."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Fact):
    """What every move on a case tells: the words and reason given, the step it ended or began."""

    words: int | None = None
    words_digest: str = ""
    reason: int | None = None
    step: int | None = None
    photos: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CaseSettling(CaseMoved):
    """A move that may be taken back at once: what follows from it waits for so long."""

    settles_after: ClassVar[timedelta] = timedelta(seconds=13)


@dataclass(frozen=True, kw_only=True)
class CaseMoveUndone(Fact):
    """Who made the last move took it back. `event` is the fact of that move."""

    name: ClassVar[str] = "case.move_undone"
    event: int
    move: str
