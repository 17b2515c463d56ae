"""Migrations of our own kind: for big tables, beside the running version."""

from typing import Any

from django.db.migrations import AlterField
from django.db.models import Index


class DropColumnIndex(AlterField):
    """Let the index go that Django makes for a column by itself, and hold nobody up meanwhile.

    The field as it is from now on: `db_index=False`; or unchanged, where it is unique and only the
    index for the beginnings of texts goes (`LIKE 'x%'`). Needs `atomic = False`.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop it, unless it is gone."""
        for name in self._names(app_label, schema_editor, from_state):
            quoted = schema_editor.quote_name(name)
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Build it again."""
        model = to_state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        if field.unique:
            schema_editor.execute(schema_editor._create_like_index_sql(model, field))
        else:
            sql = schema_editor._create_index_sql(model, fields=[field], concurrently=True)
            schema_editor.execute(sql)

    def describe(self) -> str:
        """What is told while it runs."""
        return f"Drop the index of {self.name} of {self.model_name}"

    def _names(self, app_label: str, schema_editor: Any, state: Any) -> list[str]:
        model = state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        ours = {index.name for index in model._meta.indexes}
        found: list[str] = schema_editor._constraint_names(
            model, [column], index=True, unique=False, type_=Index.suffix, exclude=ours
        )
        return found
