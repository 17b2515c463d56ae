"""The sweep over the clocks that are to be looked at: who is told that time runs out, clocks that
run again, and clocks that can be set at last. It asks one index and nothing else."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from gulou.calendars import queries as calendars
from gulou.cases import clocks
from gulou.cases.facts import CaseWarned, ClockResumed, ClockSet
from gulou.cases.models import Case, Step, Warned
from gulou.catalogue.states import Level
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Refusal
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people import queries as people
from gulou.people.models import Duty, User

from .ground import stands_on
from .time import run_again, suspension_of

logger = logging.getLogger(__name__)

AT_ONCE, CHUNK = 500, 50
SYSTEM = "system"


def to_look_at(now: datetime) -> QuerySet[Step]:
    """The open steps whose clock is to be looked at, the longest waiting first."""
    return Step.objects.filter(ended_at=None, watch_at__lte=now).order_by("watch_at")


def watch_clocks() -> int:
    """Look at the clocks that ask for it; how many. What is left waits for the next time."""
    found = _first(clock.now())
    whom = Whom()
    return sum(_try(found[n : n + CHUNK], whom) for n in range(0, len(found), CHUNK))


@Compiled
def _first(now: datetime) -> QuerySet[Any, tuple[int, int]]:
    return to_look_at(now).values_list("pk", "case_id")[:AT_ONCE]


def _try(found: Sequence[tuple[int, int]], whom: "Whom") -> int:
    """Look at some clocks; where that fails one by one, and set aside the one that fails."""
    try:
        return _look(found, whom)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # one step may be broken in any way; the others are told in time
        if len(found) > 1:
            return sum(_try([one], whom) for one in found)
        (step_id, case_id), again = found[0], clock.now() + clocks.RETRY
        logger.exception("the clock of step %s of case %s cannot be looked at", step_id, case_id)
        Step.objects.filter(pk=step_id).update(watch_at=again)
        return 0


@rows.together()
def _look(found: Sequence[tuple[int, int]], whom: "Whom") -> int:
    """Some clocks, with their cases locked. Who moves a case meanwhile goes first."""
    now = clock.now()
    cases = {case.pk: case for case in _free([case_id for _pk, case_id in found])}
    waiting = _waiting(now, [pk for pk, _case in found], list(cases)) if cases else []
    rows.draw(*(Event for _step in waiting))
    for step in waiting:
        case = cases[step.case_id]
        if case.suspended_until is not None and case.step_id == step.pk:
            _let_run_again(case, step, now)
        elif step.due_at is None:
            _set_at_last(case, step, now)
        else:
            _warn(case, step, now, whom)
        rows.change(step, "due_at", "watch_at", "warned")
    return len(waiting)


@Compiled
def _free(case_ids: list[int]) -> QuerySet[Case]:
    unlocked = Case.objects.select_for_update(skip_locked=True)
    return unlocked.filter(pk__any=case_ids).order_by("pk")


@Compiled
def _waiting(now: datetime, step_ids: list[int], case_ids: list[int]) -> QuerySet[Step]:
    steps = to_look_at(now).select_for_update(of=("self",)).select_related("person")
    return steps.filter(pk__any=step_ids, case_id__any=case_ids)


def _let_run_again(case: Case, step: Step, now: datetime) -> None:
    """The day has come on which a suspension was to be looked at, and nobody did."""
    plea = suspension_of(case)
    try:
        if plea is not None:
            run_again(case, plea)
    except Refusal:
        step.watch_at = now + clocks.RETRY
        return
    case.version += 1
    step.refresh_from_db()
    rows.change(case, "due_at", "suspended_until", "version")
    due = case.due_at.isoformat() if case.due_at else ""
    record(ClockResumed(step=step.pk, due=due), subject=case, actor=SYSTEM)


def _set_at_last(case: Case, step: Step, now: datetime) -> None:
    """A clock that could not be set, for want of a calendar: try again."""
    limit = clocks.limit_of(step)
    clocks.set_due(step, calendars.due(step.started_at, limit, unit_id=step.unit_id), now)
    if step.due_at is None:
        return
    if stands_on(case, step):
        case.due_at = step.due_at
        rows.change(case, "due_at")
    fact = ClockSet(step=step.pk, due_before="", due=step.due_at.isoformat())
    record(fact, subject=case, actor=SYSTEM)


def _warn(case: Case, step: Step, now: datetime, whom: "Whom") -> None:
    found = clocks.reached(step, now)
    if found is not None:
        percent, level = found
        told = whom.at(level, case, step)
        step.warned = percent
        for person in told.people:
            again = Warned(step=step, person=person, percent=percent, at=now)
            rows.put(again, "person", "step", "percent")
        fact = CaseWarned(
            step=step.pk, percent=percent, level=told.level, unit=told.unit_id,
            people=[str(person.uid) for person in told.people],
        )  # fmt: skip
        record(fact, subject=case, actor=SYSTEM)
    step.watch_at = clocks.next_mark(step, now)


@dataclass(frozen=True)
class Told:
    """Who is told: people, and their unit. Nobody in person is a whole unit."""

    level: str
    unit_id: int
    people: tuple[User, ...]


class Whom:
    """Who is told of what. Remembers who leads what, for as long as one sweep takes."""

    def __init__(self) -> None:
        self._heads: dict[int, tuple[User, ...]] = {}
        self._leaders: dict[int, tuple[User, ...]] = {}

    def at(self, level: str, case: Case, step: Step) -> Told:
        """Who is told at a level; where nobody is there, at the next one above.

        The unit (or the person who has the step), its head, the leader who looks after the
        street, the head of the district office.
        """
        levels = list(Level)
        for one in levels[levels.index(Level(level)) : -1]:
            told = self._at(one, case, step)
            if told is not None:
                return told
        office = people.office().id
        return Told(Level.DISTRICT, office, self._heads_of(office))

    def _at(self, level: Level, case: Case, step: Step) -> Told | None:
        if level == Level.UNIT:
            person = step.person
            at = (person,) if person is not None and person.is_active else ()
            return Told(Level.UNIT, step.unit_id, at)
        if level == Level.HEAD:
            heads = self._heads_of(step.unit_id)
            return Told(Level.HEAD, step.unit_id, heads) if heads else None
        units = people.unit_refs().values()
        street = next((u for u in units if u.area_id == case.street_id and u.active), None)
        if street is None or case.street_id is None:
            return None
        leaders = self._leaders_of(street.id)
        return Told(Level.LEADER, street.id, leaders) if leaders else None

    def _leaders_of(self, unit_id: int) -> tuple[User, ...]:
        if unit_id not in self._leaders:
            found = people.street_leaders([unit_id]).get(unit_id, ())
            self._leaders[unit_id] = tuple(user for user in found if user.is_active)
        return self._leaders[unit_id]

    def _heads_of(self, unit_id: int) -> tuple[User, ...]:
        if unit_id not in self._heads:
            self._heads[unit_id] = tuple(
                one.user for one in people.leading_group(unit_id)
                if one.duty == Duty.HEAD and one.user is not None and one.user.is_active
            )  # fmt: skip
        return self._heads[unit_id]
