"""Indexes of big tables go while everybody works on."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from gulou.kit.migrating import DropColumnIndex

pytestmark = pytest.mark.django_db


def _sql(operation: DropColumnIndex, *, back: bool = False) -> list[str]:
    state = ProjectState.from_apps(apps)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        run = operation.database_backwards if back else operation.database_forwards
        run("cases", editor, state, state)
    return [one for one in editor.collected_sql if not one.startswith("--")]


def _field(model: str, name: str) -> Any:
    return apps.get_model("cases", model)._meta.get_field(name)


def test_the_index_of_a_column_goes_by_its_name_beside_everybody() -> None:
    (sql,) = _sql(DropColumnIndex("case", "category", _field("case", "category")))
    assert sql.startswith('DROP INDEX CONCURRENTLY IF EXISTS "cases_case_category_id_')


def test_what_a_model_names_itself_stays() -> None:
    assert _sql(DropColumnIndex("case", "merged_into", _field("case", "merged_into"))) == []


def test_what_is_gone_already_is_fine() -> None:
    assert _sql(DropColumnIndex("case", "district", _field("case", "district"))) == []


def test_it_comes_back_beside_everybody() -> None:
    again = models.ForeignKey("catalogue.Category", models.PROTECT)
    (sql,) = _sql(DropColumnIndex("case", "category", again), back=True)
    assert sql.startswith("CREATE INDEX CONCURRENTLY ")


def test_a_token_is_found_without_an_index_for_the_beginnings_of_texts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'cases_report'")
        found = [row[0] for row in cursor if "(token" in row[0]]
    assert len(found) == 1
    assert "UNIQUE" in found[0]
