"""What reports tell: received, answered, and what is kept of who sent them."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ReportReceived(Fact):
    name: ClassVar[str] = "report.received"
    case: str
    source: str
    channel: str
    category: int
    words: int
    words_digest: str
    photos: list[str] = field(default_factory=list)
    me_too: bool = False


@dataclass(frozen=True, kw_only=True)
class ReportRated(Fact):
    name: ClassVar[str] = "report.rated"
    case: str
    rating: int
    words: int | None = None
    words_digest: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportObjected(Fact):
    name: ClassVar[str] = "report.objected"
    case: str
    words: int
    words_digest: str


@dataclass(frozen=True, kw_only=True)
class ReportAnswered(Fact):
    """The case that answers for the report has ended, or its objection was answered: tell it.

    `event` is the fact of the case that this follows from.
    """

    name: ClassVar[str] = "report.answered"
    case: str
    event: int


@dataclass(frozen=True, kw_only=True)
class ReportCombined(Fact):
    """Another case answers for the report from now on: tell it. `event` is as above."""

    name: ClassVar[str] = "report.combined"
    case: str
    event: int


@dataclass(frozen=True, kw_only=True)
class ReportWritten(Fact):
    """The office wrote to those who reported: tell this one. `event` is as above."""

    name: ClassVar[str] = "report.written"
    case: str
    event: int


@dataclass(frozen=True, kw_only=True)
class ReportProgressed(Fact):
    """The case that answers for the report was dispatched, or handled, for the first time: tell it.

    `what` is "dispatched" or "handled"; `event` is as above.
    """

    name: ClassVar[str] = "report.progressed"
    case: str
    event: int
    what: str


@dataclass(frozen=True, kw_only=True)
class ContactSeen(Fact):
    name: ClassVar[str] = "report.contact_seen"


@dataclass(frozen=True, kw_only=True)
class LinkHandedOver(Fact):
    name: ClassVar[str] = "report.link_handed_over"


@dataclass(frozen=True, kw_only=True)
class ContactErased(Fact):
    name: ClassVar[str] = "report.contact_erased"


@dataclass(frozen=True, kw_only=True)
class WordsErased(Fact):
    name: ClassVar[str] = "case.words_erased"
    words: int


@dataclass(frozen=True, kw_only=True)
class ReportImported(Fact):
    """A report came from another system's file, with the words it holds there."""

    name: ClassVar[str] = "report.imported"
    case: str
    source: str
    category: int
    words: int
    words_digest: str
