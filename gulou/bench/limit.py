"""The limit: the same rows by plain SQL over one connection, with an fsync where something is kept.

Nothing that answers these questions from PostgreSQL in this process can cost less. The rows that
are written go into tables of the same shape beside the real ones, so that the record stays whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection

from .meter import Bounds, Costs, Row, repeat
from .past import HOUSES, ROADS
from .visits import Plan

_WRITTEN = ("cases_words", "cases_case", "cases_step", "cases_report", "outbox_event",
            "outbox_delivery", "cases_note", "photos_photo", "cases_casephoto")  # fmt: skip
_ROW = (
    "id, number, state, source, category_id, street_id, community_id, address, unit_id, step_kind, "
    "step_unit_id, due_at, opened_at, changed_at, ended_at, returns, reworks, reports_count, "
    "objected_at, place_ambiguous, lat, lon, cover_id"
)


def measure(plan: Plan, costs: Costs, bounds: Bounds) -> list[Row]:
    """One row for each kind, under the same names."""
    connection.ensure_connection()
    raw = connection.connection
    sql = _Sql(raw, plan)
    # An export is one long question; a few of it are enough.
    few = replace(bounds, requests=3, seconds=30)
    return [
        repeat(name, call, costs, few if name == "export_csv" else bounds)
        for name, call in sql.kinds()
    ]


class _Sql:
    def __init__(self, raw: "psycopg.Connection[Any]", plan: Plan) -> None:
        self.raw, self.plan = raw, plan
        self.samples: dict[str, tuple[list[str], tuple[Any, ...]]] = {}
        self.next_id = 10_000_000_000
        for table in _WRITTEN:
            self._shadow(table)
        self.moved = self._some_cases()

    def kinds(self) -> list[tuple[str, Callable[[int], object]]]:
        return [
            ("list_json", self.list_page), ("list_page", self.list_page),
            ("list_deep", self.list_deep), ("record_json", self.record_page),
            ("record_page", self.record_page), ("map", self.list_page), ("create", self.create),
            ("create_photo", self.create_photo), ("move", self.move), ("counts", self.counts),
            ("search", self.search), ("export_csv", self.export),
        ]  # fmt: skip

    def list_page(self, n: int) -> object:
        street = self.plan.streets[n % len(self.plan.streets)]
        return self._all(
            f"SELECT {_ROW} FROM cases_case WHERE street_id = %s AND ended_at IS NULL "  # noqa: S608
            "ORDER BY opened_at DESC, id DESC LIMIT 51",
            street,
        )

    def list_deep(self, n: int) -> object:
        number = self.plan.spots[n % len(self.plan.spots)].number
        street = self.plan.streets[n % len(self.plan.streets)]
        return self._all(
            f"SELECT {_ROW} FROM cases_case WHERE street_id = %s AND (opened_at, id) < "  # noqa: S608
            "(SELECT opened_at, id FROM cases_case WHERE number = %s LIMIT 1) "
            "ORDER BY opened_at DESC, id DESC LIMIT 51",
            street, number,
        )  # fmt: skip

    def record_page(self, n: int) -> object:
        number = self.plan.spots[n % len(self.plan.spots)].number
        (case,) = self._all(
            "SELECT id, uid FROM cases_case WHERE district_id = (SELECT district_id FROM "
            "cases_case LIMIT 1) AND number = %s", number,
        )  # fmt: skip
        pk, uid = case
        return [
            self._all("SELECT * FROM cases_case WHERE id = %s", pk),
            self._all("SELECT * FROM cases_step WHERE case_id = %s", pk),
            self._all("SELECT r.*, w.text FROM cases_report r JOIN cases_words w "
                      "ON w.id = r.words_id WHERE case_id = %s", pk),
            self._all("SELECT p.* FROM cases_casephoto c JOIN photos_photo p ON p.id = c.photo_id "
                      "WHERE c.case_id = %s", pk),
            self._all("SELECT n.*, w.text FROM cases_note n JOIN cases_words w "
                      "ON w.id = n.words_id WHERE case_id = %s", pk),
            self._all("SELECT * FROM outbox_event WHERE subject_kind = 'cases.case' "
                      "AND subject_uid = %s ORDER BY sequence", uid),
        ]  # fmt: skip

    def counts(self, n: int) -> object:
        return self._all("SELECT state, sum(n) FROM cases_tally WHERE grain = 1 GROUP BY state")

    def search(self, n: int) -> object:
        return self._all(
            f"SELECT {_ROW} FROM cases_case JOIN cases_findable ON case_id = id "  # noqa: S608
            "WHERE terms @@ %s::tsquery ORDER BY opened_at DESC, id DESC LIMIT 51",
            f"'{ROADS[n % len(ROADS)][:2]}' & '{n % HOUSES + 1}'",
        )  # fmt: skip

    def export(self, n: int) -> object:
        # A part at a time, as whoever streams it: millions of rows do not fit here at once.
        with self.raw.transaction(), self.raw.cursor(name="export") as cursor:
            cursor.itersize = 2000
            cursor.execute(f"SELECT {_ROW} FROM cases_case".encode())  # noqa: S608  our own columns
            return sum(1 for _ in cursor)

    def create(self, n: int) -> object:
        with self.raw.transaction():
            self._write_report()
        return n

    def create_photo(self, n: int) -> object:
        with self.raw.transaction():
            self._write_report()
            for table in ("photos_photo", "outbox_event", "outbox_delivery", "cases_casephoto"):
                self._insert(table)
        return n

    def move(self, n: int) -> object:
        pk = self.moved[n % len(self.moved)]
        with self.raw.transaction():
            self._all("SELECT * FROM bench_cases_case WHERE id = %s FOR UPDATE", pk)
            self.raw.execute(
                "UPDATE bench_cases_step SET ended_at = now(), outcome = 'filed' WHERE case_id = %s "
                "AND ended_at IS NULL", [pk],
            )  # fmt: skip
            for table in ("cases_step", "cases_words", "cases_note", "outbox_event"):
                self._insert(table)
            self.raw.execute(
                "UPDATE bench_cases_case SET version = version + 1, changed_at = now(), "
                "due_at = now(), head_sequence = head_sequence + 1 WHERE id = %s", [pk],
            )  # fmt: skip
        return n

    def _write_report(self) -> None:
        for table in ("cases_words", "cases_case", "cases_report", "cases_step", "outbox_event",
                      "outbox_event", "outbox_delivery"):  # fmt: skip
            self._insert(table)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.raw.execute(query.encode(), values).fetchall()

    def _shadow(self, table: str) -> None:
        """A table of the same columns and indexes, and one row of the real one to write again."""
        self.raw.execute(f'DROP TABLE IF EXISTS "bench_{table}"'.encode())
        self.raw.execute(f'CREATE TABLE "bench_{table}" (LIKE "{table}" INCLUDING ALL)'.encode())
        cursor = self.raw.execute(f'SELECT * FROM "{table}" LIMIT 1'.encode())  # noqa: S608
        names = [column.name for column in cursor.description or ()]
        self.samples[table] = names, tuple(cursor.fetchone() or ())

    def _some_cases(self) -> Sequence[int]:
        self.raw.execute(
            b"INSERT INTO bench_cases_case SELECT * FROM cases_case ORDER BY id DESC LIMIT 2000"
        )
        self.raw.execute(b"INSERT INTO bench_cases_step SELECT s.* FROM cases_step s JOIN "
                         b"bench_cases_case c ON c.id = s.case_id")  # fmt: skip
        return [pk for (pk,) in self._all("SELECT id FROM bench_cases_case")]

    def _insert(self, table: str) -> None:
        names, values = self.samples[table]
        if not values:
            return
        self.next_id += 1
        fresh = {
            "id": self.next_id, "uid": uuid4(), "client_id": uuid4(), "subject_uid": uuid4(),
            "number": f"B{self.next_id}", "receipt": f"B{self.next_id}", "event_id": self.next_id,
            "token": f"{self.next_id}", "photo_id": self.next_id,
        }  # fmt: skip
        given = [fresh.get(name, value) for name, value in zip(names, values, strict=True)]
        marks = ", ".join(["%s"] * len(names))
        self.raw.execute(f'INSERT INTO "bench_{table}" VALUES ({marks})'.encode(), given)  # noqa: S608
