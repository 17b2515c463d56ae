"""Changing calendars. No clock that runs moves by it: cases keep the due times they have."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.words import clean
from gulou.kit.worktime import ALL_YEAR, Season
from gulou.outbox.models import Event
from gulou.outbox.queries import fact_with_id
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Unit, User

from . import current
from .facts import CalendarSet, Plain, UnitCalendarSet, YearSet
from .models import Calendar, UnitCalendar, Year
from .states import (
    MANAGE,
    Day,
    Source,
    days_as_text,
    days_from_text,
    seasons_as_text,
    seasons_from_text,
    unpacked,
)

SYSTEM = "system"
By = User | str
_FIELDS = ("name_zh", "name_en", "week", "seasons", "working_day", "keeps_holidays", "active",
           "is_default")  # fmt: skip
FIRST, LAST = 2000, 2100


@transaction.atomic
@current.changing()
def set_year(
    year: int, days: Iterable[Day], *, by: By, source: Source = Source.OFFICE, edition: str = ""
) -> Year:
    """Say which days of a year differ from the week; the year is known from then on.

    Raises Refusal where nothing would change.
    """
    actor = _actor_of(by)
    if not FIRST <= year <= LAST:
        raise Invalid("calendar.year", _("Choose a year between 2000 and 2100."), field="year")
    kept = sorted({one.day: one for one in days}.values())
    if any(one.day.year != year for one in kept):
        raise Invalid("calendar.day", _("There is a day of another year in it."), field="days")
    row = Year.objects.select_for_update().filter(year=year).first()
    before: Plain = _told_of_year(row) if row else {}
    row = row or Year(year=year)
    row.source, row.edition = source, edition[:80]
    row.days, row.changed_at = [one.packed() for one in kept], clock.now()
    after = _told_of_year(row)
    if before == after:
        raise Refusal("calendar.same", _("Nothing would change."))
    row.save()
    record(YearSet(year=year, before=before, after=after), subject=row, actor=actor)
    return row


@transaction.atomic
def take_published(years: Mapping[int, Iterable[Day]], *, edition: str, by: By = SYSTEM) -> int:
    """Bring in the years that a package knows; how many were new or corrected.

    What the office has entered stays as it is.
    """
    known = {row.year: row for row in Year.objects.select_for_update()}
    wanted = {
        year: sorted(days) for year, days in years.items()
        if (row := known.get(year)) is None
        or (row.source == Source.PUBLISHED and unpacked(row.days) != tuple(sorted(days)))
    }  # fmt: skip
    for year, days in wanted.items():
        set_year(year, days, by=by, source=Source.PUBLISHED, edition=edition)
    return len(wanted)


@transaction.atomic
@current.changing()
def set_calendar(calendar_id: int | None, told: Mapping[str, Any], *, by: By) -> Calendar:
    """Describe a calendar anew, or (None) add one. `seasons` are Season, the rest plain.

    Raises Invalid, Refusal where nothing would change.
    """
    actor = _actor_of(by)
    row = Calendar() if calendar_id is None else _locked(calendar_id)
    before: Plain = _told(row) if calendar_id is not None else {}
    for name, value in told.items():
        if name not in _FIELDS:
            raise ValueError(name)
        setattr(row, name, _packed(value) if name == "seasons" else value)
    row.name_zh, row.name_en = clean(row.name_zh), clean(row.name_en) or clean(row.name_zh)
    row.week = sorted(set(row.week))
    row.seasons = row.seasons or _packed(ALL_YEAR)
    _check(row)
    after = _told(row)
    if before == after:
        raise Refusal("calendar.same", _("Nothing would change."))
    if row.is_default:
        _demote(but=row, actor=actor)
    row.save()
    record(
        CalendarSet(calendar_id=row.pk, before=before, after=after), subject=row, actor=actor
    )  # fmt: skip
    return row


def _demote(*, but: Calendar, actor: str) -> None:
    """The calendar that was for all units until now is no longer."""
    for other in Calendar.objects.select_for_update().filter(is_default=True).exclude(pk=but.pk):
        before = _told(other)
        other.is_default = False
        other.save(update_fields=["is_default"])
        fact = CalendarSet(calendar_id=other.pk, before=before, after=_told(other))
        record(fact, subject=other, actor=actor)


@transaction.atomic
@current.changing()
def give_calendar(unit_id: int, calendar_id: int | None, *, by: By) -> None:
    """Let a unit, and what is below it, keep a calendar; None: that of the unit above."""
    actor = _actor_of(by)
    if not Unit.objects.filter(pk=unit_id).exists():
        raise NotFound("unit.unknown", _("There is no such unit."), field="unit")
    kept = UnitCalendar.objects.select_for_update().filter(unit=unit_id).first()
    before = kept.calendar_id if kept else None
    if before == calendar_id:
        raise Refusal("calendar.same", _("Nothing would change."))
    subject = _locked(calendar_id if calendar_id is not None else before or 0)
    if calendar_id is None:
        UnitCalendar.objects.filter(unit=unit_id).delete()
    elif not subject.active:
        raise Refusal("calendar.retired", _("This calendar is no longer in use."))
    else:
        UnitCalendar.objects.update_or_create(unit_id=unit_id, defaults={"calendar": subject})
    fact = UnitCalendarSet(unit=unit_id, before=before, after=calendar_id)
    record(fact, subject=subject, actor=actor)


def take_back(event_id: int, *, by: By) -> None:
    """Undo what this fact tells of. Raises Refusal where something newer stands in the way."""
    event = fact_with_id(event_id)
    way = _WAYS.get(event.name) if event else None
    if event is None or way is None:
        raise NotFound("calendar.no_such_change", _("There is nothing to take back here."))
    if not can_take_back(event):
        raise Refusal(
            "calendar.cannot_take_back",
            _("This was changed again since. Take back the newer change first."),
        )
    way(event, by)


def can_take_back(event: Event) -> bool:
    """Whether it is so still, and there was something before. Which calendar is for all units is
    changed by promoting another one."""
    said = event.payload
    if event.name == "calendar.unit_set":
        row = UnitCalendar.objects.filter(unit=said["unit"]).first()
        return bool((row.calendar_id if row else None) == said["after"])
    if not said["before"]:
        return False
    if event.name == "calendar.year_set":
        return bool(_told_of_year(Year.objects.get(year=said["year"])) == said["after"])
    if said["before"]["is_default"] != said["after"]["is_default"]:
        return False
    return bool(_told(Calendar.objects.get(pk=said["calendar_id"])) == said["after"])


def _set_year_back(event: Event, by: By) -> None:
    said, before = event.payload, event.payload["before"]
    days = days_from_text("\n".join(before["days"]), year=said["year"])
    source = Source(before["source"])
    set_year(said["year"], days, by=by, source=source, edition=before["edition"])


def _set_calendar_back(event: Event, by: By) -> None:
    before = dict(event.payload["before"])
    before["week"] = [int(day) for day in before["week"]]
    before["seasons"] = seasons_from_text("\n".join(before["seasons"]))
    set_calendar(event.payload["calendar_id"], before, by=by)


def _give_back(event: Event, by: By) -> None:
    give_calendar(event.payload["unit"], event.payload["before"], by=by)


_WAYS: dict[str, Callable[[Event, By], None]] = {
    "calendar.year_set": _set_year_back,
    "calendar.set": _set_calendar_back,
    "calendar.unit_set": _give_back,
}


def _check(row: Calendar) -> None:
    if not row.name_zh:
        raise Invalid("calendar.name", _("Give it a name."), field="name_zh")
    if not row.week or not set(row.week) <= set(range(7)):
        raise Invalid("calendar.week", _("Choose at least one day of the week."), field="week")
    if not 1 <= row.working_day <= 24 * 60:
        raise Invalid(
            "calendar.working_day", _("A day has 1 to 1440 minutes."), field="working_day"
        )
    if row.is_default and not row.active:
        words = _("This one is for all units: let another one take its place first.")
        raise Refusal("calendar.default", words)
    if row.pk and not row.is_default and _is_default_now(row.pk):
        words = _("One calendar must be for all units: let another one take its place.")
        raise Refusal("calendar.default", words)
    if row.pk and not row.active and UnitCalendar.objects.filter(calendar=row).exists():
        words = _("Units keep this calendar. Give them another one first.")
        raise Refusal("calendar.in_use", words)


def _is_default_now(calendar_id: int) -> bool:
    return Calendar.objects.filter(pk=calendar_id, is_default=True).exists()


def _locked(calendar_id: int) -> Calendar:
    row = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if row is None:
        raise NotFound("calendar.unknown", _("There is no such calendar."), field="calendar")
    return row


def _told(row: Calendar) -> Plain:
    told: Plain = {name: getattr(row, name) for name in _FIELDS}
    told["week"] = "".join(map(str, row.week))
    told["seasons"] = seasons_as_text(current.seasons_of(row.seasons)).splitlines()
    return told


def _told_of_year(row: Year) -> Plain:
    days = days_as_text(unpacked(row.days)).splitlines()
    return {"source": str(row.source), "edition": row.edition, "days": days}


def _packed(seasons: Iterable[Season]) -> list[Any]:
    return [[one.month, one.day, [list(span) for span in one.spans]] for one in seasons]


def _actor_of(by: By) -> str:
    if isinstance(by, User):
        access.require(by, MANAGE, unit_id=people.office().id)
        return by.actor
    if by != SYSTEM:
        raise ValueError("a change is made by a person or by the system")
    return by


def days_of(rests: Iterable[tuple[date, str]], works: Iterable[date]) -> list[Day]:
    """Holidays by name and the days that make up for them, as days."""
    return [*(Day(day, False, name) for day, name in rests), *(Day(day, True) for day in works)]
