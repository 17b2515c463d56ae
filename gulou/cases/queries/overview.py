"""The state of what a reader sees, at a glance: open, late and come back, by street and by unit."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from gulou.cases import states
from gulou.cases.models import Case, Report
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places import queries as places

from .filters import Filters, narrowed
from .rows import FIELDS, Row, rows_from
from .seen import cases_seen_by

DAYS = 7


@dataclass(frozen=True)
class Share:
    """What one street or unit holds of the open cases."""

    id: int
    name: str
    open: int
    late: int
    back: int


@dataclass(frozen=True)
class Day:
    """How many cases began and ended on one day."""

    day: date
    opened: int
    ended: int


@dataclass(frozen=True)
class Overview:
    """Open, late, due before this day ends and come back; where; and the last week, oldest first."""

    open: int
    late: int
    today: int
    back: int
    streets: list[Share]
    units: list[Share]
    week: list[Day]


def works_on_cases(user: User) -> bool:
    """Whether any posting of theirs lets the user move cases: more than read, note and enter."""
    reach = access.reach_of(user)
    quiet = {states.NOTE, states.RELEASE, states.URGE}
    return any(reach.unit_ids_where(move.verb) for move in states.MOVES if move not in quiet)


def overview(user: User) -> Overview:
    """The state of what this person sees."""
    seen = cases_seen_by(user)
    now = clock.now()
    tonight = _midnight(timezone.localdate(now) + timedelta(days=1))
    late = Count("pk", filter=Q(due_at__lt=now))
    today = Count("pk", filter=Q(due_at__gte=now, due_at__lt=tonight))
    found = seen.filter(ended_at=None).order_by().values_list("street_id", "unit_id")
    parts = [*found.annotate(n=Count("pk"), late=late, today=today)]
    came = narrowed(seen, Filters(open=True, back=True)).order_by()
    back = {
        (street, unit): n
        for street, unit, n in came.values_list("street_id", "unit_id").annotate(n=Count("pk"))
    }
    streets, units = _summed(parts, back, 0), _summed(parts, back, 1)
    areas, refs = places.area_refs(), people.unit_refs()
    return Overview(
        open=sum(row[2] for row in parts), late=sum(row[3] for row in parts),
        today=sum(row[4] for row in parts), back=sum(back.values()),
        streets=_shares(streets, {pk: name_of(areas[pk]) for pk in streets if pk in areas}),
        units=_shares(units, {pk: name_of(refs[pk]) for pk in units if pk in refs}),
        week=_week(seen, now),
    )  # fmt: skip


_Sums = dict[int, Counter[str]]


def _summed(parts: Iterable[tuple[int, ...]], back: dict[tuple[int, int], int], side: int) -> _Sums:
    sums: _Sums = {}
    for row in parts:
        one = sums.setdefault(row[side], Counter())
        one.update(open=row[2], late=row[3], back=back.get((row[0], row[1]), 0))
    return sums


def _shares(sums: _Sums, names: dict[int, str]) -> list[Share]:
    """Who has most late ones first, then most open ones."""
    found = [
        Share(pk, names[pk], n["open"], n["late"], n["back"])
        for pk, n in sums.items()
        if pk in names
    ]
    return sorted(found, key=lambda one: (-one.late, -one.open, one.id))


def _week(seen: QuerySet[Case], now: datetime) -> list[Day]:
    days = [timezone.localdate(now) - timedelta(days=n) for n in reversed(range(DAYS))]
    since = _midnight(days[0])
    opened = _by_day(seen.filter(opened_at__gte=since), "opened_at")
    # What ended since has changed since, and by that there is an index.
    ended = _by_day(seen.filter(changed_at__gte=since, ended_at__gte=since), "ended_at")
    return [Day(day, opened.get(day, 0), ended.get(day, 0)) for day in days]


def _by_day(cases: QuerySet[Case], column: str) -> dict[date, int]:
    rows = cases.order_by().annotate(day=TruncDate(column)).values_list("day")
    return {day: n for day, n in rows.annotate(n=Count("pk"))}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def entered_by(user: User, *, size: int = 8) -> list[Row]:
    """The cases of the reports that this person entered last, as far as they see them."""
    last = Report.objects.filter(entered_by=user).order_by("-id").values_list("case_id", flat=True)
    ids = list(dict.fromkeys(last[: size * 3]))
    rows = rows_from(cases_seen_by(user).filter(pk__in=ids).values_list(*FIELDS))
    return sorted(rows, key=lambda row: ids.index(row.id))[:size]
