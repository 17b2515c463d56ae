"""What units do about a case, and who of them has it."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact

from .moves import CaseMoved, CaseSettling


@dataclass(frozen=True, kw_only=True)
class CaseOnSpot(CaseMoved):
    """To be rectified at once, within a day: the unit is told and has it without accepting it."""

    name: ClassVar[str] = "case.on_spot"
    unit: int


@dataclass(frozen=True, kw_only=True)
class StepGivenBack(Fact):
    """A step waited for a person who has left, or ("") for a unit that was dissolved: it waits for
    the whole unit now. `kind` is that of the step."""

    name: ClassVar[str] = "case.step_given_back"
    step: int
    unit: int
    person: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseDispatched(CaseSettling):
    name: ClassVar[str] = "case.dispatched"
    unit: int
    assisting: list[int] = field(default_factory=list)
    rule: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseHandedOver(CaseMoved):
    """The unit it was with is being dissolved: another one takes it over."""

    name: ClassVar[str] = "case.handed_over"
    unit: int
    unit_before: int


@dataclass(frozen=True, kw_only=True)
class CaseAccepted(CaseSettling):
    name: ClassVar[str] = "case.accepted"
    unit: int


@dataclass(frozen=True, kw_only=True)
class CaseReturned(CaseSettling):
    """`named` is the unit that it names instead; `arbitration` why the office has to decide now,
    "" where it need not."""

    name: ClassVar[str] = "case.returned"
    unit: int
    named: int | None = None
    arbitration: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseArbitrated(CaseMoved):
    """The office decided whose it is, and it was dispatched there."""

    name: ClassVar[str] = "case.arbitrated"
    arbitration: int
    unit: int
    assisting: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CaseRuleMade(Fact):
    """A decision on the case became a rule of responsibility."""

    name: ClassVar[str] = "case.rule_made"
    arbitration: int
    rule: int


@dataclass(frozen=True, kw_only=True)
class CaseHandled(CaseSettling):
    name: ClassVar[str] = "case.handled"
    unit: int


@dataclass(frozen=True, kw_only=True)
class PartHandedDown(CaseSettling):
    """`above` gave `unit` beneath it a part of the handling, until `due` (ISO, "" for no time of
    its own). `again` where what it reported was sent back; `refused` are the pictures
    that came with that and show the work done no longer."""

    name: ClassVar[str] = "case.part_handed_down"
    unit: int
    above: int
    person: str = ""
    due: str = ""
    again: bool = False
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class PartReported(CaseSettling):
    """`unit` told the unit above that its part is done, or (`done` False) that it cannot do it."""

    name: ClassVar[str] = "case.part_reported"
    unit: int
    above: int
    done: bool
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class PartTakenBack(CaseSettling):
    """`above` took back what it had given `unit`, with all that was handed on from there."""

    name: ClassVar[str] = "case.part_taken_back"
    unit: int
    above: int


@dataclass(frozen=True, kw_only=True)
class CaseUrged(CaseMoved):
    """Who it waits for was reminded: the holder of the step, and the groups of its area."""

    name: ClassVar[str] = "case.urged"
    unit: int
    person: str = ""
