"""What registers as workbooks tell the house: who took one out, who brought one in. Each change
that a file made is a fact of its own room."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SheetTaken(Fact):
    """Somebody took a register out of the house."""

    name: ClassVar[str] = "sheet.taken"
    register: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class SheetApplied(Fact):
    """A file was read into a register; `sha256` is its digest."""

    name: ClassVar[str] = "sheet.applied"
    register: str
    added: int
    changed: int
    same: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class LoginsTaken(Fact):
    """The first passwords of those whom a file enrolled were taken, and are nowhere any more."""

    name: ClassVar[str] = "sheet.logins_taken"
    people: int
