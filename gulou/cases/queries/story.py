"""The record of one case: what it is, what was sent, and everything that happened, in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from gulou.cases.family import family_of
from gulou.cases.models import (
    Answer,
    Assignment,
    Case,
    CasePhoto,
    Report,
    Source,
    Step,
    Words,
)
from gulou.cases.routing import why_it_is_there
from gulou.cases.states import Move, StepKind
from gulou.catalogue.models import Reason
from gulou.catalogue.routing import Routing
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.words import name_of
from gulou.kit.worktime import Limit
from gulou.outbox.models import Event
from gulou.outbox.queries import story
from gulou.people import queries as people
from gulou.people.models import User

from .seen import cases_seen_by, moves_open_to
from .time import PleaSeen, Segment, pleas_of, segments_of, stood_still
from .undone import taken_back


@dataclass(frozen=True)
class PhotoSeen:
    """A picture on the record. `after` tells on which side of the slider it belongs."""

    uid: UUID
    kind: str
    kind_label: str
    taken_at: datetime | None
    added_at: datetime
    added_by: str
    released: bool
    width: int
    height: int

    @property
    def after(self) -> bool:
        """Whether it shows the place after handling."""
        return self.kind == "after"


@dataclass(frozen=True)
class ObjectionSeen:
    """What a reporter says is still wrong. `waits` while the office has not answered it."""

    words: str
    at: datetime
    erased: bool
    waits: bool


@dataclass(frozen=True)
class ReportSeen:
    """What somebody sent, without their contact."""

    uid: UUID
    receipt: str
    source: str
    channel: str
    words: str
    words_id: int
    erased: bool
    address: str
    received_at: datetime
    snapped_at: datetime | None
    me_too: bool
    has_contact: bool
    entered_by: str
    rating: int | None
    letter_number: str
    letter_date: date | None
    objections: tuple[ObjectionSeen, ...]


@dataclass(frozen=True)
class StepSeen:
    """A stretch of work: who owed it, from when, until when, how it ended."""

    kind: str
    kind_label: str
    unit: str
    person: str
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    outcome: str
    late: bool
    # Late, and forgiven by an appeal.
    excused: bool = False
    # Where its clock has stood still: the stretches in which it ran, and did not.
    segments: tuple[Segment, ...] = ()
    limit: Limit | None = None
    extended: Limit | None = None
    # Of a part handed down: how many levels beneath the unit that answers for the case.
    depth: int = 0

    @property
    def in_time(self) -> bool:
        """Whether it was done by the unit that had it, before its deadline."""
        done = self.outcome in ("reported", "handled")
        return done and self.due_at is not None and not self.late


@dataclass(frozen=True)
class ReplySeen:
    """One reply to those above."""

    at: datetime
    by: str
    form: str
    text: str
    words_id: int
    erased: bool
    photos: tuple[str, ...]


@dataclass(frozen=True)
class Assigned:
    """What those above want for a case, and what was replied, oldest first."""

    from_whom: str
    number: str
    received_on: date
    due_at: datetime
    form: str
    replied_at: datetime | None
    late: bool
    replies: tuple[ReplySeen, ...]


@dataclass(frozen=True)
class Entry:
    """One line of the story. `name` is the fact's; the face finds the words for it."""

    name: str
    at: datetime
    who: str
    unit: str
    to_unit: str
    to_person: str
    text: str
    words_id: int | None
    erased: bool
    reason: str
    photos: tuple[str, ...]
    rule: int | None
    other: str
    found: bool | None
    # Who made the move took it back at once.
    undone: bool
    # Whether the reporters read these words too.
    public: bool = False
    correction: bool = False
    # What the fact tells, as it stands there: ids, numbers and times.
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """All of it, for one reader."""

    case: Case
    moves: list[Move]
    photos: list[PhotoSeen]
    reports: list[ReportSeen]
    steps: list[StepSeen]
    story: list[Entry]
    merged: list[str]
    assigned: Assigned | None
    late: bool
    pleas: list[PleaSeen]

    @cached_property
    def routing(self) -> Routing | None:
        """Why the case is with its unit, where that can be told."""
        return why_it_is_there(self.case)

    @property
    def objections(self) -> list[ObjectionSeen]:
        """The objections that wait for an answer, oldest first."""
        all_of_them = (one for report in self.reports for one in report.objections)
        return sorted((one for one in all_of_them if one.waits), key=lambda one: one.at)

    @property
    def chain(self) -> list[StepSeen]:
        """The last handling and the parts of it that were handed down, in the order in which they
        began; empty where nothing was."""
        begun = [n for n, step in enumerate(self.steps) if step.kind == StepKind.HANDLE]
        parts = self.steps[begun[-1] :] if begun else []
        chain = [step for step in parts if step.kind in (StepKind.HANDLE, StepKind.PART)]
        return chain if len(chain) > 1 else []

    def may(self, name: str) -> bool:
        """Whether a move is open to the reader, by its name."""
        return any(move.name == name for move in self.moves)

    @property
    def before(self) -> PhotoSeen | None:
        """The picture for the left of the slider: the first that was not taken after."""
        return next((photo for photo in self.photos if not photo.after), None)

    @property
    def after(self) -> PhotoSeen | None:
        """The picture for the right of the slider: the newest taken after."""
        return next((photo for photo in reversed(self.photos) if photo.after), None)


def record_of(case: Case, *, reader: User) -> Record:
    """The record of a case that the reader was found to see."""
    now, units, family = clock.now(), people.unit_refs(), family_of(case)
    steps, events = _steps_of(case.pk), story(case.subject_kind, case.uid)
    return Record(
        case=case,
        moves=moves_open_to(reader, case, steps=steps),
        photos=_photos(family),
        reports=_reports(family),
        steps=_seen_steps(case, steps, now, units, still=_time_was_asked(events)),
        story=_story(case, events, units, reader),
        merged=_numbers(family[1:], reader),
        assigned=_assigned(case, now) if case.source == Source.ASSIGNED else None,
        late=case.ended_at is None and case.due_at is not None and case.due_at < now,
        pleas=pleas_of(case) if _time_was_asked(events) else [],
    )


def photos_of(case: Case) -> list[PhotoSeen]:
    """The pictures of a case and of all that was merged into it, as they came."""
    return _photos(family_of(case))


def _photos(family: list[int]) -> list[PhotoSeen]:
    return [_photo(photo) for photo in _photos_of(family)]


@Compiled
def _steps_of(case_id: int) -> QuerySet[Step]:
    return Step.objects.filter(case_id=case_id).select_related("person")


@Compiled
def _photos_of(case_ids: list[int]) -> QuerySet[CasePhoto]:
    return CasePhoto.objects.filter(case_id__any=case_ids).select_related("photo", "added_by")


@Compiled
def _reports_of(case_ids: list[int]) -> QuerySet[Report]:
    reports = Report.objects.filter(case_id__any=case_ids).order_by("received_at", "id")
    return reports.select_related("words", "contact", "entered_by", "letter")


@Compiled
def _answers_to(report_ids: list[int]) -> QuerySet[Answer]:
    return Answer.objects.filter(report_id__any=report_ids).select_related("words")


@Compiled
def _words_with(pks: list[int]) -> QuerySet[Words]:
    return Words.objects.filter(pk__any=pks)


@Compiled
def _reasons_with(pks: list[int]) -> QuerySet[Reason]:
    return Reason.objects.filter(pk__any=pks)


def _numbers(pks: list[int], reader: User) -> list[str]:
    """The numbers of those that the reader may open."""
    if not pks:
        return []
    seen = cases_seen_by(reader).filter(pk__in=pks)
    return list(seen.order_by("pk").values_list("number", flat=True))


def _photo(evidence: CasePhoto) -> PhotoSeen:
    photo = evidence.photo
    return PhotoSeen(
        uid=photo.uid, kind=evidence.kind, kind_label=evidence.get_kind_display(),
        taken_at=photo.taken_at, added_at=evidence.added_at,
        added_by=str(evidence.added_by or ""), released=evidence.released_at is not None,
        width=photo.width, height=photo.height,
    )  # fmt: skip


def _reports(family: list[int]) -> list[ReportSeen]:
    reports = _reports_of(family)
    answered: dict[int, list[Answer]] = {report.pk: [] for report in reports}
    for answer in _answers_to(list(answered)):
        answered[answer.report_id].append(answer)
    seen = []
    for report in reports:
        answers = answered[report.pk]
        letter = getattr(report, "letter", None)
        seen.append(ReportSeen(
            uid=report.uid, receipt=report.receipt,
            source=report.get_source_display(), channel=report.get_channel_display(),
            words=report.words.text, words_id=report.words_id,
            erased=report.words.erased_at is not None, address=report.address,
            received_at=report.received_at, snapped_at=report.snapped_at, me_too=report.me_too,
            has_contact=report.contact is not None and report.contact.erased_at is None,
            entered_by=str(report.entered_by or ""),
            rating=next((a.rating for a in answers if not a.objection), None),
            letter_number=letter.number if letter else "",
            letter_date=letter.dated_on if letter else None,
            objections=tuple(_objection(a) for a in answers if a.objection),
        ))  # fmt: skip
    return seen


def _assigned(case: Case, now: datetime) -> Assigned | None:
    assignment = Assignment.objects.filter(case=case).first()
    if assignment is None:
        return None
    replies = assignment.replies.select_related("words", "by") if assignment.replied_at else ()
    return Assigned(
        from_whom=assignment.from_whom, number=assignment.number,
        received_on=assignment.received_on, due_at=assignment.due_at,
        form=assignment.get_form_display(), replied_at=assignment.replied_at,
        late=(assignment.replied_at or now) > assignment.due_at,
        replies=tuple(
            ReplySeen(
                at=reply.at, by=str(reply.by or ""), form=reply.get_form_display(),
                text=reply.words.text, words_id=reply.words_id,
                erased=reply.words.erased_at is not None, photos=tuple(map(str, reply.photos)),
            )
            for reply in replies
        ),
    )  # fmt: skip


def _objection(answer: Answer) -> ObjectionSeen:
    words = answer.words
    return ObjectionSeen(
        words=words.text if words else "", at=answer.at,
        erased=words is not None and words.erased_at is not None,
        waits=answer.answered_at is None,
    )  # fmt: skip


def _time_was_asked(events: Sequence[Event]) -> bool:
    return any(event.name == "case.time_asked" for event in events)


def _seen_steps(
    case: Case, steps: Sequence[Step], now: datetime, units: people.Registry, *, still: bool
) -> list[StepSeen]:
    """The stretches of work, each with the pieces of its clock."""
    stood = stood_still(case) if still else {}
    depths: dict[int | None, int] = {}
    for step in steps:
        if step.kind == StepKind.PART:
            depths[step.pk] = depths.get(step.parent_id, 0) + 1
    return [
        _step(step, now, units, stood.get(step.pk, []), depths.get(step.pk, 0)) for step in steps
    ]


def _step(
    step: Step, now: datetime, units: people.Registry,
    still: list[tuple[datetime, datetime | None]], depth: int,
) -> StepSeen:  # fmt: skip
    return StepSeen(
        kind=step.kind, kind_label=step.get_kind_display(),
        unit=name_of(units[step.unit_id]) if step.unit_id in units else "",
        person=str(step.person or ""), started_at=step.started_at, due_at=step.due_at,
        ended_at=step.ended_at, outcome=step.outcome,
        late=step.due_at is not None and (step.ended_at or now) > step.due_at,
        excused=step.excused, segments=tuple(segments_of(step, still)) if still else (),
        limit=Limit(step.limit_amount, step.limit_unit) if step.limit_amount else None,
        extended=Limit(step.extended, step.limit_unit) if step.extended else None, depth=depth,
    )  # fmt: skip


def _story(
    case: Case, events: Sequence[Event], units: people.Registry, reader: User
) -> list[Entry]:
    payloads = [event.payload for event in events]
    said = [p["words"] for p in payloads if p.get("words")]
    given = [p["reason"] for p in payloads if p.get("reason")]
    words = {one.pk: one for one in _words_with(said)} if said else {}
    reasons = {one.pk: name_of(one) for one in _reasons_with(given)} if given else {}
    undone = taken_back(events)
    actors = _people([event.actor for event in events] + [
        f"user:{p['person']}" for p in payloads if p.get("person")])  # fmt: skip
    others = {p[key] for p in payloads for key in ("into", "other") if p.get(key)}
    numbers = _numbers_by_uid(others, reader) if others else {}
    return [
        _entry(event, words, reasons, actors, numbers, units, undone=event.pk in undone)
        for event in events
    ]


def _numbers_by_uid(uids: Collection[str], reader: User) -> dict[str, str]:
    named = cases_seen_by(reader).filter(uid__in=uids)
    return {str(uid): number for uid, number in named.values_list("uid", "number")}


def _entry(
    event: Event,
    words: Mapping[int, Words],
    reasons: Mapping[int, str],
    actors: Mapping[str, tuple[str, str]],
    numbers: Mapping[str, str],
    units: people.Registry,
    *,
    undone: bool,
) -> Entry:
    told = event.payload
    said = words.get(told.get("words") or 0)
    to_unit = units.get(told.get("unit") or 0)
    who, unit = actors.get(event.actor, ("", ""))
    return Entry(
        name=event.name, at=event.at, who=who, unit=unit,
        to_unit=name_of(to_unit) if to_unit else "",
        to_person=actors.get(f"user:{told.get('person')}", ("", ""))[0],
        text=said.text if said else "", words_id=said.pk if said else None,
        erased=said is not None and said.erased_at is not None,
        reason=reasons.get(told.get("reason") or 0, ""),
        photos=tuple(told.get("photos") or ()), rule=told.get("rule"),
        other=numbers.get(str(told.get("into") or told.get("other") or ""), ""),
        found=told.get("found"), undone=undone, public=bool(told.get("public")),
        correction=bool(told.get("correction")), told=told,
    )  # fmt: skip


def _people(actors: list[str]) -> dict[str, tuple[str, str]]:
    """The name and unit of each person, by the way facts name them."""
    uids = {UUID(actor[5:]) for actor in actors if actor.startswith("user:")}
    found = people.people_by_uid(list(uids))
    units = people.units_of(list(found.values()))
    return {
        f"user:{uid}": (str(user), name_of(units[user.pk]) if user.pk in units else "")
        for uid, user in found.items()
    }
