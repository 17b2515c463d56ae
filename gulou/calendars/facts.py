"""What calendars tell the house: the office's own published times, before and after."""

from dataclasses import dataclass
from typing import Any, ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class YearSet(Fact):
    """Which days of a year differ. `before` is empty where the year was not known."""

    name: ClassVar[str] = "calendar.year_set"
    year: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CalendarSet(Fact):
    """A calendar is new (nothing before), or its times changed."""

    name: ClassVar[str] = "calendar.set"
    calendar_id: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class UnitCalendarSet(Fact):
    """A unit keeps another calendar; None is what its parent keeps."""

    name: ClassVar[str] = "calendar.unit_set"
    unit: int
    before: int | None
    after: int | None
