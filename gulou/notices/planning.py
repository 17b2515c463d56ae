"""By which channels, and when, people are told something."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache

from django.utils import timezone

from gulou.calendars import queries as calendars
from gulou.kit import clock
from gulou.kit.worktime import MONDAY_TO_FRIDAY, UnknownYear
from gulou.people import queries as people
from gulou.people.models import User

from . import manners
from .channels import CHANNELS, Channel, open_channels
from .kinds import Kind, kind_of
from .manners import Mine
from .models import Item, Letter
from .post import Outlet, Reach
from .quiet import WorksOn, after_quiet, next_digest
from .states import When

Way = tuple[str, str]
"""A channel, and which of its outlets."""
Reached = Callable[[str], Reach]
Units = Callable[[], Mapping[int, people.UnitRef]]


def letters_for(items: Collection[Item], *, but: Collection[Way] = ()) -> list[Letter]:
    """What is to be sent so that these people get to know of it; not saved. Not by the ways in
    `but`: there it was tried."""
    persons = {one.person.pk: one.person for one in items if one.person is not None}
    mine, units = manners.manners_of(list(persons.values())), _units(persons.values())

    @cache
    def reach(channel: str) -> Reach:
        """Asked once for all of them, and only where it matters."""
        return CHANNELS[channel].outlets(list(persons.values()))

    return [
        letter
        for item in items
        if item.person is not None
        for letter in _letters(item, item.person, mine[item.person.pk], units, reach, but)
    ]


def _letters(
    item: Item, person: User, mine: Mine, units: Units, reach: Reached, but: Collection[Way]
) -> Iterator[Letter]:
    kind, now = kind_of(item.what), timezone.localtime(clock.now())
    ways: dict[str, tuple[Channel, When]] = {}

    def outlets(channel: Channel) -> list[Outlet]:
        found = reach(channel.name).get(person.pk, ())
        return [one for one in found if (channel.name, one.ref) not in but]

    for one in open_channels():
        when = mine.when(kind, one)
        if when != When.NEVER and outlets(one):
            ways[one.name] = (one, when)
    named = manners.duty_channels() if kind.duty else []
    if named and not any(one.name in ways for one in named):
        # Where none of those reaches the person, any other does.
        others = [] if ways else open_channels()
        first = next((one for one in [*named, *others] if outlets(one)), None)
        if first is not None:
            ways[first.name] = (first, When.NOW)
    for channel, when in ways.values():
        due = _due(when, kind, mine, now, _working_days(units, person))
        for outlet in outlets(channel):
            yield Letter(
                item=item, channel=channel.name, ref=outlet.ref, line=outlet.line, due_at=due,
                digest=when != When.NOW,
            )  # fmt: skip


def _due(when: When, kind: Kind, mine: Mine, now: datetime, works_on: WorksOn) -> datetime:
    rhythm = mine.rhythm
    if when == When.NOW:
        return _undisturbed(kind, mine, now, works_on)
    return next_digest(
        now, hour=rhythm.digest_hour,
        weekday=rhythm.digest_weekday if when == When.WEEK else None,
        works_on=works_on if rhythm.digest_skips_days_off else None,
    )  # fmt: skip


def not_before(item: Item, person: User, now: datetime) -> datetime:
    """The first time from `now` on at which this person may be told of it at once."""
    now, mine = timezone.localtime(now), manners.manners_of([person])[person.pk]
    works_on = _working_days(_units([person]), person)
    return _undisturbed(kind_of(item.what), mine, now, works_on)


def _undisturbed(kind: Kind, mine: Mine, now: datetime, works_on: WorksOn) -> datetime:
    if kind.code in manners.office().urgent:
        return now
    return after_quiet(now, mine.rhythm.quiet, works_on)


def _units(persons: Iterable[User]) -> Units:
    """The units of all these people, asked once, and only where it matters."""
    return cache(lambda: people.units_of(list(persons)))


def _working_days(units: Units, person: User) -> WorksOn:
    """Whether a day is a working day for this person's unit; asked only where it matters."""

    @cache
    def times() -> calendars.CalendarRef:
        unit = units().get(person.pk) or people.office()
        return calendars.of_unit(unit.id)

    def works_on(day: date) -> bool:
        try:
            return times().times.works_on(day)
        except UnknownYear:
            return day.weekday() in MONDAY_TO_FRIDAY

    return works_on
