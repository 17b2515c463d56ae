"""When a message may go: after quiet hours, with the next digest. Pure; times in the office's zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WorksOn = Callable[[date], bool]

_LONGEST = 40
"""No row of days off is longer; then it goes anyway."""


@dataclass(frozen=True)
class Hours:
    """Quiet hours in minutes after midnight, maybe past it; and whether days off are quiet."""

    begin: int = 0
    end: int = 0
    days_off: bool = False

    def hold(self, at: datetime) -> bool:
        """Whether the clock of this (local) time stands within them."""
        minute = at.hour * 60 + at.minute
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def after_quiet(at: datetime, hours: Hours, works_on: WorksOn) -> datetime:
    """The first (local) time from `at` on at which somebody may be disturbed."""
    for _day in range(_LONGEST):
        if hours.days_off and not works_on(at.date()):
            at = _at(at.date() + timedelta(days=1), 0, at)
        elif hours.hold(at):
            tomorrow = at.hour * 60 + at.minute >= hours.end
            at = _at(at.date() + timedelta(days=tomorrow), hours.end, at)
        else:
            return at
    return at


def next_digest(
    at: datetime, *, hour: int, weekday: int | None, works_on: WorksOn | None
) -> datetime:
    """The next (local) time of a digest after `at`: of every day, or of a day of the week.

    With `works_on` it never comes on a day off: a daily one is left out, a weekly one comes on the
    next working day.
    """
    day = at.date() if at < _at(at.date(), hour * 60, at) else at.date() + timedelta(days=1)
    if weekday is not None:
        day += timedelta(days=(weekday - day.weekday()) % 7)
    for _day in range(_LONGEST):
        if works_on is None or works_on(day):
            break
        day += timedelta(days=1)
    return _at(day, hour * 60, at)


def _at(day: date, minute: int, like: datetime) -> datetime:
    """A minute of a day on the clocks of the same place."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=like.tzinfo)
