"""Lists of cases: rows rather than objects, pages by key rather than by count."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from gulou.cases import search
from gulou.cases.models import Case
from gulou.kit.compiled import Compiled
from gulou.kit.words import clean
from gulou.people.models import User

from .filters import Filter, Filters, all_dated, condition, conditions, narrowed
from .found import numbered
from .order import At, after, lock, order_of, ordered, sorts_of, standing_in, unlock
from .rows import FIELDS, Row, rows_from
from .seen import eyes_of, seen_with
from .work import duties_of, scope, work

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, and the keys of the pages around them ("" where there is none)."""

    rows: list[Row]
    older: str = ""
    newer: str = ""
    sort: str = field(default="due")


def queue(
    user: User, filters: Filters, *, key: str = "", sort: str = "new", size: int = PAGE
) -> Page:
    """A page of the cases that the user sees. `key` is `older` or `newer` of another page."""
    page = _page(user, filters, key=key, sort=sort, size=size)
    if key or not search.is_number(clean(filters.text)):
        return page
    # Whose very number was typed stands before the others.
    cases = narrowed(scope(user, filters), filters).filter(numbered(filters.text))
    exact = rows_from(list(cases.values_list(*FIELDS)))
    others = [row for row in page.rows if row.id not in {one.id for one in exact}]
    return replace(page, rows=[*exact, *others])


def beside(user: User, filters: Filters, case: Case, *, sort: str = "new") -> tuple[str, str]:
    """The numbers of the cases before and after this one in that list, "" where there is none.

    The case itself need not fit the filters any more.
    """
    cases = narrowed(scope(user, filters), filters).exclude(pk=case.pk)
    order = order_of(sort, dated=all_dated(filters))
    cases = ordered(cases, order)
    at = At([standing_in(case, by) for by in order], case.pk)
    both = (after(cases, order, at, backwards=backwards) for backwards in (True, False))
    earlier, later = (found.values_list("number", flat=True).first() for found in both)
    return earlier or "", later or ""


def first_of(
    user: User, filters: Filters, *, most: int, sort: str = "new"
) -> list[tuple[str, int]]:
    """Number and version of the first cases of a list, at most so many."""
    cases = narrowed(scope(user, filters), filters)
    order = order_of(sort, dated=all_dated(filters))
    cases = ordered(cases, order)
    return list(after(cases, order, None, backwards=False).values_list("number", "version")[:most])


def cases_found(user: User, filters: Filters, *, sort: str = "new") -> QuerySet[Case]:
    """All cases of a list at once, in its order: for what is made from a whole list."""
    cases = narrowed(scope(user, filters), filters)
    order = order_of(sort, dated=all_dated(filters))
    cases = ordered(cases, order)
    return after(cases, order, None, backwards=False)


@dataclass(frozen=True)
class _Shape:
    """What makes the query of a page another one. All else are values that go into it."""

    eyes: tuple[bool, bool]
    # How many values go with them, and how many tell what is the reader's to do: none for a list of
    # all that they see.
    given: int
    duties: int
    # Each filter, and how many values it takes.
    filters: tuple[tuple[Filter, int], ...]
    sort: str
    dated: bool
    backwards: bool
    begun: bool
    size: int


def _page(user: User, filters: Filters, *, key: str, sort: str, size: int) -> Page:
    if not user.is_active:
        return Page([], sort=sort)
    dated = all_dated(filters)
    order = order_of(sort, dated=dated)
    backwards, at = unlock(key, order)
    eyes, duties = eyes_of(user), duties_of(user) if filters.mine else []
    set_ = [(one, values) for one, *values in conditions(filters)]
    shape = _Shape(
        eyes.kind, len(eyes.given), len(duties), tuple((one, len(values)) for one, values in set_),
        ",".join(sorts_of(sort)), dated, backwards, at is not None, size,
    )  # fmt: skip
    given = [*duties, *eyes.given, *(value for _, values in set_ for value in values)]
    found = _pages(shape)(*given, *([*at.values, at.pk] if at else []))
    more, raw = len(found) > size, found[:size]
    if backwards:
        raw.reverse()
    older = more if not backwards else True
    newer = more if backwards else at is not None
    return Page(
        rows_from(raw),
        older=lock(raw[-1], order, backwards=False) if raw and older else "",
        newer=lock(raw[0], order, backwards=True) if raw and newer else "",
        sort=sort,
    )


@lru_cache(maxsize=500)
def _pages(shape: _Shape) -> Compiled[tuple[Any, ...]]:
    """The query of such a page. How it is best answered depends on the street and the words, so it
    is planned each time."""

    def make(*given: Any) -> QuerySet[Any, Any]:
        values = iter(given)
        duties = list(islice(values, shape.duties))
        eyes = list(islice(values, shape.given))
        cases = work(shape.eyes, *duties, *eyes) if duties else seen_with(shape.eyes, *eyes)
        for one, takes in shape.filters:
            cases = cases.filter(condition(one, *islice(values, takes)))
        order = order_of(shape.sort, dated=shape.dated)
        cases = ordered(cases, order)
        at = At(list(islice(values, len(order))), next(values)) if shape.begun else None
        cases = after(cases, order, at, backwards=shape.backwards)
        return cases.values_list(*FIELDS)[: shape.size + 1]

    return Compiled(make, planned=False)
