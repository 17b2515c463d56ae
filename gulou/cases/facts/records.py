"""What is written beside the moves: notes, what came from above, what the public sees."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact

from .moves import CaseMoved, CaseSettling


@dataclass(frozen=True, kw_only=True)
class CaseNoted(CaseSettling):
    """Words on the record. `public` ones are the office's, to everybody who reported it."""

    name: ClassVar[str] = "case.noted"
    public: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(Fact):
    """Those above have assigned it, and want a reply by then. `due` is an ISO time."""

    name: ClassVar[str] = "case.assigned"
    assignment: int
    received: str
    due: str
    form: str


@dataclass(frozen=True, kw_only=True)
class AssignmentAnswered(CaseMoved):
    """A reply went to those above; `correction` where it was not the first."""

    name: ClassVar[str] = "case.assignment_answered"
    assignment: int
    reply: int
    form: str
    correction: bool = False


@dataclass(frozen=True, kw_only=True)
class PhotosReleased(CaseMoved):
    name: ClassVar[str] = "case.photos_released"
    withheld: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CoversDecided(Fact):
    """A person changed what of a picture the public does not see: how many covers came and went."""

    name: ClassVar[str] = "case.covers_decided"
    photo: str
    added: int
    removed: int
