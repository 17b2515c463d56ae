"""What happens to the clocks of a case."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact

from .moves import CaseMoved


@dataclass(frozen=True, kw_only=True)
class TimeAsked(CaseMoved):
    """A unit asked about its time. `amount` in the unit of the limit; `until` is an ISO time."""

    name: ClassVar[str] = "case.time_asked"
    kind: str
    plea: int
    amount: int | None = None
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class TimeRuled(CaseMoved):
    """Somebody ruled on it; `final` where nobody else rules after. Times are ISO."""

    name: ClassVar[str] = "case.time_ruled"
    kind: str
    plea: int
    granted: bool
    final: bool
    due_before: str = ""
    due: str = ""


@dataclass(frozen=True, kw_only=True)
class ClockResumed(CaseMoved):
    """A suspended clock runs again, or (`until`) stands still for longer. Times are ISO."""

    name: ClassVar[str] = "case.clock_resumed"
    due: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class ClockSet(Fact):
    """A running clock was set: its calendar has become known, or an approver let it follow one.

    `unit`, of a part handed down: whose it is; it is due no later than the handling above it.
    """

    name: ClassVar[str] = "case.clock_set"
    step: int
    due_before: str
    due: str
    unit: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseWarned(Fact):
    """So many percent of a step's limit have gone by: a level was told, and these people."""

    name: ClassVar[str] = "case.warned"
    step: int
    percent: int
    level: str
    unit: int
    people: list[str] = field(default_factory=list)
