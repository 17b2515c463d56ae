"""Writing the rows of one operation together: in order, in one round trip, each row once.

Inside `together`, new rows and changes are held back. They are written before anything else is
asked of the database, so whoever reads sees them; at the latest at the end, with the commit. A row that is changed
after it was held back is written as it is then. Ids are drawn beforehand, so rows can refer to
each other. Taken back with the transaction or the savepoint in which they were made.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import UpdateQuery
from psycopg.adapt import Transformer

from gulou.kit.postgres.base import DatabaseWrapper

Statement = tuple[str, Sequence[Any]]
_Columns = Sequence[tuple["Field[Any, Any]", type[Any] | None]]
# PostgreSQL gives at most 1,664 columns.
_MOST_DRAWN = 1000


@contextmanager
def together(*, apart: bool = False) -> Iterator[None]:
    """One transaction whose rows are written together. Inside another one it is part of that; with
    `apart`, one that may fail by itself."""
    last = not connection.in_atomic_block
    with transaction.atomic(savepoint=apart or _open.batch is None), held_back(last=last):
        yield


@dataclass(slots=True)
class Stock:
    """Ids and numbers drawn ahead, for very many operations one after another."""

    ahead: int = 1
    drawn: "dict[type[Model] | str, deque[int]]" = field(default_factory=dict)


@contextmanager
def held_back(stock: Stock | None = None, *, last: bool = False) -> Iterator[None]:
    """As `together`, in the transaction that there is. With `last` nothing comes after it, and it
    is committed in the same round trip."""
    if _open.batch is not None:
        yield
        return
    _open.batch = batch = _Batch(stock or Stock())
    try:
        with connection.execute_wrapper(batch.first):
            yield
            batch.write(last=last)
    finally:
        _open.batch = None


@held_back()
def add(*rows: Model) -> None:
    """Insert new rows, in this order."""
    for row in rows:
        _held().add(row)


@held_back()
def put(row: Model, *unique: str) -> None:
    """Insert a row, or let it take the place of the one with the same values in these fields."""
    _held().put(row, unique)


@held_back()
def change(row: Model, *fields: str) -> None:
    """Save these fields of a row that this transaction has locked or made."""
    _held().change(row, fields)


@held_back()
def add_if(
    row: Model, condition: str, params: Sequence[Any], *, after: Sequence[Statement]
) -> bool:
    """Insert one row now if the condition holds, and whether it does; its id is the database's.

    `after` is done first, in the same round trip: locks, so that the condition stays true.
    """
    sql, values = _insert(row)
    head, marks = sql.split(" VALUES (", 1)
    key = _quoted(row._meta.pk.column)
    asked = f"{head} SELECT {marks.removesuffix(')')} WHERE {condition} RETURNING {key}"
    with connection.cursor() as cursor:
        _execute(cursor, [*after, (asked, [*values, *params])])
        while cursor.nextset():
            pass
        found = cursor.fetchone()
    if found:
        row.pk = found[0]
        row._state.adding, row._state.db = False, connection.alias
    return found is not None


@held_back()
def update(found: "QuerySet[Any]", **values: Any) -> None:
    """Change all these rows in the database."""
    query = cast("UpdateQuery", found.query.chain(UpdateQuery))
    query.add_update_values(values)
    _held().run(*query.get_compiler(connection=connection).as_sql())


@held_back()
def run(sql: str, params: Sequence[Any]) -> None:
    """Write by a statement of one's own, in its turn."""
    _held().run(sql, params)


@held_back()
def draw(*series: "type[Model] | str") -> None:
    """Draw what `new` is going to be asked for, in one round trip."""
    _held().draw(series)


@held_back()
def draw_unless(sql: str, params: Sequence[Any], *series: "type[Model] | str") -> bool:
    """As `draw`, unless this query finds something; one round trip for both. Whether it drew."""
    return _held().draw(series, (sql, params))


@held_back()
def new(series: "type[Model] | str") -> int:
    """An id for a new row of this model, or the next number of a sequence. None comes twice."""
    batch = _held()
    if not batch.drawn.get(series):
        batch.draw([series])
    return batch.drawn[series].popleft()


def write() -> None:
    """Write what is held back, if anything is: before writing by a way that goes around this."""
    if _open.batch is not None:
        _open.batch.write()


class _Batch:
    """What is held back in one transaction."""

    def __init__(self, stock: Stock) -> None:
        self.held: list[Callable[[], Statement]] = []
        self.stock, self.drawn = stock, stock.drawn
        self._new: dict[int, Model] = {}
        self._changed: dict[int, tuple[Model, set[str]]] = {}
        self._writing = False

    def add(self, row: Model) -> None:
        row._state.adding, row._state.db = False, connection.alias
        self._new[id(row)] = row
        self.held.append(lambda: _insert(row))

    def put(self, row: Model, unique: Sequence[str]) -> None:
        self.held.append(lambda: _upsert(row, unique))

    def run(self, sql: str, params: Sequence[Any]) -> None:
        self.held.append(lambda: (sql, params))

    def change(self, row: Model, fields: Sequence[str]) -> None:
        if id(row) in self._new:
            return
        if id(row) not in self._changed:
            names: set[str] = set()
            self._changed[id(row)] = (row, names)
            self.held.append(lambda: _update(row, names))
        self._changed[id(row)][1].update(fields)

    def draw(self, series: "Sequence[type[Model] | str]", unless: Statement | None = None) -> bool:
        missing = [
            one
            for one, count in Counter(series).items()
            for _ in range((count - len(self.drawn.get(one, ()))) * self.stock.ahead)
        ]
        parts = range(0, len(missing), _MOST_DRAWN)
        if unless is not None and not self._draw(missing[:_MOST_DRAWN], unless):
            return False
        for first in parts if unless is None else parts[1:]:
            self._draw(missing[first : first + _MOST_DRAWN])
        return True

    def _draw(self, series: "Sequence[type[Model] | str]", unless: Statement | None = None) -> bool:
        # A draw may commit by itself: never with what is held.
        self.write()
        names = [one if isinstance(one, str) else _sequence_of(one) for one in series]
        sql = f"SELECT {', '.join(['nextval(%s)'] * len(names))}"
        params: list[Any] = list(names)
        if unless is not None:
            sql, params = f"{sql} WHERE NOT EXISTS ({unless[0]})", [*names, *unless[1]]
        # No transaction takes a number back, so none needs to have begun.
        with _ours().unbegun(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            numbers = cursor.fetchone()
        if numbers is None:
            return False
        for one, number in zip(series, numbers, strict=True):
            self.drawn.setdefault(one, deque()).append(number)
        return True

    def first(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Around every other statement: what is held back is written, or given up, before it."""
        if self.held and not self._writing:
            if str(sql).startswith("ROLLBACK TO"):
                self._forget()
            else:
                self.write()
        return execute(sql, params, many, context)

    def write(self, *, last: bool = False) -> None:
        """Write what is held back; with `last`, commit it."""
        if not self.held:
            return
        statements = [make() for make in self.held]
        self._forget()
        self._writing = True
        try:
            if last and not _binds():
                _commit(statements)
            else:
                with connection.cursor() as cursor:
                    _execute(cursor, statements)
        finally:
            self._writing = False

    def _forget(self) -> None:
        self.held = []
        self._new.clear()
        self._changed.clear()


class _Open(threading.local):
    batch: _Batch | None = None


_open = _Open()


def _held() -> _Batch:
    if _open.batch is None:
        raise RuntimeError("nothing is held back here")
    return _open.batch


def _ours() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connection)


def _binds() -> bool:
    """Whether the server binds the values: then it takes one statement at a time."""
    return bool(connection.settings_dict["OPTIONS"].get("server_side_binding"))


def _commit(statements: list[Statement]) -> None:
    """All in one, with the end of the transaction: Django finds nothing left to commit. Statements
    that are sent together are a transaction of their own where none has begun."""
    with _ours().unbegun() as unbegun, connection.cursor() as cursor:
        _execute(cursor, statements if unbegun else [*statements, ("COMMIT", ())])


def _execute(cursor: Any, statements: Sequence[Statement]) -> None:
    """All in one, unless the server binds the values."""
    if _binds():
        for sql, params in statements:
            cursor.execute(sql, params)
        return
    writer = Transformer(cursor.connection)
    cursor.execute(";\n".join([_written_out(sql, params, writer) for sql, params in statements]))


def _written_out(sql: str, params: Sequence[Any], writer: Any) -> str:
    """The statement with its values in it, each as the driver writes it."""
    values = ["NULL" if one is None else writer.as_literal(one).decode() for one in params]
    return sql % tuple(values)


def _insert(row: Model) -> Statement:
    columns, read = _plan(type(row))
    values = _values(row, columns, read(row), add=True)
    left_out = tuple(n for n, value in enumerate(values) if value is _LEFT_OUT)
    if left_out:
        values = [value for value in values if value is not _LEFT_OUT]
    return _insert_sql(type(row), left_out), values


@cache
def _insert_sql(model: type[Model], left_out: tuple[int, ...]) -> str:
    """The statement, without the columns in these places: the database fills them."""
    fields = [field for n, (field, _) in enumerate(_columns(model)) if n not in left_out]
    names = ", ".join(_quoted(field.column) for field in fields)
    marks = ", ".join(_mark(field) for field in fields)
    table = _quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names of our own tables


# What these fields hold is written as it is, where it is of this very type.
_AS_IT_IS: dict[type[Any], type[Any]] = {
    models.BigAutoField: int, models.AutoField: int, models.BigIntegerField: int,
    models.IntegerField: int, models.PositiveIntegerField: int, models.SmallIntegerField: int,
    models.PositiveSmallIntegerField: int, models.FloatField: float, models.BooleanField: bool,
    models.CharField: str, models.TextField: str, models.UUIDField: UUID,
    models.DateTimeField: datetime,
}  # fmt: skip
_LEFT_OUT = object()


def _values(row: Model, columns: _Columns, held: Sequence[Any], *, add: bool) -> list[Any]:
    """What is written where a row holds these values, as the driver takes it."""
    return [
        value if type(value) is plain else _value(field, value, row, add=add)
        for (field, plain), value in zip(columns, held, strict=True)
    ]


def _value(field: "Field[Any, Any]", value: Any, row: Model, *, add: bool) -> Any:
    if type(field).pre_save is not Field.pre_save:
        value = field.pre_save(row, add=add)
    if value is None:
        return _LEFT_OUT if add and field.primary_key else None
    if isinstance(value, DatabaseDefault):
        return _LEFT_OUT
    return field.get_db_prep_save(value, connection)


@cache
def _plan(model: type[Model]) -> "tuple[_Columns, Callable[[Model], tuple[Any, ...]]]":
    """The fields of a model, and what reads the values of all of them from a row."""
    columns = _columns(model)
    return columns, attrgetter(*(field.attname for field, _ in columns))


@cache
def _columns(model: type[Model]) -> _Columns:
    """The fields of a model, each with the type that it writes as it is."""
    return [(field, _plain(field)) for field in model._meta.local_concrete_fields]


def _plain(field: "Field[Any, Any]") -> type[Any] | None:
    # What sets itself when it is saved is never as it is.
    own = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return None if own else _AS_IT_IS.get(type(_target(field)))


def _target(field: "Field[Any, Any]") -> "Field[Any, Any]":
    return field.target_field if isinstance(field, ForeignKey) else field


def _upsert(row: Model, unique: Sequence[str]) -> Statement:
    sql, params = _insert(row)
    fields = row._meta.local_concrete_fields
    keys = [_quoted(field.column) for field in fields if field.name in unique]
    others = [
        _quoted(field.column)
        for field in fields
        if field.name not in unique and not field.primary_key
    ]
    taken = ", ".join(f"{name} = EXCLUDED.{name}" for name in others)
    return f"{sql} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {taken}", params


def _update(row: Model, names: set[str]) -> Statement:
    columns = [(field, plain) for field, plain in _columns(type(row)) if field.name in names]
    marks = ", ".join(f"{_quoted(field.column)} = {_mark(field)}" for field, _ in columns)
    table, key = _quoted(row._meta.db_table), _quoted(row._meta.pk.column)
    held = [getattr(row, field.attname) for field, _ in columns]
    values = _values(row, columns, held, add=False)
    return f"UPDATE {table} SET {marks} WHERE {key} = %s", [*values, row.pk]  # noqa: S608


@cache
def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


@cache
def _mark(field: "Field[Any, Any]") -> str:
    """Where the value of a field goes; arrays say of what they are."""
    placeholder = getattr(field, "get_placeholder", None)
    return str(placeholder(None, None, connection)) if placeholder else "%s"


@cache
def _sequence_of(model: type[Model]) -> str:
    """The sequence behind the ids of a model, as PostgreSQL names it."""
    return f"{model._meta.db_table}_{model._meta.pk.column}_seq"
