"""What lists, counts and maps of cases are narrowed to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gulou.cases import states
from gulou.cases.models import Case, Note
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.words import clean
from gulou.people import queries as people

from .found import Shape, asked_by, found_with


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a queue is narrowed to. Empty means all. They live in the address of the page."""

    states: tuple[str, ...] = ()
    open: bool = False
    late: bool = False
    # Due later today, by the calendar of the house.
    today: bool = False
    objected: bool = False
    # Something was asked about its time and waits for a decision.
    asked: bool = False
    # Under supervision: an order on it waits.
    ordered: bool = False
    # What waits for the reader; what came back: returned, reworked, reopened or objected to.
    mine: bool = False
    back: bool = False
    unit_id: int | None = None
    street_id: int | None = None
    category_id: int | None = None
    source: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def all_dated(filters: Filters) -> bool:
    """Whether what these filters leave is under way, so that a time stands over each of them."""
    under_way = bool(filters.states) and not set(filters.states) & set(states.ENDED)
    return filters.open or filters.late or filters.today or under_way


def narrowed(cases: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    """The cases that these filters leave."""
    wanted = Q()
    for one, *values in conditions(filters):
        wanted &= condition(one, *values)
    return cases.filter(wanted)


# What a filter asks for, without what it is asked with: its name, or the shape of some words.
Filter = str | Shape


def conditions(filters: Filters) -> Iterator[tuple[Any, ...]]:
    """Each filter that is set, and the values that go into its condition."""
    if filters.states:
        yield "states", list(filters.states)
    for name in ("open", "objected", "asked", "ordered", "back"):
        if getattr(filters, name):
            yield (name,)
    now = clock.now()
    if filters.late:
        yield "late", now
    if filters.today:
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        yield "today", now, midnight + timedelta(days=1)
    if filters.unit_id is not None:
        yield "unit", sorted(people.unit_ids_below([filters.unit_id]))
    if filters.category_id is not None:
        yield "category", sorted(catalogue.category_ids_below(filters.category_id))
    for name, value in (
        ("street", filters.street_id), ("source", filters.source or None),
        ("since", filters.since), ("until", filters.until),
    ):  # fmt: skip
        if value is not None:
            yield name, value
    if clean(filters.text):
        shape, values = asked_by(filters.text)
        yield shape, *values


def condition(one: Filter, *values: Any) -> Q:
    return _SIDES[one](*values) if isinstance(one, str) else found_with(one, *values)


def _came_back() -> Q:
    reopened = Note.objects.filter(case=OuterRef("pk"), move=states.REOPEN.name)
    came_back = Q(returns__gt=0) | Q(reworks__gt=0) | Q(objected_at__isnull=False)
    return came_back | Q(Exists(reopened))


_SIDES: dict[str, Callable[..., Q]] = {
    "states": lambda values: Q(state__any=values),
    "open": lambda: Q(ended_at=None),
    "objected": lambda: Q(objected_at__isnull=False),
    "asked": lambda: ~Q(plea=""),
    "ordered": lambda: Q(ordered_until__isnull=False),
    "back": _came_back,
    "late": lambda now: Q(ended_at=None, due_at__lt=now),
    "today": lambda now, end: Q(ended_at=None, due_at__gte=now, due_at__lt=end),
    "unit": lambda below: Q(unit_id__any=below) | Q(step_unit_id__any=below),
    "category": lambda below: Q(category_id__any=below),
    "street": lambda pk: Q(street_id=pk),
    "source": lambda name: Q(source=name),
    "since": lambda begin: Q(opened_at__gte=begin),
    "until": lambda end: Q(opened_at__lt=end),
}
