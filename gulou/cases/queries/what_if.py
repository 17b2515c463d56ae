"""What the rules did with the cases, and what other rules would have done: for the rule editor.

Every question goes through at most so many cases and for so long; the answer says how many it saw.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet

from gulou.cases.models import Case
from gulou.catalogue.routing import Decision, Rules, decide
from gulou.catalogue.rulebook import Change, changed, rules_now
from gulou.kit import clock
from gulou.people.models import User
from gulou.people.queries import today
from gulou.places import queries as places

from .seen import cases_seen_by

MOST_CASES = 50_000
MOST_SECONDS = 3.0
SHOWN = 200
MONTH, YEAR = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True)
class Moved:
    """A case that other rules would have sent elsewhere. A unit of None: a dispatcher chooses."""

    number: str
    opened_at: datetime
    address: str
    area_id: int | None
    category_id: int
    from_unit_id: int | None
    to_unit_id: int | None


@dataclass(frozen=True)
class WhatIf:
    """What a change of rules would do to the cases of the past month.

    `by_units` counts the cases per pair of old and new unit, most first; `shown` are the newest of
    them. `looked_at` is less than `there_are` where there was no time for all; `other_rule` cases
    would go where they went, but by another rule.
    """

    there_are: int
    looked_at: int
    moved: int
    other_rule: int
    by_units: tuple[tuple[int | None, int | None, int], ...]
    shown: tuple[Moved, ...]


@dataclass(frozen=True)
class Firing:
    """What each rule did with the cases of a year: how many it decided, how many it fitted, and
    which rules were closer where it did not decide."""

    there_are: int
    looked_at: int
    decided: Mapping[int, int]
    fitted: Mapping[int, int]
    closer: Mapping[int, Mapping[int, int]]


def what_if(reader: User, change: Change) -> WhatIf:
    """Which of the past month's cases the rules would send elsewhere after this change.

    Both answers are the rules' own, on the day of the change: what dispatchers chose instead does
    not count.
    """
    before, after = rules_now(), changed(rules_now(), change)
    since = clock.now() - MONTH
    cases = cases_seen_by(reader).filter(opened_at__gte=since)
    pairs: Counter[tuple[int | None, int | None]] = Counter()
    shown: list[Moved] = []
    looked_at = other_rule = 0
    now_by, then_by = _Asked(before, change.on), _Asked(after, change.on)
    for row in _newest(cases):
        looked_at += 1
        old, new = now_by(row), then_by(row)
        if old.unit_id == new.unit_id:
            other_rule += old.rule_id != new.rule_id
            continue
        pairs[old.unit_id, new.unit_id] += 1
        if len(shown) < SHOWN:
            shown.append(_moved(row, old, new))
    by_units = tuple((old_id, new_id, n) for (old_id, new_id), n in pairs.most_common())
    there_are = cases.count()
    return WhatIf(there_are, looked_at, pairs.total(), other_rule, by_units, tuple(shown))


def decided_lately() -> Mapping[int, int]:
    """How many of the cases of the past month each rule decided: they went where it said."""
    cases = Case.objects.filter(opened_at__gte=clock.now() - MONTH, rule__isnull=False)
    return dict(cases.values_list("rule_id").annotate(n=Count("id")).order_by())


def firing(reader: User) -> Firing:
    """What the rules of today make of the cases of the past year."""
    rules = rules_now()
    ask = _Asked(rules, today())
    cases = cases_seen_by(reader).filter(opened_at__gte=clock.now() - YEAR)
    decided: Counter[int] = Counter()
    fitted: Counter[int] = Counter()
    closer: dict[int, Counter[int]] = {}
    looked_at = 0
    for row in _newest(cases):
        looked_at += 1
        made = ask(row)
        if made.rule_id is not None:
            decided[made.rule_id] += 1
        for rule_id in made.fitting:
            fitted[rule_id] += 1
            if made.rule_id not in (None, rule_id):
                closer.setdefault(rule_id, Counter())[made.rule_id or 0] += 1
    return Firing(cases.count(), looked_at, decided, fitted, closer)


_FIELDS = (
    "number", "opened_at", "address", "community_id", "street_id", "category_id", "condition_id",
    "lat", "lon", "id",
)  # fmt: skip
_Row = tuple[str, datetime, str, int | None, int | None, int, int | None, float, float, int]


def _newest(cases: QuerySet[Case]) -> Iterator[_Row]:
    """The newest first, until there are enough or the time is up."""
    ends = time.monotonic() + MOST_SECONDS
    rows = cases.order_by("-opened_at", "-id").values_list(*_FIELDS)[:MOST_CASES]
    for row in rows.iterator(chunk_size=1000):
        yield row
        if time.monotonic() > ends:
            return


class _Asked:
    """The routing under a set of rules on a day; asked once for what is alike."""

    def __init__(self, rules: Rules, on: date) -> None:
        self._rules, self._on = rules, on
        self._known: dict[tuple[tuple[int, ...], int, int | None], Decision] = {}

    def __call__(self, row: _Row) -> Decision:
        where, category_id, condition_id = places.locate(row[7], row[8]), row[5], row[6]
        key = (tuple(area.id for area in where.chain), category_id, condition_id)
        if key not in self._known:
            self._known[key] = decide(
                where=where, category_id=category_id, condition_id=condition_id, on=self._on,
                rules=self._rules,
            )  # fmt: skip
        return self._known[key]


def _moved(row: _Row, old: Decision, new: Decision) -> Moved:
    return Moved(
        number=row[0], opened_at=row[1], address=row[2], area_id=row[3] or row[4],
        category_id=row[5], from_unit_id=old.unit_id, to_unit_id=new.unit_id,
    )  # fmt: skip
