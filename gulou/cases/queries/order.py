"""What lists of cases are sorted by, and the keys of their pages: where one ends, the next begins."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from gulou.cases.models import Case
from gulou.cases.models.case import NEVER
from gulou.cases.states import State

from .rows import FIELDS

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
class By:
    """One column that a list is sorted by. `term` is what the database sorts by."""

    column: str
    down: bool
    term: str


def sorts_of(text: str) -> tuple[str, ...]:
    """The names to sort by in a text such as "street,-due"; "new" is "-opened". Nonsense goes."""
    names = ("-opened" if name == "new" else name for name in text.split(","))
    found = {name.lstrip("-"): name for name in names if name.removeprefix("-") in _COLUMNS}
    return tuple(found.values())[:MOST_SORTS] or ("-opened",)


@dataclass(frozen=True)
class At:
    """Where a page begins: what the case before it has in the columns of the order, and its id."""

    values: list[Any]
    pk: int


def order_of(sort: str, *, dated: bool) -> list[By]:
    """What a list is sorted by. `dated`: each case has a time due."""
    order = []
    for place, name in enumerate(sorts_of(sort)):
        column = _COLUMNS[name.removeprefix("-")]
        plain = column not in _BLANKS or (column == "due_at" and place == 0 and dated)
        order.append(By(column, name.startswith("-"), column if plain else f"by_{column}"))
    return order


def ordered(cases: QuerySet[Case], order: list[By]) -> QuerySet[Case]:
    """The cases with all that they are sorted by."""
    if order[0].term == "due_at":
        # As the index has it, which holds nothing that is never due.
        cases = cases.filter(due_at__isnull=False)
    blanks = {by.term: by.column for by in order if by.term != by.column}
    return cases.annotate(
        **{term: Coalesce(column, Value(_BLANKS[column])) for term, column in blanks.items()}
    )


def after(
    cases: QuerySet[Case], order: list[By], at: At | None, *, backwards: bool
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


def standing_in(case: Case, by: By) -> Any:
    """What a case has in a column of the order; where it has nothing, what stands for it."""
    value = getattr(case, by.column)
    return _BLANKS[by.column] if value is None else value


def lock(raw: tuple[Any, ...], order: list[By], *, backwards: bool) -> str:
    values = [raw[FIELDS.index(by.column)] for by in order]
    filled = [_BLANKS[by.column] if v is None else v for by, v in zip(order, values, strict=True)]
    said = [v.isoformat() if isinstance(v, datetime) else v for v in filled]
    text = json.dumps([backwards, said, raw[0]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unlock(key: str, order: list[By]) -> tuple[bool, At | None]:
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
    return bool(backwards), At(values, pk)


def _read(by: By, said: Any) -> Any:
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
