"""Every way of reading calendars. Nothing in them is secret, so no reader is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from gulou.kit import worktime
from gulou.kit.changes import Change, Detail
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.kit.worktime import Limit, UnknownYear
from gulou.outbox.models import Event
from gulou.people import access
from gulou.people.models import User
from gulou.people.queries import today, unit_refs

from . import current
from .current import CalendarRef, YearRef
from .models import Calendar, Year
from .operations import can_take_back
from .states import MANAGE, Source

__all__ = [
    "CalendarRef", "YearRef", "all_calendars", "calendar_with_id", "due", "history",
    "known_years", "left", "missing_years", "of_unit", "times_of", "units_of", "year",
]  # fmt: skip

AHEAD = timedelta(days=60)
"""So long before a year is needed the office is told that it is missing."""
MOST = 200


def times_of(unit_id: int) -> worktime.Calendar:
    """When a unit works, to count with. Costs no query."""
    return current.registry().of_unit(unit_id).times


def of_unit(unit_id: int) -> CalendarRef:
    """The calendar that a unit keeps."""
    return current.registry().of_unit(unit_id)


def due(start: datetime, limit: Limit, *, unit_id: int) -> datetime | None:
    """When the limit has run out for this unit; None where that depends on an unknown year."""
    try:
        return worktime.due(start, limit, times_of(unit_id))
    except UnknownYear:
        return None


def left(now: datetime, due_at: datetime, unit: str, *, unit_id: int) -> timedelta:
    """The time, or working time, until then; by the clock where a year is not known."""
    try:
        return worktime.left(now, due_at, unit, times_of(unit_id))
    except UnknownYear:
        return due_at - now


def all_calendars() -> list[CalendarRef]:
    """Every calendar, the default one first."""
    return sorted(current.registry().calendars.values(), key=lambda c: (not c.is_default, c.id))


def calendar_with_id(calendar_id: int) -> CalendarRef:
    """Raises NotFound."""
    found = current.registry().calendars.get(calendar_id)
    if found is None:
        raise NotFound("calendar.unknown", _("There is no such calendar."))
    return found


def units_of(calendar_id: int) -> list[int]:
    """The units that were given this calendar."""
    return [unit for unit, kept in current.registry().by_unit.items() if kept == calendar_id]


def known_years() -> list[YearRef]:
    """The years whose holidays are known, the latest first."""
    return sorted(current.registry().years.values(), key=lambda one: -one.year)


def year(number: int) -> YearRef | None:
    """What is known of a year; None where nothing is."""
    return current.registry().years.get(number)


def missing_years(on: date | None = None) -> list[int]:
    """The years that are needed within AHEAD of a day (today) and not known."""
    day = on or today()
    registry = current.registry()
    if not any(
        one.keeps_holidays and one.active
        for one in (*registry.calendars.values(), registry.default)
    ):
        return []  # fmt: skip
    return [y for y in range(day.year, (day + AHEAD).year + 1) if y not in registry.years]


def missing_words(reader: User) -> str:
    """That a year is needed soon and not known, for who may enter it; "" otherwise."""
    missing = missing_years() if access.reach_of(reader).unit_ids_where(MANAGE) else []
    words = _(
        "The public holidays of %(years)s are not entered yet. Working time in it is not guessed: what would be due then has no deadline until they are."
    )
    return words % {"years": ", ".join(map(str, missing))} if missing else ""


@dataclass(frozen=True)
class YearLine:
    """One line about a year: how many days are free and how many make up for them."""

    ref: YearRef
    free: int
    made_up: int


def year_lines() -> list[YearLine]:
    """Every known year with its sums, the latest first."""
    return [
        YearLine(one, sum(not d.works for d in one.days), sum(d.works for d in one.days))
        for one in known_years()
    ]


def history() -> list[Change]:
    """What happened to calendars, the newest first."""
    kinds = [Calendar._meta.label_lower, Year._meta.label_lower]
    events = Event.objects.filter(subject_kind__in=kinds).order_by("-id")[:MOST]
    seen: set[tuple[object, ...]] = set()
    changes = []
    for event in events:
        # Only what is newest of its kind can be so still.
        of = (event.name, event.payload.get("unit") or event.subject_uid)
        changes.append(_change(event, newest=of not in seen))
        seen.add(of)
    return changes


def _change(event: Event, *, newest: bool) -> Change:
    said = event.payload
    if event.name == "calendar.unit_set":
        what, of = _("Unit given a calendar"), _unit(said["unit"])
        details = [Detail(_("Calendar"), _name(said["before"]), _name(said["after"]))]
    elif event.name == "calendar.year_set":
        what, of = (_("Holidays set") if said["before"] else _("Year entered")), str(said["year"])
        details = _differences(said["before"], said["after"])
    else:
        what = _("Calendar changed") if said["before"] else _("Calendar added")
        of, details = _name(said["calendar_id"]), _differences(said["before"], said["after"])
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, of=of,
        sign="calendar", can_undo=newest and can_take_back(event),
    )  # fmt: skip


def _unit(unit_id: int) -> str:
    return name_of(unit_refs()[unit_id])


def _name(calendar_id: int | None) -> str:
    found = current.registry().calendars.get(calendar_id or 0)
    return name_of(found) if found else _("that of the unit above")


def _differences(before: dict[str, object], after: dict[str, object]) -> list[Detail]:
    return [
        Detail(_label(name), _plain(name, before.get(name)), _plain(name, value))
        for name, value in after.items()
        if before.get(name) != value and name in _LABELS
    ]


_LABELS = {"days", "source", "name_zh", "name_en", "week", "seasons", "working_day",
           "keeps_holidays", "active", "is_default"}  # fmt: skip


def _label(name: str) -> str:
    return {
        "days": _("Days that differ"), "source": _("Source"), "name_zh": _("Called"),
        "name_en": _("Name in English"), "week": _("Working days of the week"),
        "seasons": _("Working times"), "working_day": _("Length of one working day"),
        "keeps_holidays": _("Keeps public holidays"), "active": _("In use"),
        "is_default": _("For all units"),
    }[name]  # fmt: skip


def _plain(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(value)
    if name == "source":
        return str(Source(str(value)).label)
    if name == "week" and isinstance(value, str):
        return week_words([int(day) for day in value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def week_words(week: Sequence[int]) -> str:
    """Mo, Tu, We."""
    names = (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))
    return _(", ").join(names[day] for day in sorted(week))
