"""Lists of cases: rows rather than objects, pages by key rather than by count."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from gulou.cases import states
from gulou.cases.models import Case, Report
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.words import clean, name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo
from gulou.places import queries as places

from .seen import cases_seen_by

PAGE = 50
MOST_WORK = 200
_FIELDS = (
    "id", "number", "state", "source", "category_id", "street_id", "community_id", "address",
    "unit_id", "step_kind", "step_unit_id", "due_at", "opened_at", "changed_at", "ended_at",
    "returns", "reworks", "reports_count", "objected_at", "place_ambiguous", "lat", "lon",
    "cover_id",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One case in a list. Names are in the reader's language; times are aware."""

    id: int
    number: str
    state: State
    source: str
    category: str
    icon: str
    street: str
    community: str
    address: str
    unit: str
    step_kind: str
    step_unit: str
    due_at: datetime | None
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    late: bool
    returns: int
    reworks: int
    reports_count: int
    objected: bool
    place_ambiguous: bool
    lat: float
    lon: float
    cover: str

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        return self.address or self.community or self.street


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a queue is narrowed to. Empty means all. They live in the address of the page."""

    states: tuple[str, ...] = ()
    open: bool = False
    late: bool = False
    objected: bool = False
    unit_id: int | None = None
    street_id: int | None = None
    category_id: int | None = None
    source: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some rows, and the keys of the pages around them ("" where there is none)."""

    rows: list[Row]
    older: str = ""
    newer: str = ""
    sort: str = field(default="due")


# Sort orders: the fields, in the direction of the first page.
_SORTS: dict[str, tuple[str, str]] = {"due": ("due_at", "asc"), "new": ("opened_at", "desc")}


def queue(
    user: User, filters: Filters, *, key: str = "", sort: str = "new", size: int = PAGE
) -> Page:
    """A page of the cases that the user sees. `key` is `older` or `newer` of another page."""
    sort = sort if sort in _SORTS else "new"
    return _page(narrowed(cases_seen_by(user), filters), key=key, sort=sort, size=size)


def my_work(user: User, *, size: int = MOST_WORK) -> list[Row]:
    """What waits for this person: current steps given to them, or to a unit where a posting of
    theirs lets them make a move that the step is there for. The most urgent comes first."""
    rows = _work_of(user).order_by(F("due_at").asc(nulls_last=True), "id").values_list(*_FIELDS)
    return _rows(rows[:size])


def my_work_count(user: User) -> int:
    """How many cases `my_work` shows."""
    return _work_of(user).order_by()[:MOST_WORK].count()


def _work_of(user: User) -> QuerySet[Case]:
    waiting, reach = Q(step_person=user), access.reach_of(user)
    for kind in StepKind:
        verbs = [move.verb for move in states.MOVES if move in _owed(kind)]
        units = frozenset().union(*(reach.unit_ids_where(verb) for verb in verbs))
        if units:
            waiting |= Q(step_kind=kind, step_person=None, step_unit_id__in=units)
    if naming := reach.unit_ids_where(states.NAME_RECHECKER.verb):
        # A recheck that fell to the office, or to somebody who has left since.
        unmanned = Q(step_person=None, step_unit_id=people.office().id)
        left = Q(step_person__is_active=False)
        waiting |= Q(unmanned | left, step_kind=StepKind.RECHECK, unit_id__in=naming)
    # Each side by itself has an index over what is open or objected; around both there is none.
    mine = Q(waiting, ended_at=None)
    objections = reach.unit_ids_where(states.REOPEN.verb)
    if objections:
        mine |= Q(objected_at__isnull=False, unit_id__in=objections)
    return cases_seen_by(user).filter(mine)


def _owed(kind: StepKind) -> Sequence[states.Move]:
    """The moves that a step of this kind waits for."""
    return {
        StepKind.INTAKE: (states.FILE,),
        StepKind.VERIFY: (states.VERIFY,),
        StepKind.DISPATCH: (states.DISPATCH,),
        StepKind.ACCEPT: (states.ACCEPT,),
        StepKind.HANDLE: (states.HANDLE,),
        StepKind.RECHECK: (states.CLOSE,),
    }[kind]


def narrowed(cases: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    """The cases that these filters leave."""
    wanted = Q()
    if filters.states:
        wanted &= Q(state__in=filters.states)
    if filters.open:
        wanted &= Q(ended_at=None)
    if filters.late:
        wanted &= Q(ended_at=None, due_at__lt=clock.now())
    if filters.objected:
        wanted &= Q(objected_at__isnull=False)
    if filters.unit_id is not None:
        below = people.unit_ids_below([filters.unit_id])
        wanted &= Q(unit_id__in=below) | Q(step_unit_id__in=below)
    if filters.street_id is not None:
        wanted &= Q(street_id=filters.street_id)
    if filters.category_id is not None:
        wanted &= Q(category_id=filters.category_id) | Q(category__parent_id=filters.category_id)
    if filters.source:
        wanted &= Q(source=filters.source)
    if filters.since is not None:
        wanted &= Q(opened_at__gte=filters.since)
    if filters.until is not None:
        wanted &= Q(opened_at__lt=filters.until)
    if text := clean(filters.text)[:80]:
        # Not by a join: a case with several reports would be listed and counted several times.
        sent = Report.objects.filter(receipt__iexact=text).values("case_id")
        wanted &= Q(number__icontains=text) | Q(address__icontains=text) | Q(pk__in=sent)
    return cases.filter(wanted)


def _page(cases: QuerySet[Case], *, key: str, sort: str, size: int) -> Page:
    column, direction = _SORTS[sort]
    if column == "due_at":
        cases = cases.filter(due_at__isnull=False)
    backwards, at = _unlock(key)
    ascending = (direction == "asc") != backwards
    if at is not None:
        sign = "gt" if ascending else "lt"
        # The plain bound says nothing new, but an index can begin there; with the OR alone it
        # walks through every page before this one.
        cases = cases.filter(
            Q(**{f"{column}__{sign}": at[0]}) | Q(**{column: at[0], f"id__{sign}": at[1]}),
            **{f"{column}__{sign}e": at[0]},
        )
    order = [column, "id"] if ascending else [f"-{column}", "-id"]
    found = _rows(cases.order_by(*order).values_list(*_FIELDS)[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    older = more if not backwards else True
    newer = more if backwards else at is not None
    return Page(
        rows,
        older=_lock(rows[-1], column, backwards=False) if rows and older else "",
        newer=_lock(rows[0], column, backwards=True) if rows and newer else "",
        sort=sort,
    )


def _lock(row: Row, column: str, *, backwards: bool) -> str:
    at = getattr(row, column)
    text = json.dumps([backwards, at.isoformat(), row.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unlock(key: str) -> tuple[bool, tuple[datetime, int] | None]:
    """What a page key says; the first page where it says nothing sensible."""
    if not key:
        return False, None
    try:
        text = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        backwards, at, pk = json.loads(text)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(pk, int) or abs(pk) >= 2**63:
            return False, None
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return False, None
    return bool(backwards), (moment, pk)


def _rows(values: Any) -> list[Row]:
    """Rows with names, from the registries at hand instead of joins."""
    units, categories, areas = people.unit_refs(), catalogue.category_refs(), places.area_refs()
    now = clock.now()

    def named(registry: Any, pk: int | None) -> str:
        return name_of(registry[pk]) if pk in registry else ""

    found = [dict(zip(_FIELDS, value, strict=True)) for value in values]
    # Looked up for these rows only; a join would be made for all rows before they are sorted.
    covers = dict(
        Photo.objects.filter(pk__in={v["cover_id"] for v in found} - {None}).values_list(
            "pk", "uid"
        )
    )
    rows = []
    for v in found:
        category = categories.get(v["category_id"])
        rows.append(Row(
            id=v["id"], number=v["number"], state=State(v["state"]), source=v["source"],
            category=name_of(category) if category else "", icon=category.icon if category else "",
            street=named(areas, v["street_id"]), community=named(areas, v["community_id"]),
            address=v["address"], unit=named(units, v["unit_id"]), step_kind=v["step_kind"],
            step_unit=named(units, v["step_unit_id"]), due_at=v["due_at"],
            opened_at=v["opened_at"], changed_at=v["changed_at"], ended_at=v["ended_at"],
            late=v["ended_at"] is None and v["due_at"] is not None and v["due_at"] < now,
            returns=v["returns"], reworks=v["reworks"], reports_count=v["reports_count"],
            objected=v["objected_at"] is not None, place_ambiguous=v["place_ambiguous"],
            lat=v["lat"], lon=v["lon"], cover=str(covers.get(v["cover_id"], "")),
        ))  # fmt: skip
    return rows
