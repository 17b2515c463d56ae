"""What must be equal before a backup and after a restore: counts, and the sum of all digests."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

_PASSING = {"django_session", "kit_cache"}


def figures() -> dict[str, Any]:
    """Rows of each table of ours, and a sum over the digests of all facts, as of now."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table not in _PASSING
    )
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  names of our models
            counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(bit_xor(hashtextextended(digest, 0)), 0) FROM outbox_event")
        facts = str(cursor.fetchone()[0])
    return {"rows": counts, "facts": facts}


def migrations() -> list[str]:
    """The migrations that this database has had."""
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )
