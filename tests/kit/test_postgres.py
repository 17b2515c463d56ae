"""The connection to the database: it notices a server that is gone, and statements keep their plans."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from gulou.kit.compiled import Compiled
from gulou.kit.postgres.base import QUIET_SECONDS
from gulou.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line() -> Iterator[Any]:
    """The connection of this test, which afterwards is made anew."""
    connection.close()
    connection.ensure_connection()
    yield connection
    connection.close()


def _end(line: Any) -> None:
    other = line.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [line.connection.info.backend_pid])
    other.close()


def test_a_server_that_ended_is_noticed(line: Any) -> None:
    assert line.is_usable()
    assert line.is_usable()
    _end(line)
    assert not line.is_usable()


def test_between_two_requests_the_server_is_not_asked(
    line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.is_usable()
    monkeypatch.setattr(type(line.connection), "cursor", None)
    assert line.is_usable()
    line._used -= QUIET_SECONDS
    with pytest.raises(TypeError):
        line.is_usable()


def _plans(line: Any) -> list[str]:
    with line.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [sql for (sql,) in cursor.fetchall() if "people_user" in sql]


def _named() -> Compiled[Any]:
    def make(name: str) -> QuerySet[Any, Any]:
        return User.objects.filter(username=name, is_active=True).values_list("username", flat=True)

    return Compiled(make)


def test_the_server_plans_it_once(line: Any) -> None:
    named = _named()
    for n in range(4):
        named(f"somebody {n}")
    (plan,) = _plans(line)
    assert "$1" in plan
    assert "$2" not in plan


def test_behind_a_pool_nothing_is_kept(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line.connection, "prepare_threshold", None)
    named = _named()
    for _ in range(4):
        assert named("nobody") == []
    assert _plans(line) == []


def test_a_table_that_was_changed_since_is_asked_again(line: Any) -> None:
    named = _named()
    for _ in range(3):
        named("nobody")
    with line.cursor() as cursor:
        cursor.execute("ALTER TABLE people_user ALTER username TYPE varchar(151)")
    try:
        assert named("nobody") == []
    finally:
        with line.cursor() as cursor:
            cursor.execute("ALTER TABLE people_user ALTER username TYPE varchar(150)")
