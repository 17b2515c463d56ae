"""Habits that keep consequences readable: no signals, no overridden save, contracts in force."""

import ast
from pathlib import Path

from django.apps import apps
from django.db.models import Model
from importlinter import cli

from gulou.config import knobs

PROJECT = Path(__file__).resolve().parents[2]
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")


def sources() -> list[Path]:
    return [path for path in (PROJECT / "gulou").rglob("*.py") if "migrations" not in path.parts]


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_nothing_listens_to_signals() -> None:
    guilty = [
        str(path.relative_to(PROJECT))
        for path in sources()
        if any(name.startswith(SIGNALS) for name in imported(path.read_text(encoding="utf-8")))
    ]
    assert guilty == []
    assert imported("from django.db.models import signals") & set(SIGNALS)


def test_no_model_overrides_save_or_delete() -> None:
    for model in apps.get_models():
        if model.__module__.startswith("gulou."):
            for name in ("save", "delete"):
                owner = next(kind for kind in model.__mro__ if name in vars(kind))
                assert not owner.__module__.startswith("gulou."), f"{model.__name__}.{name}"
    assert "save" in vars(Model)


def test_the_import_contracts_hold() -> None:
    assert cli.lint_imports(config_filename=str(PROJECT / "pyproject.toml"), no_cache=True) == 0


def test_every_module_says_what_lives_there() -> None:
    silent = [
        str(path.relative_to(PROJECT))
        for path in sources()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        and path.read_text(encoding="utf-8").strip()
        and not path.name.startswith(("apps", "urls"))
    ]
    assert silent == []


def test_the_page_of_settings_is_what_the_code_says() -> None:
    assert knobs.PAGE.read_text(encoding="utf-8") == knobs.page(), "run `make docs`"
