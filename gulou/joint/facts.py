"""What joint operations tell the house. Past tense; ids and digests, never words of people."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Told(Fact):
    """What every move on an operation may tell: its words, and the part it is about."""

    words: int | None = None
    words_digest: str = ""
    task: int | None = None
    unit: int | None = None


@dataclass(frozen=True, kw_only=True)
class JointPlanned(Told):
    """`unit` leads; times are ISO."""

    name: ClassVar[str] = "joint.planned"
    number: str
    begins: str
    ends: str


@dataclass(frozen=True, kw_only=True)
class JointChanged(Told):
    """`fields` of the plan are others now; times are ISO, as they are after it."""

    name: ClassVar[str] = "joint.changed"
    fields: list[str] = field(default_factory=list)
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, kw_only=True)
class JointCasesAdded(Told):
    name: ClassVar[str] = "joint.cases_added"
    cases: list[str]


@dataclass(frozen=True, kw_only=True)
class JointCaseDropped(Told):
    name: ClassVar[str] = "joint.case_dropped"
    case: str


@dataclass(frozen=True, kw_only=True)
class JointTaskSet(Told):
    """A unit has a part of it, until `due` (ISO)."""

    name: ClassVar[str] = "joint.task_set"
    due: str


@dataclass(frozen=True, kw_only=True)
class JointTaskChanged(Told):
    name: ClassVar[str] = "joint.task_changed"
    due_before: str
    due: str


@dataclass(frozen=True, kw_only=True)
class JointTaskReported(Told):
    name: ClassVar[str] = "joint.task_reported"
    late: bool
    photos: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class JointTaskSentBack(Told):
    name: ClassVar[str] = "joint.task_sent_back"
    due: str


@dataclass(frozen=True, kw_only=True)
class JointTaskCalledOff(Told):
    name: ClassVar[str] = "joint.task_called_off"


@dataclass(frozen=True, kw_only=True)
class JointTaskLate(Told):
    """The time of a part is over, and nobody reported it."""

    name: ClassVar[str] = "joint.task_late"


@dataclass(frozen=True, kw_only=True)
class JointHandedOver(Told):
    """The unit that led, or had parts, is being dissolved: another one takes them over."""

    name: ClassVar[str] = "joint.handed_over"
    unit_before: int
    tasks: list[int] = field(default_factory=list)
    leads: bool = False


@dataclass(frozen=True, kw_only=True)
class JointBegun(Told):
    name: ClassVar[str] = "joint.begun"


@dataclass(frozen=True, kw_only=True)
class JointClosed(Told):
    name: ClassVar[str] = "joint.closed"


@dataclass(frozen=True, kw_only=True)
class JointCalledOff(Told):
    name: ClassVar[str] = "joint.called_off"


@dataclass(frozen=True, kw_only=True)
class JointWordsErased(Told):
    """Somebody's `words` were erased, at their request."""

    name: ClassVar[str] = "joint.words_erased"


@dataclass(frozen=True, kw_only=True)
class CaseTakenUp(Fact):
    """Told on the case: a joint operation is about it. `number` is that of the operation."""

    name: ClassVar[str] = "case.taken_up"
    operation: str
    number: str


@dataclass(frozen=True, kw_only=True)
class CaseLetOut(Fact):
    """Told on the case: it was taken out of a joint operation."""

    name: ClassVar[str] = "case.let_out"
    operation: str
    number: str
