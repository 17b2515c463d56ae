"""A migration runs while the version before it serves: what that would not survive is found here.

Add, deploy, fill, deploy, remove. What stands in first_migrations.txt came before the first release that is
upgraded without a pause, and is not looked at.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from gulou.kit.migrating import DropColumnIndex

FIRST = set((Path(__file__).parent / "first_migrations.txt").read_text().split())
# Tables that grow with the years: nothing may hold them for as long as it takes to read them.
BIG = frozenset({
    "cases.case", "cases.report", "cases.casephoto", "cases.step", "cases.note", "outbox.event",
    "outbox.delivery", "photos.photo", "photos.rendition",
})  # fmt: skip
# What was looked at by a person: "room.name" and why it is safe all the same.
LOOKED_AT: dict[str, str] = {
    "cases.0039_camera": "only the choices that Python knows: the column stays as it is",
    "cases.0043_parts": "only the choices that Python knows, and columns with a db_default or null",
    "cases.0045_arbitration": "only the choices that Python knows; the new tables are empty",
    "cases.0050_field_channel": "only the choices that Python knows: the column stays as it is",
    "catalogue.0008_field_channel": "only the choices that Python knows: the column stays as it is",
    "providers.0002_codes": "only the choices that Python knows: the column stays as it is",
}


def faults(migration: migrations.Migration) -> Iterator[str]:
    made = {
        one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)
    }
    kinds = {
        isinstance(one, migrations.RunPython | migrations.RunSQL) for one in migration.operations
    }
    if len(kinds) > 1:
        yield "schema and data stand apart: one migration each"
    for one in migration.operations:
        if getattr(one, "model_name", "").lower() not in made:
            yield from _faults_of(one, migration)


def _faults_of(one: Operation, migration: migrations.Migration) -> Iterator[str]:
    table = f"{migration.app_label}.{getattr(one, 'model_name', '')}".lower()
    if isinstance(one, migrations.AddField) and not _may_be_missing(one.field):
        yield f"{table}.{one.name}: the running version inserts without it; give it a db_default or null"
    if isinstance(one, migrations.RemoveField | migrations.DeleteModel | migrations.RenameField
                  | migrations.RenameModel | migrations.AlterModelTable):  # fmt: skip
        yield f"{one.describe()}: the running version still reads it; remove it one release later"
    if isinstance(one, migrations.AlterField) and not isinstance(one, DropColumnIndex):
        yield f"{one.describe()}: may rewrite the table, or refuse what the running version writes"
    beside = isinstance(one, AddIndexConcurrently | RemoveIndexConcurrently) or table not in BIG
    if isinstance(one, migrations.AddIndex) and not beside:
        yield f"{one.index.name}: build it beside everybody, by AddIndexConcurrently"
    if isinstance(one, migrations.RemoveIndex) and not beside:
        yield f"{one.name}: remove it by RemoveIndexConcurrently"
    if isinstance(one, migrations.AddConstraint) and table in BIG:
        yield f"{one.constraint.name}: add it NOT VALID and validate it in the next migration"
    if isinstance(one, migrations.RunPython | migrations.RunSQL) and migration.atomic:
        yield "data move in batches, each in a transaction of its own: atomic = False"


def _may_be_missing(field: models.Field) -> bool:  # type: ignore[type-arg]
    return bool(field.null or field.has_db_default() or field.many_to_many)


def test_each_migration_is_safe_beside_the_running_version() -> None:
    found = MigrationLoader(None).disk_migrations
    newer = {
        f"{app}.{name}": one for (app, name), one in found.items()
        if type(one).__module__.startswith("gulou.") and f"{app}.{name}" not in FIRST
    }  # fmt: skip
    told = [
        f"{name}: {fault}" for name, one in newer.items() if name not in LOOKED_AT
        for fault in faults(one)
    ]  # fmt: skip
    assert told == []


def test_what_is_listed_is_there() -> None:
    found = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    assert set(LOOKED_AT) | FIRST <= found


def _migration(operation: Operation) -> migrations.Migration:
    kind = type("Migration", (migrations.Migration,), {"operations": [operation]})
    found: migrations.Migration = kind("9999_of_a_test", "cases")
    return found


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (migrations.AddField("case", "x", models.IntegerField(default=0)), "db_default"),
        (migrations.RemoveField("case", "place"), "one release later"),
        (migrations.RenameField("case", "place", "spot"), "one release later"),
        (migrations.AlterField("case", "place", models.TextField()), "rewrite"),
        (migrations.AddIndex("case", models.Index(fields=["x"], name="x")), "Concurrently"),
        (migrations.AddConstraint("case", models.UniqueConstraint(fields=["x"], name="x")), "NOT VALID"),
        (migrations.RunSQL("UPDATE cases_case SET place = ''"), "batches"),
    ],
)  # fmt: skip
def test_what_is_not_safe_is_found(operation: Operation, word: str) -> None:
    migration = _migration(operation)
    assert any(word in fault for fault in faults(migration))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("case", "x", models.IntegerField(db_default=0)),
        migrations.AddField("case", "x", models.IntegerField(null=True)),
        AddIndexConcurrently("case", models.Index(fields=["x"], name="x")),
        migrations.AddIndex("revision", models.Index(fields=["x"], name="x")),
        migrations.CreateModel("new", [("x", models.IntegerField())]),
        DropColumnIndex("case", "x", models.IntegerField()),
    ],
)
def test_what_is_safe_passes(operation: Operation) -> None:
    migration = _migration(operation)
    assert list(faults(migration)) == []
