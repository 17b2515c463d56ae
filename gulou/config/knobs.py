"""Writes docs/settings.md from the typed environment: `make docs`."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from gulou.kit.env import ROOT, Env, name_of

PAGE = ROOT / "docs" / "settings.md"
_HEAD = """\
# Settings

Everything that can be set, read once at the start from the environment. A malformed value or an
unknown `GULOU_*` name stops the start with a sentence that says what would be right; `gulou doctor`
checks the rest. This page is made from `gulou/kit/env.py` by `make docs`.

| variable | if unset | what it is |
|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    rows = [
        f"| `{name_of(knob)}` | {_shown(knob.default)} | {knob.metadata['told']} |"
        for knob in fields(Env)
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _shown(value: Any) -> str:
    """A default as a person would set it."""
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}` in the project's folder"
    if isinstance(value, bool):
        return f"`{int(value)}`"
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text else "empty"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
