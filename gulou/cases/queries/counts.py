"""How many cases there are of each kind: summed up from what is kept where it can be."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from gulou.cases import states, tallies
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .filters import Filters, narrowed
from .found import on_many
from .seen import cases_seen_by, sees_every_unit
from .work import scope

Counts = dict[str, int]
# What the kept counts know. Filters by anything else (dates, words) are counted case by case.
_KEPT = frozenset({"unit_id", "street_id", "category_id", "source"})
_CHIPS = frozenset({"states", "open", "late", "objected", "back"})


def chips(user: User, filters: Filters) -> Counts:
    """How many cases each state holds under these filters, and how many are late or objected.

    Empty where words are looked for that stand on very many cases.
    """
    plain = _without_chips(filters)
    used = {one.name for one in fields(plain) if getattr(plain, one.name) != one.default}
    if "text" in used and on_many(plain.text):
        return {}
    counts = _kept(user, plain) if used <= _KEPT else _counted(narrowed(scope(user, plain), plain))
    counts = {**dict.fromkeys(State.values, 0), "late": 0, "objected": 0, **counts}
    counts["open"] = sum(counts[state] for state in states.OPEN)
    counts["all"] = sum(counts[state] for state in State.values)
    return counts


def counts_of_all() -> Counts:
    """The same over all cases, whoever looks: for those who watch over the system."""
    counts = dict.fromkeys(State.values, 0) | _Wanted(None, None, Filters(), None).summed()
    return counts | {"open": sum(counts[state] for state in states.OPEN)}


def _without_chips(filters: Filters) -> Filters:
    given = {one.name: getattr(filters, one.name) for one in fields(filters)}
    return Filters(**{name: value for name, value in given.items() if name not in _CHIPS})


def _counted(cases: QuerySet[Case]) -> Counts:
    """One look at these cases."""
    found = cases.order_by().values("state").annotate(
        n=Count("pk"), late_n=Count("pk", filter=Q(ended_at=None, due_at__lt=clock.now())),
        objected_n=Count("pk", filter=Q(objected_at__isnull=False)),
    )  # fmt: skip
    counts = {"late": 0, "objected": 0}
    for row in found:
        counts[row["state"]] = row["n"]
        counts["late"] += row["late_n"]
        counts["objected"] += row["objected_n"]
    return counts


def _kept(user: User, filters: Filters) -> Counts:
    """What is kept of the units that the reader sees by posting; the few other cases, such as
    those they assist on, are counted."""
    reach = access.reach_of(user)
    if not user.is_active:
        return {}
    wanted = _Wanted.of(reach, filters)
    counts = wanted.summed()
    beyond = wanted.beyond(user)
    if beyond is not None:
        rest = narrowed(cases_seen_by(user), filters).filter(beyond)
        if wanted.units is not None:
            rest = rest.exclude(unit_id__in=sorted(wanted.units))
        for name, n in _counted(rest).items():
            counts[name] = counts.get(name, 0) + n
    return counts


@dataclass(frozen=True)
class _Wanted:
    """What is to be summed: cases of these units (None: of all), and by what else."""

    units: frozenset[int] | None
    few_eyes: frozenset[int] | None
    filters: Filters
    reached: frozenset[int] | None

    @classmethod
    def of(cls, reach: access.Reach, filters: Filters) -> "_Wanted":
        reached = None if sees_every_unit(reach) else reach.unit_ids_where(states.READ)
        units = reached
        if filters.unit_id is not None:
            below = people.unit_ids_below([filters.unit_id])
            units = below if reached is None else below & reached
        few = reach.unit_ids_where(states.READ_RESTRICTED)
        return cls(units, None if len(few) == len(people.unit_refs()) else few, filters, reached)

    def beyond(self, user: User) -> Q | None:
        """Which cases of other units may count too; each side has an index over few cases."""
        sides: list[Q] = []
        if self.reached is not None:
            reached = sorted(self.reached)
            sides += [Q(step_unit_id__in=reached), Q(step_person=user)]
            sides += [Q(assisting__overlap=reached), ~Q(parts=[]) & Q(parts__overlap=reached)]
        if self.filters.unit_id is not None:
            below = people.unit_ids_below([self.filters.unit_id])
            sides += [Q(step_unit_id__in=below, ended_at=None)]
        found = Q()
        for side in sides:
            found |= side
        return found if sides else None

    def summed(self) -> Counts:
        """One question for all numbers."""
        where, values = self._where()
        grain = tallies.BY_KIND if self._by_kind else tallies.BY_STATE
        now = clock.now().astimezone(UTC)
        late, late_values = self._late(where, values, now)
        # Rows of `where` are named alike in all four tables; the names are ours.
        sql = (
            f"SELECT state, sum(n) FROM (SELECT state, n FROM cases_tally WHERE grain = %s AND {where} "  # noqa: S608
            f"UNION ALL SELECT state, n FROM cases_tallychange WHERE {where}) AS kept GROUP BY state "
            f"UNION ALL SELECT 'late', coalesce(sum(n), 0) FROM ({late}) AS late "
            f"UNION ALL SELECT 'objected', count(*) FROM cases_case "
            f"WHERE objected_at IS NOT NULL AND {where}"
        )
        with connection.planned_cursor() as cursor:  # type: ignore[attr-defined]  # kit/postgres
            cursor.execute(sql, [grain, *values, *values, *late_values, *values])
            return {state: int(n) for state, n in cursor.fetchall()}

    @property
    def _by_kind(self) -> bool:
        return self.filters.category_id is not None or bool(self.filters.source)

    def _late(self, where: str, values: list[Any], now: datetime) -> tuple[str, list[Any]]:
        """What was due on days before is kept; what of this day is over, is looked up."""
        today = now.date().toordinal() - _FIRST_DAY
        begun = "due_day BETWEEN 1 AND %s"
        overdue = "SELECT 1::bigint AS n FROM cases_case WHERE ended_at IS NULL AND due_at < %s"
        if self._by_kind:
            return f"{overdue} AND {where}", [now, *values]
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return (
            f"SELECT n FROM cases_tally WHERE grain = {tallies.BY_DUE} AND {begun} AND {where} "  # noqa: S608
            f"UNION ALL SELECT n FROM cases_tallychange WHERE {begun} AND {where} "
            f"UNION ALL {overdue} AND due_at >= %s AND {where}",
            [today - 1, *values, today - 1, *values, now, start, *values],
        )

    def _where(self) -> tuple[str, list[Any]]:
        sql, values = ["TRUE"], list[Any]()

        def also(condition: str, value: Any) -> None:
            sql.append(condition)
            values.append(value)

        if self.units is not None:
            also("unit_id = ANY(%s)", sorted(self.units))
        if self.few_eyes is not None:
            also("(NOT restricted OR unit_id = ANY(%s))", sorted(self.few_eyes))
        if self.filters.street_id is not None:
            also("street_id = %s", self.filters.street_id)
        if self.filters.category_id is not None:
            also(
                "category_id = ANY(%s)",
                sorted(catalogue.category_ids_below(self.filters.category_id)),
            )
        if self.filters.source:
            also("source = %s", self.filters.source)
        return " AND ".join(sql), values


_FIRST_DAY = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001  a day, in no zone
