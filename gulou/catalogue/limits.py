"""When something is due, and how much time is left. Pure: no database, no clock.

Minutes, urgent hours and urgent days run around the clock. A natural day ends at the same time by
the wall clock, days later. Working minutes, hours and days count working time only: Monday to
Friday, 08:00 to 12:00 and 14:00 to 18:00 in the zone; a working day is eight hours of it. Public
holidays and make-up working days (调休) will come in through `working_periods`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils.timezone import get_default_timezone

from .states import TimeUnit

WORKING_DAY = timedelta(hours=8)
WEEKEND = frozenset({5, 6})
HOURS = ((time(8), time(12)), (time(14), time(18)))

_CLOCK = {
    TimeUnit.MINUTE: timedelta(minutes=1),
    TimeUnit.URGENT_HOUR: timedelta(hours=1),
    TimeUnit.URGENT_DAY: timedelta(days=1),
}
_WORKING = {
    TimeUnit.WORKING_MINUTE: timedelta(minutes=1),
    TimeUnit.WORKING_HOUR: timedelta(hours=1),
    TimeUnit.WORKING_DAY: WORKING_DAY,
}


@dataclass(frozen=True)
class Limit:
    """How long something may take."""

    amount: int
    unit: TimeUnit


def due(
    start: datetime, amount: int, unit: TimeUnit | str, *, zone: tzinfo | None = None
) -> datetime:
    """The instant, in UTC, at which `amount` of `unit` has run since `start` (aware).

    `zone` is where the working day and the wall clock are read; by default the office's. Raises
    ValueError for a naive start and for an amount below 1.
    """
    _aware(start)
    if amount < 1:
        raise ValueError("a limit is at least one")
    unit, zone, start = TimeUnit(unit), zone or get_default_timezone(), start.astimezone(UTC)
    if unit in _CLOCK:
        return start + amount * _CLOCK[unit]
    if unit == TimeUnit.NATURAL_DAY:
        # Arithmetic on an aware local time keeps the wall clock.
        return (start.astimezone(zone) + timedelta(days=amount)).astimezone(UTC)
    return _after_working(start, amount * _WORKING[unit], zone)


def left(
    now: datetime,
    due_at: datetime,
    unit: TimeUnit | str = TimeUnit.MINUTE,
    *,
    zone: tzinfo | None = None,
) -> timedelta:
    """The time from `now` to `due_at`; negative when it is late.

    With a working unit it is working time, so that Friday evening to Monday morning is nothing.
    """
    if TimeUnit(unit) in _WORKING:
        return working_time_between(now, due_at, zone=zone)
    return _aware(due_at) - _aware(now)


def working_minutes_between(start: datetime, end: datetime, *, zone: tzinfo | None = None) -> int:
    """Whole minutes of working time from `start` to `end`; negative when `end` comes first."""
    spent = working_time_between(start, end, zone=zone)
    minutes = abs(spent) // timedelta(minutes=1)
    return minutes if spent >= timedelta() else -minutes


def working_time_between(
    start: datetime, end: datetime, *, zone: tzinfo | None = None
) -> timedelta:
    """Working time from `start` to `end` (both aware); negative when `end` comes first."""
    if _aware(end) < _aware(start):
        return -working_time_between(end, start, zone=zone)
    total = timedelta()
    for begins, ends in working_periods(start, zone or get_default_timezone()):
        if begins >= end:
            break
        total += min(ends, end) - max(begins, start)
    return total


def working_periods(start: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time, in UTC, that end after `start`, without end."""
    day = start.astimezone(zone).date()
    while True:
        if day.weekday() not in WEEKEND:
            for begins, ends in HOURS:
                opens, shuts = _instant(day, begins, zone), _instant(day, ends, zone)
                if opens and shuts and shuts > start:
                    yield opens, shuts
        day += timedelta(days=1)


def _after_working(start: datetime, amount: timedelta, zone: tzinfo) -> datetime:
    for begins, ends in working_periods(start, zone):
        begins = max(begins, start)
        if amount <= ends - begins:
            return begins + amount
        amount -= ends - begins
    raise AssertionError("working time has no end")


def _instant(day: date, at: time, zone: tzinfo) -> datetime | None:
    """That wall time as an instant; None on a day that the zone left out."""
    instant = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    return instant if instant.astimezone(zone).date() == day else None


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant
