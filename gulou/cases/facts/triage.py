"""How a case begins, and what is found out about it before a unit has it."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact

from .moves import CaseMoved, CaseSettling


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Fact):
    name: ClassVar[str] = "case.opened"
    report: str
    category: int
    code_set: int
    unit: int


@dataclass(frozen=True, kw_only=True)
class CaseJoined(Fact):
    name: ClassVar[str] = "case.joined"
    report: str


@dataclass(frozen=True, kw_only=True)
class CaseObjected(Fact):
    name: ClassVar[str] = "case.objected"
    report: str
    words: int
    words_digest: str


@dataclass(frozen=True, kw_only=True)
class CaseTasked(CaseSettling):
    name: ClassVar[str] = "case.tasked"
    unit: int
    person: str = ""
    rule: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseVerified(CaseSettling):
    name: ClassVar[str] = "case.verified"
    found: bool


@dataclass(frozen=True, kw_only=True)
class CaseFiled(CaseSettling):
    name: ClassVar[str] = "case.filed"
    category: int
    condition: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseDeclined(CaseSettling):
    name: ClassVar[str] = "case.declined"


@dataclass(frozen=True, kw_only=True)
class CaseRedirected(CaseMoved):
    name: ClassVar[str] = "case.redirected"


@dataclass(frozen=True, kw_only=True)
class CaseRestricted(CaseMoved):
    """The case it was merged into was passed on, so this one is for few eyes too."""

    name: ClassVar[str] = "case.restricted"
    other: str


@dataclass(frozen=True, kw_only=True)
class CaseUnrestricted(CaseMoved):
    """The case it was merged into was filed after all."""

    name: ClassVar[str] = "case.unrestricted"
    other: str


@dataclass(frozen=True, kw_only=True)
class CaseMerged(CaseMoved):
    name: ClassVar[str] = "case.merged"
    into: str


@dataclass(frozen=True, kw_only=True)
class CaseAbsorbed(CaseMoved):
    name: ClassVar[str] = "case.absorbed"
    other: str


@dataclass(frozen=True, kw_only=True)
class CaseSplit(CaseMoved):
    name: ClassVar[str] = "case.split"
    other: str


@dataclass(frozen=True, kw_only=True)
class CaseLetGo(CaseMoved):
    name: ClassVar[str] = "case.let_go"
    other: str


@dataclass(frozen=True, kw_only=True)
class RecurrenceSuspected(Fact):
    """Close to a case of its kind that was closed so many days before it was opened."""

    name: ClassVar[str] = "case.recurrence_suspected"
    other: str
    metres: int
    days: int


@dataclass(frozen=True, kw_only=True)
class RecurrenceJudged(Fact):
    """A person said whether it is that case come back; `unit` had answered for that one."""

    name: ClassVar[str] = "case.recurrence_judged"
    other: str
    confirmed: bool
    unit: int


@dataclass(frozen=True, kw_only=True)
class CaseImported(Fact):
    """A case came from another system's file, in the state in which it stood there.

    `line` is the digest of its line there; `opened` and `ended` are what that system says.
    """

    name: ClassVar[str] = "case.imported"
    report: str
    system: str
    number: str
    line: str
    state: str
    category: int
    unit: int
    opened: str
    ended: str = ""
    on_time: bool | None = None
