"""What waits for one person."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import F, Q, QuerySet

from gulou.cases import states
from gulou.cases.facts import CaseSettling
from gulou.cases.models import Case
from gulou.cases.states import StepKind
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.people import access
from gulou.people.models import User

from .filters import Filters
from .rows import FIELDS, Row, rows_from
from .seen import cases_seen_by, eyes_of, seen_with

MOST_WORK = 200


def my_work(user: User, *, size: int = MOST_WORK) -> list[Row]:
    """What waits for this person: current steps given to them, or to a unit where a posting of
    theirs lets them make a move that the step is there for. The most urgent comes first."""
    rows = work_of(user).order_by(F("due_at").asc(nulls_last=True), "id").values_list(*FIELDS)
    return rows_from(rows[:size])


def my_work_count(user: User) -> int:
    """How many cases `my_work` shows."""
    if not user.is_active:
        return 0
    eyes = eyes_of(user)
    return len(_first_work(eyes.kind)(*duties_of(user), *eyes.given))


@cache
def _first_work(kind: tuple[bool, bool]) -> Compiled[int]:
    def make(*given: Any) -> QuerySet[Any, int]:
        return work(kind, *given).order_by().values_list("pk", flat=True)[:MOST_WORK]

    return Compiled(make)


def work_of(user: User) -> QuerySet[Case]:
    if not user.is_active:
        return Case.objects.none()
    eyes = eyes_of(user)
    return work(eyes.kind, *duties_of(user), *eyes.given)


def duties_of(user: User) -> list[Any]:
    """What `work` takes: who, since when a case is left alone that waits for the lot, and the units
    where each duty is theirs."""
    reach = access.reach_of(user)
    verbs = [move.verb for kind in StepKind for move in _owed(kind)]
    verbs += [states.NAME_RECHECKER.verb, states.REOPEN.verb]
    drawn_by_now = clock.now() - CaseSettling.settles_after
    return [user.pk, drawn_by_now, *(sorted(reach.unit_ids_where(verb)) for verb in verbs)]


def work(
    kind: tuple[bool, bool], reader_id: int, drawn_by_now: datetime, *given: Any
) -> QuerySet[Case]:
    *units, naming, objections = given[: len(StepKind) + 2]
    waiting = Q(step_person_id=reader_id)
    for step, where in zip(StepKind, units, strict=True):
        given_to_units = Q(step_kind=step, step_person=None, step_unit_id__any=where)
        if step == StepKind.RECHECK:
            given_to_units &= Q(changed_at__lt=drawn_by_now)
        waiting |= given_to_units
    # A recheck that fell to the office, or to somebody who has left since.
    unmanned = Q(step_person=None, changed_at__lt=drawn_by_now)
    unmanned |= Q(step_person__is_active=False)
    waiting |= Q(unmanned, step_kind=StepKind.RECHECK, unit_id__any=naming)
    # Each side by itself has an index over what is open or objected; around both there is none.
    mine = Q(waiting, ended_at=None) | Q(objected_at__isnull=False, unit_id__any=objections)
    return seen_with(kind, *given[len(StepKind) + 2 :]).filter(mine)


def _owed(kind: StepKind) -> Sequence[states.Move]:
    """The move that a step of this kind waits for."""
    return {
        StepKind.INTAKE: (states.FILE,),
        StepKind.VERIFY: (states.VERIFY,),
        StepKind.DISPATCH: (states.DISPATCH,),
        StepKind.ARBITRATE: (states.ARBITRATE,),
        StepKind.ACCEPT: (states.ACCEPT,),
        StepKind.HANDLE: (states.HANDLE,),
        StepKind.RECHECK: (states.CLOSE,),
        StepKind.PART: (states.REPORT_UP,),
    }[kind]


def scope(user: User, filters: Filters) -> QuerySet[Case]:
    """The cases that a list of this reader is narrowed from."""
    return work_of(user) if filters.mine else cases_seen_by(user)
