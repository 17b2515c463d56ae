"""Writes the description of the field API from which the client's types are made.

`python -m gulou.field.contract` writes frontend/field/api/openapi.json; with --check it only says
whether that is up to date.
"""

import json
import os
import sys
from pathlib import Path

import django

from gulou.kit.env import ROOT

PATH = ROOT / "frontend" / "field" / "api" / "openapi.json"


def described() -> str:
    """The description as the file should hold it."""
    from gulou.field.api import api  # noqa: PLC0415  needs Django to be set up

    told = api.get_openapi_schema(path_prefix="/field/api/")
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str], path: Path = PATH) -> int:
    """The exit code: 1 where --check finds it out of date."""
    text = described()
    if "--check" in arguments:
        # However it is laid out: the front end's formatter has its own ways.
        same = path.exists() and json.loads(path.read_text("utf-8")) == json.loads(text)
        return 0 if same else 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gulou.config.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
