"""Django's connection to PostgreSQL, with statements that the server plans once, instants that are
read by C, and no question before each request whether the server is still there."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

QUIET_SECONDS = 20.0
"""After so long without a request the server is asked: a network may lose it and say nothing."""


class DatabaseOperations(operations.DatabaseOperations):
    """As Django has it."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """What was asked, for whoever looks at each query; a planned one is put together again."""
        said: str | None = super().last_executed_query(cursor, sql, params)
        return said or str(self.compose_sql(sql, params))


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of one thread."""

    ops_class = DatabaseOperations
    _used = 0.0

    def get_new_connection(self, conn_params: Any) -> Any:
        """As Django opens it."""
        made = super().get_new_connection(conn_params)
        # The session speaks UTC (USE_TZ), so nothing has to be put right after psycopg. Said once
        # for the connection: a cursor that differs from it has a map of types of its own to fill.
        made.adapters.register_loader(base.TIMESTAMPTZ_OID, TimestamptzLoader)
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of the connection, as it is; one with a name is the server's."""
        if name is None:
            return self.connection.cursor()
        make: Any = base.ServerSideCursor
        return make(
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )

    def is_usable(self) -> bool:
        """Whether the server is there. One that ends says so on the line, where nothing is said
        otherwise between two requests."""
        now = time.monotonic()
        quiet, self._used = now - self._used, now
        if quiet < QUIET_SECONDS and not _has_spoken(self.connection):
            return True
        return bool(super().is_usable())

    @contextmanager
    def unbegun(self) -> Iterator[bool]:
        """A statement inside does not begin the transaction where none has begun yet: what is sent
        at once is then one by itself. Whether that is so."""
        self.ensure_connection()
        raw = self.connection
        if raw.autocommit or raw.info.transaction_status != TransactionStatus.IDLE:
            yield False
            return
        raw.autocommit = True
        try:
            yield True
        finally:
            if not raw.closed:
                raw.autocommit = False

    def planned_cursor(self) -> CursorWrapper:
        """A cursor whose statements are planned once and kept by the server, unless the settings
        say that every transaction may have another server behind it."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        make: Any = base.ServerBindingCursor
        with self.wrap_database_errors:
            cursor = make(self.connection)
            made: CursorWrapper = self._prepare_cursor(cursor)  # type: ignore[attr-defined]  # not in the stubs
        return made


def _has_spoken(connection: Any) -> bool:
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    return bool(line.poll(0))
