"""What calendars tell the house: the office's own published times, before and after."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact

Plain = dict[str, str | int | bool | list[str]]
"""What is published of a calendar, by field; days and working times as lines of text."""


@dataclass(frozen=True, kw_only=True)
class YearSet(Fact):
    """Which days of a year differ. `before` is empty where the year was not known."""

    name: ClassVar[str] = "calendar.year_set"
    year: int
    before: Plain
    after: Plain


@dataclass(frozen=True, kw_only=True)
class CalendarSet(Fact):
    """A calendar is new (nothing before), or its times changed."""

    name: ClassVar[str] = "calendar.set"
    calendar_id: int
    before: Plain
    after: Plain


@dataclass(frozen=True, kw_only=True)
class UnitCalendarSet(Fact):
    """A unit keeps another calendar; None is what its parent keeps."""

    name: ClassVar[str] = "calendar.unit_set"
    unit: int
    before: int | None
    after: int | None
