"""A change of a table gives way to whoever uses it, and nobody waits behind it for long."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from gulou.config.runtime import migrate
from gulou.config.runtime.pending import pending_migrations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_change(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One migration has not run yet."""
    settings.MIGRATION_MODULES = {"bench": "tests.config.changes"}
    monkeypatch.setattr(migrate, "LOCK_MS", 100)
    monkeypatch.setattr(migrate, "_PAUSE_SECONDS", 0.1)
    yield
    call_command("migrate", "bench", "zero", verbosity=0)


@pytest.fixture
def somebody() -> Iterator[psycopg.Connection]:
    """Somebody else, in the middle of a transaction that uses the table."""
    found = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    given = {name: found[name] for name in names if found.get(name)}
    with psycopg.connect(**given) as other:
        other.execute("SELECT * FROM outbox_heartbeat")
        yield other


def test_it_tries_again_until_the_table_is_free(
    somebody: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pause = time.sleep

    def leave(seconds: float) -> None:
        somebody.rollback()
        pause(seconds)

    monkeypatch.setattr(time, "sleep", leave)
    assert migrate.migrate() == 0
    assert pending_migrations() == []
    assert "A table is in use; trying bench.of_a_test again" in capsys.readouterr().out


def test_it_gives_up_with_the_name_of_what_is_left(
    somebody: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(migrate, "_TRIES", 2)
    with pytest.raises(migrate.TableInUse, match=r"bench.of_a_test.*pg_stat_activity"):
        migrate.migrate()
    assert capsys.readouterr().out.count("trying bench.of_a_test again") == 1
    assert pending_migrations() == ["bench.of_a_test"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    somebody.rollback()


def test_an_index_that_was_broken_off_is_built_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_a_test ON outbox_heartbeat (at)")
        cursor.execute("UPDATE pg_index SET indisvalid = false "
                       "WHERE indexrelid = 'of_a_test'::regclass")  # fmt: skip
    migrate.migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('of_a_test')")
        assert cursor.fetchone() == (None,)
