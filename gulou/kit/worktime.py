"""When something is due, counted in hours by the clock or in working time. Pure: no clock, no data.

Minutes, hours, urgent hours and urgent days run around the clock. A natural day ends at the same
time by the wall clock, days later. Working minutes, hours and days count only the working time of a
`Calendar`: its hours of the season, on its days of the week, without public holidays and with the
days that make up for them (调休). A year whose holidays nobody has entered is not guessed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate

NOTHING = timedelta()
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


class Measure(StrEnum):
    """What a limit is counted in."""

    MINUTE = "minute"
    HOUR = "hour"
    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"
    NATURAL_DAY = "natural_day"
    WORKING_MINUTE = "working_minute"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"

    @property
    def is_working(self) -> bool:
        """Whether it counts working time only."""
        return self in _WORKING


_WORKING = {Measure.WORKING_MINUTE, Measure.WORKING_HOUR, Measure.WORKING_DAY}
_LENGTH = {
    Measure.MINUTE: _MINUTE,
    Measure.HOUR: timedelta(hours=1),
    Measure.URGENT_HOUR: timedelta(hours=1),
    Measure.URGENT_DAY: _DAY,
    Measure.NATURAL_DAY: _DAY,
    Measure.WORKING_MINUTE: _MINUTE,
    Measure.WORKING_HOUR: timedelta(hours=1),
}


class UnknownYear(Exception):
    """The answer depends on a year whose public holidays nobody has entered."""

    def __init__(self, year: int) -> None:
        super().__init__(f"no calendar for {year}")
        self.year = year


@dataclass(frozen=True)
class Limit:
    """How long something may take."""

    amount: int
    unit: str

    @property
    def measure(self) -> Measure:
        """What it is counted in."""
        return Measure(self.unit)


@dataclass(frozen=True)
class Season:
    """Working hours from a day of every year on, until the next season begins.

    `spans` are pairs of minutes after midnight, in order: (480, 720) is 08:00 to 12:00.
    """

    month: int
    day: int
    spans: tuple[tuple[int, int], ...]


ALL_YEAR = (Season(1, 1, ((480, 720), (840, 1080))),)
MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True, eq=False)
class Calendar:
    """When work is done. `off` and `on` are days that differ from the week; `on` wins.

    `years` are those whose holidays are known; None where holidays change nothing.
    """

    zone: tzinfo
    seasons: tuple[Season, ...] = ALL_YEAR
    week: frozenset[int] = MONDAY_TO_FRIDAY
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    years: frozenset[int] | None = None
    working_day: timedelta = timedelta(hours=8)
    _tables: "dict[int, _Table]" = field(default_factory=dict, init=False, repr=False)

    def works_on(self, day: date) -> bool:
        """Whether this is a working day. Raises UnknownYear."""
        self._require(day.year)
        return day in self.on or (day.weekday() in self.week and day not in self.off)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The instant, in UTC, at which `amount` of working time has gone by since `start`.

        At the end of a working day it is that end, not the next morning; nothing added is `start`.
        Raises UnknownYear.
        """
        if amount < NOTHING:
            return self.take(start, -amount)
        if amount == NOTHING:
            return _utc(start)
        year = self._year(start)
        table = self._table(year)
        amount += table.worked_until(_utc(start))
        while amount > table.total:
            amount -= table.total
            year += 1
            table = self._table(year)
        return table.at_end(amount)

    def take(self, end: datetime, amount: timedelta) -> datetime:
        """The latest instant, in UTC, from which `amount` of working time goes by until `end`.

        Raises UnknownYear.
        """
        if amount <= NOTHING:
            return self.add(end, -amount)
        year = self._year(_utc(end) - _INSTANT)
        table = self._table(year)
        amount -= table.worked_until(_utc(end))
        while amount > NOTHING:
            year -= 1
            table = self._table(year)
            amount -= table.total
        return table.at_begin(-amount)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative when `end` comes first.

        Raises UnknownYear.
        """
        start, end = _utc(start), _utc(end)
        if end < start:
            return -self.worked(end, start)
        if end == start:
            return NOTHING
        first, last = self._year(start), self._year(end - _INSTANT)
        total = sum((self._table(year).total for year in range(first, last)), NOTHING)
        return total + self._table(last).worked_until(end) - self._table(first).worked_until(start)

    def length(self, limit: Limit, percent: int = 100) -> timedelta:
        """How much time, or working time, a share of a limit is."""
        one = _LENGTH.get(limit.measure, self.working_day)
        return limit.amount * one * percent / 100

    def _require(self, year: int) -> None:
        if self.years is not None and year not in self.years:
            raise UnknownYear(year)

    def _year(self, instant: datetime) -> int:
        return instant.astimezone(self.zone).year

    def _table(self, year: int) -> "_Table":
        table = self._tables.get(year)
        if table is None:
            self._require(year)
            table = self._tables[year] = _Table(self._spans(year))
        return table

    def _spans(self, year: int) -> Iterable[tuple[datetime, datetime]]:
        """The stretches of working time of a year, in order, in UTC."""
        if not self.seasons or not self.week:
            raise ValueError("a calendar without working time")
        begins = sorted((one.month, one.day, one.spans) for one in self.seasons)
        day = date(year, 1, 1)
        while day.year == year:
            if self.works_on(day):
                # Before the first season of a year the last one of the year before goes on.
                now = [spans for *since, spans in begins if tuple(since) <= (day.month, day.day)]
                for opens, shuts in now[-1] if now else begins[-1][2]:
                    pair = self._instant(day, opens), self._instant(day, shuts, last=True)
                    if pair[0] < pair[1]:
                        yield pair
            if day == date.max:
                break
            day += _DAY

    def _instant(self, day: date, minute: int, *, last: bool = False) -> datetime:
        """When the clocks show this time: the first such instant, or the last where they show it
        twice. Where they never do, the instant at which they leap over it."""
        wall = datetime(day.year, day.month, day.day) + minute * _MINUTE  # noqa: DTZ001
        wall = wall.replace(tzinfo=self.zone, fold=int(last))
        instant = wall.astimezone(UTC)
        if instant.astimezone(self.zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
            return instant
        early, late = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        offset = early.astimezone(self.zone).utcoffset()
        while late - early > _INSTANT:
            between = early + (late - early) // 2
            if between.astimezone(self.zone).utcoffset() == offset:
                early = between
            else:
                late = between
        return late


class _Table:
    """The working time of one year, to look things up in."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]) -> None:
        pairs = list(spans)
        self.begins = [begins for begins, _ in pairs]
        self.ends = [ends for _, ends in pairs]
        # Working time of the year before each stretch, and at its end.
        self.before = [NOTHING, *accumulate(ends - begins for begins, ends in pairs)]
        self.after = self.before[1:]
        self.total = self.before[-1]

    def worked_until(self, instant: datetime) -> timedelta:
        """How much of the year's working time has gone by."""
        at = bisect_right(self.begins, instant) - 1
        if at < 0:
            return NOTHING
        return self.before[at] + min(instant, self.ends[at]) - self.begins[at]

    def at_end(self, amount: timedelta) -> datetime:
        """The first instant by which so much has gone by; more than nothing, at most all of it."""
        at = bisect_left(self.after, amount)
        return self.begins[at] + (amount - self.before[at])

    def at_begin(self, amount: timedelta) -> datetime:
        """The last instant by which so much has gone by; less than all of it."""
        at = bisect_right(self.after, amount)
        return self.begins[at] + (amount - self.before[at])


def due(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The instant, in UTC, at which the limit has run since `start` (aware).

    Raises ValueError for a naive start and for an amount below 1, UnknownYear.
    """
    if limit.amount < 1:
        raise ValueError("a limit is at least one")
    start = _utc(start)
    if limit.measure == Measure.NATURAL_DAY:
        # Arithmetic on an aware local time keeps the wall clock.
        return (start.astimezone(calendar.zone) + limit.amount * _DAY).astimezone(UTC)
    return after(start, limit, calendar)


def after(start: datetime, limit: Limit, calendar: Calendar, percent: int = 100) -> datetime:
    """The instant at which a share of the limit has run since `start`; before it, if negative.

    Raises UnknownYear.
    """
    amount = calendar.length(limit, percent)
    return calendar.add(start, amount) if limit.measure.is_working else _utc(start) + amount


def mark(due_at: datetime, limit: Limit, calendar: Calendar, percent: int) -> datetime:
    """The instant at which a share of a limit is used up that is due at `due_at`, wherever its
    clock has stood still: half of it is gone when half of it is left. Raises UnknownYear."""
    return after(due_at, limit, calendar, percent - 100)


def left(now: datetime, due_at: datetime, unit: str, calendar: Calendar) -> timedelta:
    """The time from `now` to `due_at`; negative when it is late.

    With a working unit it is working time, so that Friday evening to Monday morning is nothing.
    Raises UnknownYear.
    """
    if Measure(unit).is_working:
        return calendar.worked(now, due_at)
    return _utc(due_at) - _utc(now)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)
