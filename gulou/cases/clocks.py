"""The clock of a step: its limit, when that is due, and when to look at it again.

A clock is set when its step begins and moves by itself no more: a changed catalogue or calendar is
for what begins afterwards. What is asked of calendars and catalogue costs no query.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from gulou.calendars import queries as calendars
from gulou.catalogue import queries as catalogue
from gulou.kit import worktime
from gulou.kit.worktime import Limit, UnknownYear

from .models import Step
from .states import StepKind

RETRY = timedelta(hours=6)
"""When a clock is looked at again that nobody can set, for want of a calendar."""


def start(step: Step, limit: Limit | None) -> None:
    """Set the clock of a step that begins: its limit is frozen, and its due time.

    Where the due time depends on a year whose calendar is not known, there is none yet.
    """
    if limit is None:
        return
    step.limit_amount, step.limit_unit = limit.amount, str(limit.unit)
    set_due(step, calendars.due(step.started_at, limit, unit_id=step.unit_id), step.started_at)


def set_due(step: Step, due_at: datetime | None, now: datetime) -> None:
    """Let a step be due then, and be looked at when the next mark of its limit is reached. Marks
    that lie ahead again are told of again."""
    step.due_at = due_at
    if due_at is None:
        step.watch_at = now + RETRY
        return
    if step.warned:
        step.warned = _passed(step, now)
    step.watch_at = next_mark(step, now)


def limit_of(step: Step) -> Limit:
    """What the step may take in all, with what was granted. Of a part, or a step from before limits
    were kept, what it was given: a part in working time where the handling counts that."""
    if step.limit_amount is not None:
        return Limit(step.limit_amount + step.extended, step.limit_unit)
    due_at, measure = step.due_at or step.started_at, worktime.Measure.MINUTE
    given, handling = due_at - step.started_at, handling_of(step)
    if handling is not step and limit_of(handling).measure.is_working:
        with suppress(UnknownYear):
            given = calendars.times_of(step.unit_id).worked(step.started_at, due_at)
            measure = worktime.Measure.WORKING_MINUTE
    return Limit(max(given // timedelta(minutes=1), 1), measure)


def after(start: datetime, length: timedelta, step: Step) -> datetime:
    """When so much time has run for a step: working time where its limit is of that. Raises
    UnknownYear."""
    working = limit_of(step).measure.is_working
    return calendars.times_of(step.unit_id).add(start, length) if working else start + length


def with_more(step: Step, due_at: datetime, amount: int) -> datetime:
    """When a step that is due then would be due with so much more time, in the unit of its limit.
    Raises UnknownYear."""
    length = calendars.times_of(step.unit_id).length(Limit(amount, step.limit_unit))
    return after(due_at, length, step)


def handling_of(step: Step) -> Step:
    """The handling that a part is a part of; any other step itself."""
    while step.kind == StepKind.PART and step.parent is not None:
        step = step.parent
    return step


def mark_at(step: Step, percent: int) -> datetime:
    """When so many percent of the limit have gone by. Raises UnknownYear."""
    if step.due_at is None:
        raise ValueError("its clock is not set")
    times = calendars.times_of(step.unit_id)
    return worktime.mark(step.due_at, limit_of(step), times, percent)


def next_mark(step: Step, now: datetime) -> datetime | None:
    """When somebody is to be told next; None when everybody was."""
    for percent, _level in catalogue.warning_marks():
        if percent > step.warned:
            try:
                return mark_at(step, percent)
            except UnknownYear:
                return now + RETRY
    return None


def reached(step: Step, now: datetime) -> tuple[int, str] | None:
    """The highest mark that has been reached and nobody was told of: percent, and who is told."""
    found = None
    for percent, level in _untold(step, catalogue.warning_marks()):
        try:
            if mark_at(step, percent) > now:
                break
        except UnknownYear:
            break
        found = percent, level
    return found


def _passed(step: Step, now: datetime) -> int:
    """The highest mark somebody was told of that still lies behind; 0 where none does."""
    told = [percent for percent, _level in catalogue.warning_marks() if percent <= step.warned]
    try:
        return max((percent for percent in told if mark_at(step, percent) <= now), default=0)
    except UnknownYear:
        return step.warned


def _untold(step: Step, marks: Iterable[tuple[int, str]]) -> Iterable[tuple[int, str]]:
    return ((percent, level) for percent, level in marks if percent > step.warned)
