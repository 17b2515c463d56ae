"""Queries that are asked with every request: their SQL is made once, and then only filled in.

Making the SQL of a queryset costs several times what asking it does, and planning it as much as
finding a few rows. `Compiled` takes a function from values to a queryset, and asks it with other
values from then on; the server keeps its plan:

    _open = Compiled(lambda case: Step.objects.filter(case=case, ended_at=None))
    for step in _open(case.pk): ...

A value is an id, a number, a text, an instant, a day or a UUID, and each stands in the query as it
is given. Lists go in by the lookups `__any` and `__shares`. Nothing else may depend on the values. Where the best
plan depends on them (a common or a rare street), say `planned=False`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import NotSupportedError, connections, router
from django.db.models import Field, ForeignKey, Lookup, Model, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from psycopg.types.numeric import Int8

T = TypeVar("T")
Draw = Callable[[tuple[Any, ...]], Any]


@Field.register_lookup
@ForeignKey.register_lookup
class OneOf(Lookup):
    """`unit_id__any=[1, 2]`: one of these. The list is one value, however long it is."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The condition and its values."""
        left, values = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.cast_db_type(connection)
        return f"{left} = ANY(%s::{kind}[])", [*values, list(self.rhs)]


@ArrayField.register_lookup
class Shares(Lookup):
    """`assisting__shares=[1, 2]`: the array holds one of these. The list is one value, unlike that
    of `overlap`, whose values would stand in a compiled query for ever."""

    lookup_name = "shares"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The condition and its values."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} && %s::bigint[]", [*values, list(self.rhs)]


@dataclass(frozen=True, slots=True)
class _Ready:
    """The SQL with a place for each value that is given, and how a row is read."""

    alias: str
    sql: str
    draw: Draw | None


class Compiled(Generic[T]):
    """A query that is made once for each kind of values. Safe from any thread."""

    def __init__(self, make: Callable[..., "QuerySet[Any, T]"], *, planned: bool = True) -> None:
        self._make, self._planned = make, planned
        self._model: type[Model] | None = None
        self._ready: dict[Any, _Ready] = {}

    def __call__(self, *given: Any) -> list[T]:
        """What it finds for these values."""
        alias = router.db_for_read(self._model) if self._model else ""
        ready = self._ready.get((alias, *map(type, given))) or self._prepare(given)
        found = self._found(ready, {_name(n): _sent(value) for n, value in enumerate(given)})
        return found if ready.draw is None else [ready.draw(row) for row in found]

    def first(self, *given: Any) -> T | None:
        """The first that it finds."""
        found = self(*given)
        return found[0] if found else None

    def _found(self, ready: _Ready, values: dict[str, Any]) -> list[Any]:
        connection = connections[ready.alias]
        try:
            return _asked(connection, ready.sql, values, planned=self._planned)
        except NotSupportedError:
            # A table was changed since this connection planned it; psycopg has forgotten the plan.
            if not self._planned or connection.in_atomic_block:
                raise
            return _asked(connection, ready.sql, values, planned=False)

    def _prepare(self, given: tuple[Any, ...]) -> _Ready:
        marks = [_mark(type(value), which) for which, value in enumerate(given)]
        rows = self._make(*marks)
        self._model, alias = rows.model, rows.db
        connection = connections[alias]
        compiler = rows.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        names = [
            next((_name(n) for n, mark in enumerate(marks) if _is(mark, value)), "")
            for value in values
        ]
        if set(names) - {""} != {_name(which) for which in range(len(marks))}:
            raise ValueError(f"{sql} does not ask for each of its values")
        sql = _with_places(sql, values, names, connection)
        if stuck := [n for n, mark in enumerate(marks) if _stands_in(sql, mark)]:
            raise ValueError(f"{sql} holds its values {stuck} as they were when it was made")
        ready = _Ready(alias, sql, _draw(rows, compiler, connection))
        self._ready[alias, *map(type, given)] = ready
        return ready


def _asked(connection: Any, sql: str, values: dict[str, Any], *, planned: bool) -> list[Any]:
    with connection.planned_cursor() if planned else connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Any] = cursor.fetchall()
    return found


def _name(which: int) -> str:
    return f"v{which}"


def _is(mark: Any, value: Any) -> bool:
    return isinstance(value, type(mark)) and bool(value == mark)


def _stands_in(sql: str, mark: Any) -> bool:
    numbers = mark if isinstance(mark, list) else [mark]
    return any(type(one) is int and str(one) in sql for one in numbers)


def _with_places(sql: str, values: Sequence[Any], names: Sequence[str], connection: Any) -> str:
    """The SQL with names for what is given, and with the other values written out: the server then
    knows them when it plans, and which partial index fits."""
    each = iter(zip(values, names, strict=True))

    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value, name = next(each)
        if name:
            return f"%({name})s"
        return str(connection.ops.compose_sql("%s", [value])).replace("%", "%%")

    return re.sub("%[%s]", put, sql)


def _sent(value: Any) -> Any:
    """A value as the server gets it: of one type whatever its size, or it would be planned again."""
    if isinstance(value, int):
        return Int8(value)
    if isinstance(value, list) and value and isinstance(value[0], int):
        return f"{{{','.join(map(str, value))}}}"
    return value


def _mark(kind: type, which: int) -> Any:
    """A value of this kind that no query has of its own."""
    number = 2_109_000_000 + which
    if issubclass(kind, list):
        return [number]
    if issubclass(kind, UUID):
        return UUID(int=number)
    if issubclass(kind, datetime):
        return datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=400 + which)
    if issubclass(kind, date):
        return date(1, 1, 1) + timedelta(days=400 + which)
    if issubclass(kind, str):
        return f"\x01{number}"
    if issubclass(kind, int) and kind is not bool:
        return number
    raise TypeError(f"a {kind.__name__} does not go into a compiled query")


def _draw(rows: "QuerySet[Any, Any]", compiler: Any, connection: Any) -> Draw | None:
    """How a row becomes what the queryset would give; None where it is that already."""
    kind = rows._iterable_class
    converters = compiler.get_converters([one for one, _, _ in compiler.select])
    convert: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None
    if converters:
        convert = lambda row: tuple(next(compiler.apply_converters([row], converters)))  # noqa: E731
    if kind is ModelIterable:
        as_model = _model(rows, compiler, connection.alias)
        return (lambda row: as_model(convert(row))) if convert else as_model
    if kind is ValuesListIterable:
        return convert
    if kind is FlatValuesListIterable:
        return (lambda row: convert(row)[0]) if convert else (lambda row: row[0])
    raise TypeError(f"{kind.__name__} cannot be compiled")


def _model(rows: "QuerySet[Any, Any]", compiler: Any, alias: str) -> Draw:
    """A row as an object with its related ones, as Django's own iterable makes it."""
    told, select = compiler.klass_info, compiler.select
    model, places = told["model"], told["select_fields"]
    begin, end = places[0], places[-1] + 1
    names = [one[0].target.attname for one in select[begin:end]]
    related = get_related_populators(told, select, alias)  # type: ignore[call-arg]  # the stubs are of 6.0
    if compiler.annotation_col_map:
        raise TypeError("annotations are not read from a compiled query of objects")

    def draw(row: tuple[Any, ...]) -> Any:
        found = model.from_db(alias, names, row[begin:end])
        for one in related:
            one.populate(row, found)
        return found

    return draw
