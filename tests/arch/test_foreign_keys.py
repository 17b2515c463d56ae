"""import-linter cannot see a foreign key written as a string, nor a reverse accessor."""

import tomllib
from pathlib import Path
from typing import cast

from django.apps import apps
from django.db.models import Field, Model

PROJECT = Path(__file__).resolve().parents[2]


def floors() -> dict[str, int]:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    rows = next(c["layers"] for c in contracts if c["name"].startswith("Floors"))
    return {room.strip(): -n for n, row in enumerate(rows) for room in row.split("|")}


def test_foreign_keys_point_down_and_cannot_be_walked_back() -> None:
    floor = floors()
    ours = [model for model in apps.get_models() if model.__module__.startswith("gulou.")]
    assert ours
    for model in ours:
        for field in model._meta.get_fields():
            if not isinstance(field, Field) or not field.is_relation:
                continue
            target = cast(type[Model], field.related_model)
            here, there = model._meta.app_label, target._meta.app_label
            if here == there or not target.__module__.startswith("gulou."):
                continue
            assert floor[there] < floor[here], f"{field} points up"
            assert field.remote_field and field.remote_field.hidden, (
                f"{field} needs related_name='+'"
            )
