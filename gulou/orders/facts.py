"""What orders tell the house, on their cases. Ids and digests, never words of people."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OrderFact(Fact):
    """What every fact of an order tells: which one, and the words that go with it."""

    order: int
    words: int | None = None
    words_digest: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderGiven(OrderFact):
    """The case was put under supervision. `due` is an ISO time."""

    name: ClassVar[str] = "case.order_given"
    unit: int
    person: str
    due: str


@dataclass(frozen=True, kw_only=True)
class OrderAnswered(OrderFact):
    name: ClassVar[str] = "case.order_answered"
    photos: list[str] = field(default_factory=list)
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderAccepted(OrderFact):
    name: ClassVar[str] = "case.order_accepted"


@dataclass(frozen=True, kw_only=True)
class OrderSentBack(OrderFact):
    """The answer does not do. `due` is an ISO time, new or as before."""

    name: ClassVar[str] = "case.order_sent_back"
    due: str


@dataclass(frozen=True, kw_only=True)
class OrderHandedOn(OrderFact):
    """Somebody else answers for it from now on."""

    name: ClassVar[str] = "case.order_handed_on"
    unit: int
    person: str
    person_before: str


@dataclass(frozen=True, kw_only=True)
class OrderPersonLeft(OrderFact):
    """Who was to answer for it holds no posting any more: somebody else is to be named."""

    name: ClassVar[str] = "case.order_person_left"
    unit: int
    person_before: str


@dataclass(frozen=True, kw_only=True)
class OrderFollowed(OrderFact):
    """Told on the case that has it now: the one that had it, `other`, was merged or split off."""

    name: ClassVar[str] = "case.order_followed"
    other: str


@dataclass(frozen=True, kw_only=True)
class OrderWithdrawn(OrderFact):
    name: ClassVar[str] = "case.order_withdrawn"


@dataclass(frozen=True, kw_only=True)
class OrderWarned(Fact):
    """So many percent of the time of an order have gone by, and these people were told."""

    name: ClassVar[str] = "case.order_warned"
    order: int
    percent: int
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class OfficialSwitched(Fact):
    """Of a unit: it is entitled to issue official documents, or is no more; under which sign."""

    name: ClassVar[str] = "official.switched"
    on: bool
    sign: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeIssued(Fact):
    """Of a notice: it has its number, and covers these orders."""

    name: ClassVar[str] = "order_notice.issued"
    year: int
    number: int
    orders: list[int] = field(default_factory=list)
