"""Writes small editions into a folder."""

import csv
from pathlib import Path
from typing import Any

CATEGORY = {
    "kind": "event", "icon": "trash", "evidence": "photo", "public_rank": "0", "hint_zh": "",
    "hint_en": "", "closing_zh": "", "closing_en": "",
}  # fmt: skip
CONDITION = {
    "code": "ordinary", "name_zh": "一般情况", "name_en": "Ordinary", "amount": "2",
    "time_unit": "working_day", "default": "1",
}  # fmt: skip


def category(code: str, name: str, **cells: Any) -> dict[str, Any]:
    return CATEGORY | {"code": code, "name_zh": name, "name_en": f"English {name}"} | cells


def condition(of: str, **cells: Any) -> dict[str, Any]:
    return CONDITION | {"category": of} | cells


def write_edition(
    folder: Path,
    *,
    edition: str = "1",
    categories: list[dict[str, Any]] | None = None,
    conditions: list[dict[str, Any]] | None = None,
) -> Path:
    """An edition of one class with one subclass, unless said otherwise."""
    folder.mkdir(exist_ok=True)
    head = {"code": "test", "edition": edition, "name_zh": "测试", "name_en": "Test"}
    _write(folder / "edition.csv", [head])
    _write(
        folder / "categories.csv",
        categories or [category("event.01", "大类"), category("event.01.01", "垃圾")],
    )
    _write(folder / "conditions.csv", conditions or [condition("event.01.01")])
    return folder


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
