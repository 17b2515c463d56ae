"""What cases and reports tell the house. Past tense; ids and digests, never words of people."""

from dataclasses import dataclass, field
from datetime import timedelta
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
class CaseOnSpot(CaseMoved):
    """To be rectified at once, within a day: the unit is told and has it without accepting it."""

    name: ClassVar[str] = "case.on_spot"
    unit: int


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
    """A running clock was set: its calendar has become known, or an approver let it follow one."""

    name: ClassVar[str] = "case.clock_set"
    step: int
    due_before: str
    due: str


@dataclass(frozen=True, kw_only=True)
class CaseWarned(Fact):
    """So many percent of a step's limit have gone by: a level was told, and these people."""

    name: ClassVar[str] = "case.warned"
    step: int
    percent: int
    level: str
    unit: int
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StepGivenBack(Fact):
    """A step waited for a person who has left, or ("") for a unit that was dissolved: it waits for
    the whole unit now."""

    name: ClassVar[str] = "case.step_given_back"
    step: int
    unit: int
    person: str


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


@dataclass(frozen=True, kw_only=True)
class CaseNoted(CaseSettling):
    """Words on the record. `public` ones are the office's, to everybody who reported it."""

    name: ClassVar[str] = "case.noted"
    public: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseUrged(CaseMoved):
    """Who it waits for was reminded: the holder of the step, and the groups of its area."""

    name: ClassVar[str] = "case.urged"
    unit: int
    person: str = ""


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


@dataclass(frozen=True, kw_only=True)
class CaseMoveUndone(Fact):
    """Who made the last move took it back. `event` is the fact of that move."""

    name: ClassVar[str] = "case.move_undone"
    event: int
    move: str


@dataclass(frozen=True, kw_only=True)
class ReportImported(Fact):
    """A report came from another system's file, with the words it holds there."""

    name: ClassVar[str] = "report.imported"
    case: str
    source: str
    category: int
    words: int
    words_digest: str


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
