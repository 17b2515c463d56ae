"""Calendars as they are now, ready to count with, kept in this process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.timezone import get_default_timezone

from gulou.kit import worktime
from gulou.kit.worktime import ALL_YEAR, Season
from gulou.outbox.kept import Kept
from gulou.people import queries as people

from .models import Calendar, UnitCalendar, Year
from .states import Day, unpacked


@dataclass(frozen=True)
class YearRef:
    """What is known of one year."""

    year: int
    source: str
    edition: str
    days: tuple[Day, ...]


@dataclass(frozen=True)
class CalendarRef:
    """A calendar, and `times` to count with."""

    id: int
    name_zh: str
    name_en: str
    is_default: bool
    keeps_holidays: bool
    active: bool
    times: worktime.Calendar


@dataclass(frozen=True)
class Registry:
    """All calendars, the known years, and which units keep one of their own."""

    default: CalendarRef
    calendars: Mapping[int, CalendarRef]
    years: Mapping[int, YearRef]
    by_unit: Mapping[int, int]
    _found: dict[int, tuple[str, CalendarRef]] = field(default_factory=dict)

    def of_unit(self, unit_id: int) -> CalendarRef:
        """What the unit keeps: its own, else that of the nearest unit above, else the default."""
        if not self.by_unit:
            return self.default
        unit = people.unit_refs()[unit_id]
        path, calendar = self._found.get(unit_id, ("", self.default))
        if path != unit.path:
            kept = [self.by_unit[pk] for pk in unit.ancestor_ids if pk in self.by_unit]
            calendar = self.calendars[kept[-1]] if kept else self.default
            self._found[unit_id] = unit.path, calendar
        return calendar


def _read() -> Registry:
    years = {row.year: _year(row) for row in Year.objects.all()}
    calendars = {row.pk: _calendar(row, years) for row in Calendar.objects.all()}
    default = next((one for one in calendars.values() if one.is_default), None)
    if default is None:
        # Before anything is loaded: as the law has it.
        default = _calendar(Calendar(pk=0, week=[0, 1, 2, 3, 4], is_default=True), years)
    by_unit = dict(UnitCalendar.objects.values_list("unit_id", "calendar_id"))
    return Registry(default, calendars, years, by_unit)


def _year(row: Year) -> YearRef:
    return YearRef(row.year, row.source, row.edition, unpacked(row.days))


def _calendar(row: Calendar, years: Mapping[int, YearRef]) -> CalendarRef:
    days = [day for year in years.values() for day in year.days] if row.keeps_holidays else []
    times = worktime.Calendar(
        zone=get_default_timezone(),
        seasons=seasons_of(row.seasons) or ALL_YEAR,
        week=frozenset(row.week),
        off=frozenset(one.day for one in days if not one.works),
        on=frozenset(one.day for one in days if one.works),
        years=frozenset(years) if row.keeps_holidays else None,
        working_day=timedelta(minutes=row.working_day),
    )
    return CalendarRef(
        row.pk, row.name_zh, row.name_en, row.is_default, row.keeps_holidays, row.active, times
    )


def seasons_of(kept: list[tuple[int, int, list[tuple[int, int]]]]) -> tuple[Season, ...]:
    """Seasons as they were kept."""
    return tuple(Season(m, d, tuple((a, b) for a, b in spans)) for m, d, spans in kept)


_kept = Kept("calendars", _read)
registry = _kept.now
changing, token = _kept.changing, _kept.token
