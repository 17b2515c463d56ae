"""How what was done is checked, at once and later, and how a case ends."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact

from .moves import CaseMoved, CaseSettling


@dataclass(frozen=True, kw_only=True)
class RecheckerNamed(CaseSettling):
    name: ClassVar[str] = "case.rechecker_named"
    unit: int
    person: str


@dataclass(frozen=True, kw_only=True)
class RecheckDrawn(CaseMoved):
    """Who rechecks was drawn by lot (cases/draws.py). `person_before` had it and handed it over.

    `candidates` are the public ids of those it was drawn among, `digest` is theirs; `left_out`
    counts who might have been: "far", "paired" (who recheck each other), "busy".
    """

    name: ClassVar[str] = "case.recheck_drawn"
    unit: int
    person: str
    person_before: str = ""
    seed: str
    candidates: list[str]
    digest: str
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RecheckNotDrawn(CaseMoved):
    """Nobody could be drawn: the district office names who rechecks."""

    name: ClassVar[str] = "case.recheck_not_drawn"
    person_before: str = ""
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RecheckTakenOver(CaseMoved):
    """A colleague of the same unit rechecks for who was drawn."""

    name: ClassVar[str] = "case.recheck_taken_over"
    unit: int
    person: str
    person_before: str


@dataclass(frozen=True, kw_only=True)
class CaseSampled(Fact):
    """By lot: whether this closing is rechecked independently, and the sealed seeds of its look-backs.

    `seed` gave the number for the independent recheck; each of `look_backs` is "days share seal",
    the seal being the SHA-256 of the seed, which is told when the look-back begins.
    """

    name: ClassVar[str] = "case.sampled"
    event: int
    seed: str
    blind_share: int
    look_backs: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RevisitBegun(CaseMoved):
    """A closed case is looked at again by who was drawn (`person`; "" is left to the office).

    `kind` is "blind" or "look_back"; `lot` is the seed that drew the case from `share` percent;
    the others are as in RecheckDrawn.
    """

    name: ClassVar[str] = "case.revisit_begun"
    revisit: int
    kind: str
    nth: int
    days: int
    share: int
    lot: str
    unit: int
    person: str = ""
    person_before: str = ""
    seed: str = ""
    candidates: list[str] = field(default_factory=list)
    digest: str = ""
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RevisitNamed(CaseMoved):
    """The district office named who looks at it again."""

    name: ClassVar[str] = "case.revisit_named"
    revisit: int
    kind: str
    nth: int
    unit: int
    person: str
    person_before: str = ""


@dataclass(frozen=True, kw_only=True)
class RevisitSkipped(Fact):
    """It was open again or merged before anybody looked."""

    name: ClassVar[str] = "case.revisit_skipped"
    revisit: int
    kind: str
    nth: int


@dataclass(frozen=True, kw_only=True)
class CaseBlindRechecked(CaseMoved):
    """A third person rechecked a closed case and did not know what was said before.

    `rechecker` closed it; `instead_of` was drawn, where a colleague did it."""

    name: ClassVar[str] = "case.blind_rechecked"
    revisit: int
    passed: bool
    rechecker: str
    unit: int
    instead_of: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseLookedBack(CaseMoved):
    """Somebody visited a closed case again. `unit` had answered for it; a failed one is a recurrence."""

    name: ClassVar[str] = "case.looked_back"
    revisit: int
    nth: int
    days: int
    passed: bool
    unit: int
    instead_of: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseSettling):
    name: ClassVar[str] = "case.closed"


@dataclass(frozen=True, kw_only=True)
class CaseReworked(CaseSettling):
    """`faked` are pictures of the unit that the rechecker confirmed to be fakes."""

    name: ClassVar[str] = "case.reworked"
    unit: int
    faked: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CaseReopened(CaseSettling):
    name: ClassVar[str] = "case.reopened"


@dataclass(frozen=True, kw_only=True)
class CaseUpheld(CaseMoved):
    name: ClassVar[str] = "case.upheld"
