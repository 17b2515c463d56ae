"""What somebody needs of their cases where there is no network: read for all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from gulou.cases import states
from gulou.cases.models import Case, CasePhoto, Note, Report, Step
from gulou.cases.states import Move, StepKind
from gulou.kit.compiled import Compiled
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.models import User

from .seen import cases_seen_by, eyes_of, moves_open_to
from .work import MOST_WORK, duties_of, work

AFIELD = (
    StepKind.VERIFY, StepKind.ACCEPT, StepKind.HANDLE, StepKind.PART, StepKind.RECHECK,
)  # fmt: skip
"""The steps that are done on the street; the others are done at a desk."""


@dataclass(frozen=True, slots=True)
class PictureAfield:
    """A picture of a case; `kind` is that of the record: "before", "after", ..."""

    uid: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class SaidAfield:
    """What somebody left on a case with a move, and which."""

    move: str
    at: datetime
    who: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class TaskAfield:
    """One case that waits for the reader, with all that the street needs."""

    case: Case
    moves: list[Move]
    pictures: list[PictureAfield]
    reported: list[str]
    said: list[SaidAfield]

    @property
    def due_at(self) -> datetime | None:
        """Until when the reader's own stretch of work is to be done."""
        beneath = self.case.step_kind == StepKind.PART and self.case.part_due_at
        return self.case.part_due_at if beneath else self.case.due_at


def tasks_afield(user: User) -> list[TaskAfield]:
    """What waits for this person on the street, as `my_work` has it; the most urgent first."""
    if not user.is_active:
        return []
    eyes = eyes_of(user)
    return _told(user, _waiting(eyes.kind)(*duties_of(user), *eyes.given))


def task_afield(user: User, uid: UUID) -> TaskAfield | None:
    """One case as it is now for a reader who sees it, whether it waits for them or not."""
    found = list(cases_seen_by(user).filter(uid=uid))
    return _told(user, found)[0] if found else None


@cache
def _waiting(kind: tuple[bool, bool]) -> Compiled[Case]:
    def make(*given: Any) -> QuerySet[Case]:
        mine = work(kind, *given).filter(step_kind__in=AFIELD)
        return mine.order_by(F("due_at").asc(nulls_last=True), "id")[:MOST_WORK]

    return Compiled(make)


def _told(user: User, cases: Sequence[Case]) -> list[TaskAfield]:
    if not cases:
        return []
    ids = [case.pk for case in cases]
    # What was merged into one of them is shown with it; deeper down only at the desk.
    above = {pk: pk for pk in ids} | dict(_merged(ids))
    family = list(above)
    steps: dict[int, list[Step]] = {pk: [] for pk in ids}
    for step in _steps(ids):
        steps[step.case_id].append(step)
    pictures: dict[int, list[PictureAfield]] = {pk: [] for pk in ids}
    for case_id, uid, kind in _pictures(family):
        pictures[above[case_id]].append(PictureAfield(uid, kind))
    reported: dict[int, list[str]] = {pk: [] for pk in ids}
    for case_id, text in _reported(family):
        if text:
            reported[above[case_id]].append(text)
    said = _said(ids)
    return [
        TaskAfield(
            case, moves_open_to(user, case, steps=steps[case.pk]), pictures[case.pk],
            reported[case.pk], said[case.pk],
        )
        for case in cases
    ]  # fmt: skip


def _said(ids: list[int]) -> dict[int, list[SaidAfield]]:
    said: dict[int, list[SaidAfield]] = {pk: [] for pk in ids}
    notes = _notes(ids)
    who = {note.by.pk: note.by for note in notes if note.by is not None}
    units = people.units_of(list(who.values())) if who else {}
    for note in notes:
        unit = units.get(note.by_id or 0)
        said[note.case_id].append(SaidAfield(
            note.move, note.at, name_of(unit) if unit else str(note.by or ""),
            name_of(note.reason) if note.reason else "", note.words.text,
        ))  # fmt: skip
    return said


@Compiled
def _merged(case_ids: list[int]) -> QuerySet[Any, Any]:
    return Case.objects.filter(merged_into_id__any=case_ids).values_list("pk", "merged_into_id")


@Compiled
def _steps(case_ids: list[int]) -> QuerySet[Step]:
    return Step.objects.filter(case_id__any=case_ids)


@Compiled
def _pictures(case_ids: list[int]) -> QuerySet[Any, Any]:
    return CasePhoto.objects.filter(case_id__any=case_ids).values_list(
        "case_id", "photo__uid", "kind"
    )


@Compiled
def _reported(case_ids: list[int]) -> QuerySet[Any, Any]:
    reports = Report.objects.filter(case_id__any=case_ids).order_by("received_at", "id")
    return reports.values_list("case_id", "words__text")


@Compiled
def _notes(case_ids: list[int]) -> QuerySet[Note]:
    notes = Note.objects.filter(case_id__any=case_ids)
    return notes.select_related("words", "reason", "by")


DONE_AFIELD = frozenset({
    states.VERIFY, states.ACCEPT, states.HANDLE, states.RETURN, states.CLOSE, states.REWORK,
    states.REPORT_UP, states.NOTE,
})  # fmt: skip
"""The moves that a telephone offers; all others are made at a desk."""
