"""The record: chained, refused change by the database, proven by the audit."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import IntegrityError, connection, transaction

from gulou.kit.facts import Fact
from gulou.outbox import table
from gulou.outbox.audit import audit
from gulou.outbox.models import Delivery, Event
from gulou.outbox.record import record
from gulou.people.models import User
from tests.factories.people import UserFactory


@dataclass(frozen=True, kw_only=True)
class Seen(Fact):
    name: ClassVar[str] = "test.seen"
    what: str


@pytest.fixture
def user(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(table, "table", lambda: {Seen: []})
    monkeypatch.setattr("gulou.outbox.record.table", lambda: {Seen: []})
    return UserFactory.create()


def test_it_chains_the_facts_of_a_subject(user: User) -> None:
    first = record(Seen(what="a"), subject=user, actor="system")
    second = record(Seen(what="b"), subject=user, actor="system")
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.previous == first.digest
    user.refresh_from_db()
    assert (user.head_sequence, user.head_digest) == (2, second.digest)
    assert list(audit()) == []


def test_it_notes_the_transaction_that_wrote_it(user: User) -> None:
    event = record(Seen(what="a"), subject=user, actor="system")
    event.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()")
        assert cursor.fetchone() == (event.txid,)


@pytest.mark.parametrize("statement", [
    "UPDATE outbox_event SET actor = 'nobody'",
    "DELETE FROM outbox_event",
])  # fmt: skip
def test_the_database_refuses_to_change_it(user: User, statement: str) -> None:
    record(Seen(what="a"), subject=user, actor="system")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Event.objects.count() == 1


def test_the_database_refuses_to_empty_it(user: User) -> None:
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON outbox_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION gulou_refuse_change()"
    )
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute("TRUNCATE outbox_event CASCADE")


def test_the_migrations_forbid_emptying_it() -> None:
    from importlib import import_module

    forward = import_module("gulou.outbox.migrations.0010_append_only").FORWARD
    assert "BEFORE TRUNCATE ON outbox_event" in forward


def _tamper(statement: str) -> None:
    cursor = connection.cursor()
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(statement)
    cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("statement", "sequence", "why"),
    [
        ('UPDATE outbox_event SET payload = \'{"what": "x"}\' WHERE sequence = 2', 2, "content"),
        ("UPDATE outbox_event SET actor = 'nobody' WHERE sequence = 1", 1, "content"),
        ("DELETE FROM outbox_event WHERE sequence = 2", 3, "missing"),
        ("DELETE FROM outbox_event WHERE sequence = 3", 2, "ends before the head"),
        ("UPDATE outbox_event SET previous = 'x' WHERE sequence = 3", 3, "does not follow"),
        ("DELETE FROM people_user", 3, "subject of this chain is gone"),
    ],
)
def test_the_audit_names_the_first_break(
    user: User, statement: str, sequence: int, why: str
) -> None:
    for what in "abc":
        record(Seen(what=what), subject=user, actor="system")
    _tamper(statement)
    (found,) = audit()
    assert (found.subject_uid, found.sequence) == (user.uid, sequence)
    assert why in found.why


def test_the_audit_names_what_is_about_no_known_kind_of_thing(user: User) -> None:
    record(Seen(what="a"), subject=user, actor="system")
    _tamper("UPDATE outbox_event SET subject_kind = 'ghosts.ghost'")
    _tamper("UPDATE people_user SET head_sequence = 0, head_digest = ''")
    (found,) = audit()
    assert (found.subject_kind, found.sequence) == ("ghosts.ghost", 1)
    assert "no such kind" in found.why


@pytest.mark.django_db(transaction=True)
def test_the_audit_accuses_nobody_who_records_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gulou.outbox.record.table", lambda: {Seen: []})
    broken, busy = UserFactory.create(), UserFactory.create()
    with transaction.atomic():
        for user in (broken, busy):
            record(Seen(what="a"), subject=user, actor="system")
        _tamper(f"UPDATE outbox_event SET actor = 'x' WHERE subject_uid = '{broken.uid}'")
    breaks = audit()
    assert next(breaks).subject_uid == broken.uid
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(_record_elsewhere, busy).result()
    assert list(breaks) == []


def _record_elsewhere(user: User) -> None:
    try:
        with transaction.atomic():
            record(Seen(what="b"), subject=user, actor="system")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_it_refuses_outside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory.create()
    with pytest.raises(RuntimeError):
        record(Seen(what="a"), subject=user, actor="system")
    assert not Event.objects.exists() and not Delivery.objects.exists()
