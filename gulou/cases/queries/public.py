"""What a reporter, and anybody, may read: plain words, released pictures, nothing personal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases.family import answering_for, chain_of, family_of
from gulou.cases.models import Case, CasePhoto, Note, Report
from gulou.cases.operations.answers import ANSWERABLE
from gulou.cases.resemblance import Sight
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.kit.words import in_language, name_of
from gulou.outbox.queries import story
from gulou.people import queries as people
from gulou.photos.models import Photo
from gulou.places import queries as places

from .alike import joinable
from .undone import taken_back


@dataclass(frozen=True)
class Nearby:
    """An open case somebody may mean too. Without a photo nothing is told of it but that it is."""

    uid: UUID
    category: str = ""
    place: str = ""
    summary: str = ""
    opened_at: datetime | None = None
    photo: UUID | None = None


@dataclass(frozen=True)
class Told:
    """One line of what a reporter is told. `name` is the fact's; the page has the words."""

    name: str
    at: datetime
    unit: str = ""
    due_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Tracked:
    """What the holder of a tracking link sees."""

    receipt: str
    received_at: datetime
    state: State
    category: str
    icon: str
    place: str
    summary: str
    words: str
    unit: str
    due_at: datetime | None
    told: list[Told]
    before: list[UUID]
    after: list[UUID]
    reason: str
    me_too: bool
    merged: bool
    may_answer: bool
    rating: int | None
    # This reporter's own objection while it waits; then what the office answered, if it upheld.
    objected_at: datetime | None
    upheld_at: datetime | None
    reply: str


# What a reporter is told of; the office's inner steps are not among them.
TOLD = (
    "case.opened", "case.joined", "case.filed", "case.declined", "case.redirected",
    "case.dispatched", "case.accepted", "case.handled", "case.reworked", "case.closed",
    "case.reopened", "case.objected", "case.upheld",
)  # fmt: skip


def report_by_token(token: str) -> Report:
    """The report that a tracking link names. Raises NotFound."""
    report = Report.objects.select_related("case", "words").filter(token=token).first()
    if report is None:
        raise NotFound(
            "report.not_found",
            _("This tracking link leads nowhere. Copy it whole from where you saved it."),
        )
    return report


def report_sent_as(client_id: UUID) -> Report | None:
    """The report that a form has become. Only who sent it knows the form's id."""
    return _sent_as.first(places.district().id, client_id)


@Compiled
def _sent_as(district_id: int, client_id: UUID) -> QuerySet[Report]:
    reports = Report.objects.filter(district_id=district_id, client_id=client_id)
    return reports.select_related("words")


def photos_sent_with(report: Report) -> list[Photo]:
    """The photos that came with a report."""
    sent = CasePhoto.objects.filter(report=report).select_related("photo")
    return [evidence.photo for evidence in sent.order_by("position")]


def tracked(report: Report) -> Tracked:
    """What its reporter may read of a report: of the case that answers for it now."""
    case = answering_for(report.case_id)
    category = catalogue.category_refs().get(case.category_id)
    unit = people.unit_refs()[case.unit_id]
    photos = _released(case)
    upheld_at, reply = _answer_to(report, case)
    return Tracked(
        receipt=report.receipt, received_at=report.received_at, state=State(case.state),
        category=name_of(category) if category else "", icon=category.icon if category else "",
        place=report.address or _area_name(case),
        summary="" if case.restricted else case.summary, words=report.words.text,
        unit="" if unit.is_office or case.restricted else name_of(unit),
        due_at=case.due_at if case.state == State.HANDLING else None,
        told=_all_told(case, report), before=[uid for uid, p in photos.items() if p.kind != "after"],
        after=[uid for uid, p in photos.items() if p.kind == "after"], reason=_public_reason(case),
        me_too=report.me_too, merged=case.pk != report.case_id,
        may_answer=case.state in ANSWERABLE,
        rating=report.answers.filter(objection=False).values_list("rating", flat=True).first(),
        objected_at=_waiting_since(report), upheld_at=upheld_at, reply=reply,
    )  # fmt: skip


def _released(case: Case) -> dict[UUID, CasePhoto]:
    """The pictures that the public sees of a case and of all that was merged into it, by the name
    under which it fetches them. What was not looked at for faces and plates has none."""
    photos = CasePhoto.objects.filter(
        case__in=family_of(case), released_at__isnull=False, photo__public_uid__isnull=False
    ).select_related("photo")
    found = {one.photo.public_uid: one for one in photos.order_by("added_at", "position", "id")}
    return {uid: one for uid, one in found.items() if uid is not None}


def _waiting_since(report: Report) -> datetime | None:
    waiting = report.answers.filter(objection=True, answered_at=None)
    return waiting.values_list("at", flat=True).first()


def _answer_to(report: Report, case: Case) -> tuple[datetime | None, str]:
    """When and with which words the office upheld how it ended, against this reporter."""
    last = report.answers.filter(objection=True).last()
    if last is None or last.answered_at is None or case.state not in ANSWERABLE:
        return None, ""
    if case.ended_at is None or case.ended_at > last.answered_at:
        return None, ""
    notes = Note.objects.filter(case=case, move="uphold", at__range=(last.at, last.answered_at))
    note = notes.select_related("words").first()
    return (note.at, note.words.text) if note else (None, "")


def story_told(case: Case) -> list[Told]:
    """The steps of a case that reporters, and everybody where it is released, may read of."""
    units = people.unit_refs()
    lines = []
    events = story(case.subject_kind, case.uid)
    undone = taken_back(events)
    for event in events:
        if event.name in TOLD and event.pk not in undone:
            unit = units.get(event.payload.get("unit") or 0)
            shown = "" if unit is None or unit.is_office else name_of(unit)
            lines.append(Told(event.name, event.at, shown))
    return lines


def _all_told(case: Case, report: Report) -> list[Told]:
    """The steps, and what the office wrote to those who reported."""
    return sorted([*story_told(case), *_written(case, report)], key=lambda told: told.at)


def _written(case: Case, report: Report) -> list[Told]:
    """What the office wrote to this reporter: on their case, and on those that answered for it."""
    if case.restricted:
        return []
    notes = Note.objects.filter(
        case__in=chain_of(report.case_id), public=True, words__erased_at=None
    ).select_related("words")
    return [Told("case.noted", note.at, words=note.words.text) for note in notes]


def _public_reason(case: Case) -> str:
    """What the public reads of why a case was declined or passed on."""
    if case.state not in (State.DECLINED, State.REDIRECTED):
        return ""
    moves = ("decline", "redirect")
    note = Note.objects.filter(case=case, move__in=moves, reason__isnull=False).last()
    if note is None or note.reason is None:
        return ""
    return in_language(note.reason.public_zh, note.reason.public_en)


def _area_name(case: Case) -> str:
    areas = places.area_refs()
    chain = (case.street_id, case.community_id)
    named = [areas[pk] for pk in chain if pk is not None and pk in areas]
    return " ".join(name_of(area) for area in named)


def nearby_open(sight: Sight, *, public: bool) -> list[Nearby]:
    """What somebody may mean too who is about to report this; likest first.

    Only what was released is told of a case, and only while cases are `public` at all. That there
    is something else is said once, by the likest of those.
    """
    told: list[Nearby] = []
    for case in joinable(sight):
        released = _released(case) if case.released_at and public else {}
        if released:
            told.append(_nearby(case, next(iter(released))))
        elif all(one.photo for one in told):
            told.append(Nearby(case.uid))
    return told


def _nearby(case: Case, photo: UUID) -> Nearby:
    category = catalogue.category_refs()[case.category_id]
    return Nearby(
        case.uid, name_of(category), _area_name(case), case.summary, case.opened_at, photo
    )


def tracked_photo(report: Report, uid: UUID) -> Photo:
    """A released picture that the holder of a tracking link sees. Raises NotFound."""
    case = answering_for(report.case_id)
    shown = {} if case.restricted else _released(case)
    if uid not in shown:
        raise NotFound("photo.not_found", _("There is no such picture."))
    return shown[uid].photo
