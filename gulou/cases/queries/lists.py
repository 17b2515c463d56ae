"""Lists of cases: rows rather than objects, pages by key rather than by count."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import msgspec
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from gulou.cases import search, states
from gulou.cases.models import Case, Note, Source
from gulou.cases.models.case import NEVER
from gulou.cases.states import State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.words import clean, name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo
from gulou.places import queries as places

from .found import Shape, asked_by, found_with, numbered
from .seen import cases_seen_by, eyes_of, seen_with

PAGE = 50
MOST_WORK = 200
_FIELDS = (
    "id", "number", "state", "source", "category_id", "street_id", "community_id", "address",
    "unit_id", "step_kind", "step_unit_id", "due_at", "opened_at", "changed_at", "ended_at",
    "returns", "reworks", "reports_count", "objected_at", "place_ambiguous", "lat", "lon",
    "cover_id", "version", "suspended_until", "plea", "on_spot",
)  # fmt: skip
_COVER = _FIELDS.index("cover_id")


class Row(msgspec.Struct, frozen=True, gc=False):
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
    version: int
    # Whose clock stands still; what was asked about its time; to be rectified within a day.
    suspended_until: datetime | None = None
    plea: str = ""
    on_spot: bool = False

    @property
    def source_label(self) -> str:
        """Who saw it, in the reader's language."""
        return str(Source(self.source).label)

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
    # Due later today, by the calendar of the house.
    today: bool = False
    objected: bool = False
    # Something was asked about its time and waits for a decision.
    asked: bool = False
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


@dataclass(frozen=True)
class Page:
    """Some rows, and the keys of the pages around them ("" where there is none)."""

    rows: list[Row]
    older: str = ""
    newer: str = ""
    sort: str = field(default="due")


# What a list may be sorted by; "-" before a name turns it round. At most three at a time, then the
# id. By one of the first three a whole page comes from an index; by others what is open is sorted.
_COLUMNS: dict[str, str] = {
    "due": "due_at", "opened": "opened_at", "changed": "changed_at", "street": "street_id",
    "unit": "unit_id", "category": "category_id", "state": "state",
}  # fmt: skip
_TIMES = frozenset({"due_at", "opened_at", "changed_at"})
# Where a column may be empty, what stands for it: such a case comes last, or first when turned.
_BLANKS: dict[str, Any] = {"due_at": NEVER, "street_id": 2**31}
MOST_SORTS = 3


@dataclass(frozen=True)
class _By:
    """One column that a list is sorted by. `term` is what the database sorts by."""

    column: str
    down: bool
    term: str


def sorts_of(text: str) -> tuple[str, ...]:
    """The names to sort by in a text such as "street,-due"; "new" is "-opened". Nonsense goes."""
    names = ("-opened" if name == "new" else name for name in text.split(","))
    found = {name.lstrip("-"): name for name in names if name.removeprefix("-") in _COLUMNS}
    return tuple(found.values())[:MOST_SORTS] or ("-opened",)


def queue(
    user: User, filters: Filters, *, key: str = "", sort: str = "new", size: int = PAGE
) -> Page:
    """A page of the cases that the user sees. `key` is `older` or `newer` of another page."""
    page = _page(user, filters, key=key, sort=sort, size=size)
    if key or not search.is_number(clean(filters.text)):
        return page
    # Whose very number was typed stands before the others.
    cases = narrowed(scope(user, filters), filters).filter(numbered(filters.text))
    exact = _rows(list(cases.values_list(*_FIELDS)))
    others = [row for row in page.rows if row.id not in {one.id for one in exact}]
    return replace(page, rows=[*exact, *others])


def beside(user: User, filters: Filters, case: Case, *, sort: str = "new") -> tuple[str, str]:
    """The numbers of the cases before and after this one in that list, "" where there is none.

    The case itself need not fit the filters any more.
    """
    cases = narrowed(scope(user, filters), filters).exclude(pk=case.pk)
    order = _order(sort, dated=_all_dated(filters))
    cases = _ordered(cases, order)
    at = _At([_of(case, by) for by in order], case.pk)
    both = (_after(cases, order, at, backwards=backwards) for backwards in (True, False))
    before, after = (found.values_list("number", flat=True).first() for found in both)
    return before or "", after or ""


def first_of(
    user: User, filters: Filters, *, most: int, sort: str = "new"
) -> list[tuple[str, int]]:
    """Number and version of the first cases of a list, at most so many."""
    cases = narrowed(scope(user, filters), filters)
    order = _order(sort, dated=_all_dated(filters))
    cases = _ordered(cases, order)
    return list(_after(cases, order, None, backwards=False).values_list("number", "version")[:most])


def cases_found(user: User, filters: Filters, *, sort: str = "new") -> QuerySet[Case]:
    """All cases of a list at once, in its order: for what is made from a whole list."""
    cases = narrowed(scope(user, filters), filters)
    order = _order(sort, dated=_all_dated(filters))
    cases = _ordered(cases, order)
    return _after(cases, order, None, backwards=False)


def my_work(user: User, *, size: int = MOST_WORK) -> list[Row]:
    """What waits for this person: current steps given to them, or to a unit where a posting of
    theirs lets them make a move that the step is there for. The most urgent comes first."""
    rows = _work_of(user).order_by(F("due_at").asc(nulls_last=True), "id").values_list(*_FIELDS)
    return _rows(rows[:size])


def my_work_count(user: User) -> int:
    """How many cases `my_work` shows."""
    if not user.is_active:
        return 0
    eyes = eyes_of(user)
    return len(_first_work(eyes.kind)(*_duties_of(user), *eyes.given))


@cache
def _first_work(kind: tuple[bool, bool]) -> Compiled[int]:
    def make(*given: Any) -> QuerySet[Any, int]:
        return _work(kind, *given).order_by().values_list("pk", flat=True)[:MOST_WORK]

    return Compiled(make)


def _work_of(user: User) -> QuerySet[Case]:
    if not user.is_active:
        return Case.objects.none()
    eyes = eyes_of(user)
    return _work(eyes.kind, *_duties_of(user), *eyes.given)


def _duties_of(user: User) -> list[Any]:
    """What `_work` takes: who, the office, and the units where each duty is theirs."""
    reach = access.reach_of(user)
    verbs = [move.verb for kind in StepKind for move in _owed(kind)]
    verbs += [states.NAME_RECHECKER.verb, states.REOPEN.verb]
    return [user.pk, people.office().id, *(sorted(reach.unit_ids_where(verb)) for verb in verbs)]


def _work(kind: tuple[bool, bool], reader_id: int, office_id: int, *given: Any) -> QuerySet[Case]:
    *units, naming, objections = given[: len(StepKind) + 2]
    waiting = Q(step_person_id=reader_id)
    for step, where in zip(StepKind, units, strict=True):
        waiting |= Q(step_kind=step, step_person=None, step_unit_id__any=where)
    # A recheck that fell to the office, or to somebody who has left since.
    unmanned = Q(step_person=None, step_unit_id=office_id) | Q(step_person__is_active=False)
    waiting |= Q(unmanned, step_kind=StepKind.RECHECK, unit_id__any=naming)
    # Each side by itself has an index over what is open or objected; around both there is none.
    mine = Q(waiting, ended_at=None) | Q(objected_at__isnull=False, unit_id__any=objections)
    return seen_with(kind, *given[len(StepKind) + 2 :]).filter(mine)


def _owed(kind: StepKind) -> Sequence[states.Move]:
    """The move that a step of this kind waits for."""
    return {
        StepKind.INTAKE: (states.FILE,),
        StepKind.VERIFY: (states.VERIFY,),
        StepKind.DISPATCH: (states.DISPATCH,),
        StepKind.ACCEPT: (states.ACCEPT,),
        StepKind.HANDLE: (states.HANDLE,),
        StepKind.RECHECK: (states.CLOSE,),
    }[kind]


def scope(user: User, filters: Filters) -> QuerySet[Case]:
    """The cases that a list of this reader is narrowed from."""
    return _work_of(user) if filters.mine else cases_seen_by(user)


def narrowed(cases: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    """The cases that these filters leave."""
    wanted = Q()
    for one, *values in _conditions(filters):
        wanted &= _condition(one, *values)
    return cases.filter(wanted)


# What a filter asks for, without what it is asked with: its name, or the shape of some words.
_Filter = str | Shape


def _conditions(filters: Filters) -> Iterator[tuple[Any, ...]]:
    """Each filter that is set, and the values that go into its condition."""
    if filters.states:
        yield "states", list(filters.states)
    for name in ("open", "objected", "asked", "back"):
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


def _condition(one: _Filter, *values: Any) -> Q:
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


@dataclass(frozen=True)
class _Shape:
    """What makes the query of a page another one. All else are values that go into it."""

    eyes: tuple[bool, bool]
    # How many values go with them, and how many tell what is the reader's to do: none for a list of
    # all that they see.
    given: int
    duties: int
    # Each filter, and how many values it takes.
    filters: tuple[tuple[_Filter, int], ...]
    sort: str
    dated: bool
    backwards: bool
    begun: bool
    size: int


def _page(user: User, filters: Filters, *, key: str, sort: str, size: int) -> Page:
    if not user.is_active:
        return Page([], sort=sort)
    dated = _all_dated(filters)
    order = _order(sort, dated=dated)
    backwards, at = _unlock(key, order)
    eyes, duties = eyes_of(user), _duties_of(user) if filters.mine else []
    set_ = [(one, values) for one, *values in _conditions(filters)]
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
        _rows(raw),
        older=_lock(raw[-1], order, backwards=False) if raw and older else "",
        newer=_lock(raw[0], order, backwards=True) if raw and newer else "",
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
        cases = _work(shape.eyes, *duties, *eyes) if duties else seen_with(shape.eyes, *eyes)
        for one, takes in shape.filters:
            cases = cases.filter(_condition(one, *islice(values, takes)))
        order = _order(shape.sort, dated=shape.dated)
        cases = _ordered(cases, order)
        at = _At(list(islice(values, len(order))), next(values)) if shape.begun else None
        cases = _after(cases, order, at, backwards=shape.backwards)
        return cases.values_list(*_FIELDS)[: shape.size + 1]

    return Compiled(make, planned=False)


@dataclass(frozen=True)
class _At:
    """Where a page begins: what the case before it has in the columns of the order, and its id."""

    values: list[Any]
    pk: int


def _all_dated(filters: Filters) -> bool:
    """Whether what these filters leave is under way, so that a time stands over each of them."""
    under_way = bool(filters.states) and not set(filters.states) & set(states.ENDED)
    return filters.open or filters.late or filters.today or under_way


def _order(sort: str, *, dated: bool) -> list[_By]:
    """What a list is sorted by. `dated`: each case has a time due."""
    order = []
    for place, name in enumerate(sorts_of(sort)):
        column = _COLUMNS[name.removeprefix("-")]
        plain = column not in _BLANKS or (column == "due_at" and place == 0 and dated)
        order.append(_By(column, name.startswith("-"), column if plain else f"by_{column}"))
    return order


def _ordered(cases: QuerySet[Case], order: list[_By]) -> QuerySet[Case]:
    """The cases with all that they are sorted by."""
    if order[0].term == "due_at":
        # As the index has it, which holds nothing that is never due.
        cases = cases.filter(due_at__isnull=False)
    blanks = {by.term: by.column for by in order if by.term != by.column}
    return cases.annotate(
        **{term: Coalesce(column, Value(_BLANKS[column])) for term, column in blanks.items()}
    )


def _after(
    cases: QuerySet[Case], order: list[_By], at: _At | None, *, backwards: bool
) -> QuerySet[Case]:
    """The cases beyond a place, or before it, nearest first."""
    downs = [by.down != backwards for by in order]
    last = downs[-1]
    if at is not None:
        same: dict[str, Any] = {}
        beyond = Q()
        for by, down, value in zip(order, downs, at.values, strict=True):
            beyond |= Q(**same, **{f"{by.term}__{'lt' if down else 'gt'}": value})
            same[by.term] = value
        beyond |= Q(**same, **{f"id__{'lt' if last else 'gt'}": at.pk})
        # The plain bound says nothing new, but an index can begin there; with the OR alone it
        # walks through every page before this one.
        first = f"{order[0].term}__{'lte' if downs[0] else 'gte'}"
        cases = cases.filter(beyond, **{first: at.values[0]})
    terms = [f"-{by.term}" if down else by.term for by, down in zip(order, downs, strict=True)]
    return cases.order_by(*terms, "-id" if last else "id")


def _of(case: Case, by: _By) -> Any:
    """What a case has in a column of the order; where it has nothing, what stands for it."""
    value = getattr(case, by.column)
    return _BLANKS[by.column] if value is None else value


def _lock(raw: tuple[Any, ...], order: list[_By], *, backwards: bool) -> str:
    values = [raw[_FIELDS.index(by.column)] for by in order]
    filled = [_BLANKS[by.column] if v is None else v for by, v in zip(order, values, strict=True)]
    said = [v.isoformat() if isinstance(v, datetime) else v for v in filled]
    text = json.dumps([backwards, said, raw[0]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unlock(key: str, order: list[_By]) -> tuple[bool, _At | None]:
    """What a page key says; the first page where it says nothing sensible for this order."""
    if not key:
        return False, None
    try:
        text = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        backwards, said, pk = json.loads(text)
        values = [_read(by, one) for by, one in zip(order, said, strict=True)]
        if not isinstance(pk, int) or abs(pk) >= 2**63:
            return False, None
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return False, None
    return bool(backwards), _At(values, pk)


def _read(by: _By, said: Any) -> Any:
    """A value of a page key. Raises ValueError or TypeError where it is none of that column."""
    if by.column in _TIMES:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None:
            raise ValueError(said)
        return moment
    if by.column == "state":
        return State(said)
    if not isinstance(said, int) or abs(said) >= 2**31 + 1:
        raise ValueError(said)
    return said


def rows_of(cases: QuerySet[Case]) -> list[Row]:
    """These cases as rows. The caller has made sure that the reader sees them."""
    return _rows(cases.values_list(*_FIELDS))


def _rows(values: Any) -> list[Row]:
    """Rows with names, from the registries at hand instead of joins."""
    categories = _Names(catalogue.category_refs())
    units, areas = _Names(people.unit_refs()), _Names(places.area_refs())
    now = clock.now()
    found = list(values)
    # Looked up for these rows only; a join would be made for all rows before they are sorted.
    wanted = {row[_COVER] for row in found} - {None}
    covers = {pk: str(uid) for pk, uid in _uids_of(list(wanted))} if wanted else {}
    return [
        Row(
            id=pk, number=number, state=State(state), source=source,
            category=categories[category_id], icon=categories.icon(category_id),
            street=areas[street_id], community=areas[community_id], address=address,
            unit=units[unit_id], step_kind=step_kind, step_unit=units[step_unit_id],
            due_at=due_at, opened_at=opened_at, changed_at=changed_at, ended_at=ended_at,
            late=ended_at is None and due_at is not None and due_at < now, returns=returns,
            reworks=reworks, reports_count=reports_count, objected=objected_at is not None,
            place_ambiguous=place_ambiguous, lat=lat, lon=lon, cover=covers.get(cover_id, ""),
            version=version, suspended_until=suspended_until, plea=plea, on_spot=on_spot,
        )
        for (
            pk, number, state, source, category_id, street_id, community_id, address, unit_id,
            step_kind, step_unit_id, due_at, opened_at, changed_at, ended_at, returns, reworks,
            reports_count, objected_at, place_ambiguous, lat, lon, cover_id, version,
            suspended_until, plea, on_spot,
        ) in found
    ]  # fmt: skip


@Compiled
def _uids_of(photo_ids: list[int]) -> QuerySet[Any, Any]:
    return Photo.objects.filter(pk__any=photo_ids).values_list("pk", "uid")


class _Names(dict[int | None, str]):
    """Names by id in the reader's language, each looked up once; "" for none."""

    def __init__(self, registry: Any) -> None:
        super().__init__({None: ""})
        self._registry = registry

    def __missing__(self, pk: int) -> str:
        self[pk] = name = name_of(self._registry[pk]) if pk in self._registry else ""
        return name

    def icon(self, pk: int) -> str:
        """The sign of a category."""
        return str(self._registry[pk].icon) if pk in self._registry else ""
