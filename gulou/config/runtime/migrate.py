"""`gulou migrate`: brings the tables to what this version needs, beside the one that serves.

A change of a table waits for whoever uses it, and everybody who comes later waits behind it. So it
waits a moment only, gives way, and tries again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command
from django.db import connection
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable

from gulou.config.runtime.pending import pending_migrations
from gulou.config.runtime.supervisor import CannotStart

# Two hosts that start at once must not migrate at once. Any number does; this one says "gulou".
_LOCK = 0x67756C6F75
LOCK_MS = 3000
"""How long others wait behind a change of a table at most."""
_TRIES = 20
_PAUSE_SECONDS = 3.0


class TableInUse(CannotStart):
    """A table was in use at every attempt. The message says what to do."""


def migrate() -> int:
    """Bring the tables to what this version needs. Raises TableInUse."""
    with one_at_a_time():
        pending = pending_migrations()
        if pending:
            print(f"Bringing the database up to date ({len(pending)} migrations).", flush=True)
            _patiently()
        call_command("createcachetable", verbosity=0)
    return 0


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Nobody else prepares this database meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _patiently() -> None:
    """Each try goes on at the migration where the last gave way; those before it are done."""
    for left in reversed(range(_TRIES)):
        try:
            call_command(_Migrate(), interactive=False, verbosity=0)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            at = next(iter(pending_migrations()), "the last one")
            if not left:
                raise TableInUse(
                    f"The migration {at} waits for a table that somebody holds for long. Those "
                    "before it are done, and nothing is half done. Look for the transaction in "
                    "pg_stat_activity (the oldest xact_start), end it, and run `gulou migrate` again."
                ) from error
            print(f"A table is in use; trying {at} again in {_PAUSE_SECONDS:.0f} s.", flush=True)
            time.sleep(_PAUSE_SECONDS)
        else:
            return
        finally:
            _wait_for_locks("0")
            _drop_broken_indexes()


class _Migrate(Command):
    """Django's own, but each migration waits for locks as long as it may."""

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: bool = False
    ) -> None:
        # What builds an index beside everybody holds nobody up, and waits for all to end theirs.
        if action == "apply_start":
            _wait_for_locks(str(LOCK_MS) if migration.atomic else "0")
        super().migration_progress_callback(action, migration, fake)


def _wait_for_locks(milliseconds: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [milliseconds])


def _drop_broken_indexes() -> None:
    """An index whose building was broken off is of no use, and stands in the way of its successor.

    Whoever comes here is alone, so none is being built.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON "
            "c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relnamespace = "
            "current_schema()::regnamespace"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
