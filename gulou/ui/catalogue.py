"""The Chinese catalogue: gather what pages say, merge what the rooms translated, prove it whole.

    python -m gulou.ui.catalogue            write django.po and django.mo
    python -m gulou.ui.catalogue --check    change nothing; name what is missing, unused or broken

Message ids are English sentences. Each room translates its own in `gulou/locale/parts/<room>.po`;
the merged file is made, never edited. GNU gettext is not needed.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

GULOU = Path(__file__).resolve().parents[1]
PARTS = GULOU / "locale" / "parts"
MERGED = GULOU / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")

Key = tuple[str, str]
"""Context ("" for none) and the English sentence (its singular)."""


@dataclass
class Said:
    """One thing that the house says, and where."""

    id: str | tuple[str, str]
    where: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Part:
    """One translation and the room it came from."""

    message: Message
    room: str


def said(root: Path = GULOU) -> dict[Key, Said]:
    """Everything in code and templates under `root` that is marked for translation."""
    found: dict[Key, Said] = {}
    for path in sorted(root.rglob("*")):
        for context, message in _messages(path):
            one = found.setdefault((context, _singular(message)), Said(message))
            if isinstance(message, tuple):
                one.id = message
            one.where.add(path.relative_to(root.parent).as_posix())
    return found


def translated(parts: Path = PARTS) -> tuple[dict[Key, Part], list[str]]:
    """What the rooms translated, and where two rooms disagree."""
    found: dict[Key, Part] = {}
    quarrels = []
    for path in sorted(parts.glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale="zh_Hans")
        for message in catalog:
            if not message.id or not _has_words(message):
                continue
            key = (message.context or "", _singular(message.id))
            other = found.setdefault(key, Part(message, path.stem))
            if _forms(other.message) != _forms(message):
                quarrels.append(f"{other.room} and {path.stem} translate differently: {key[1]!r}")
    return found, quarrels


def problems(ours: dict[Key, Said], parts: dict[Key, Part]) -> list[str]:
    """What keeps the catalogue from being whole, a sentence each."""
    missing = [
        f"not translated: {key[1]!r} ({', '.join(sorted(ours[key].where))})"
        for key in sorted(ours.keys() - parts.keys())
    ]
    unused = [
        f"said nowhere: {key[1]!r} (parts/{parts[key].room}.po)"
        for key in sorted(parts.keys() - ours.keys())
    ]
    broken = [
        f"placeholders differ: {key[1]!r} (parts/{part.room}.po)"
        for key, part in sorted(parts.items(), key=lambda item: item[0])
        if not _placeholders_kept(part.message)
    ]
    # What the compiler would refuse when the pages are built.
    refused = [
        f"{part.room}: {error}"
        for part in parts.values()
        for error in part.message.check()
        if part.message.pluralizable
    ]
    return missing + unused + broken + refused


def merged(ours: dict[Key, Said], parts: dict[Key, Part]) -> Catalog:
    """One catalogue of everything said, in a stable order, without dates."""
    catalog = Catalog(
        locale="zh_Hans",
        project="Gulou",
        fuzzy=False,
        header_comment="# Made by gulou.ui.catalogue from locale/parts. Do not edit.",
    )
    for key in sorted(ours):
        part = parts.get(key)
        catalog.add(
            ours[key].id,
            _fitting(ours[key].id, part) if part else None,
            locations=[(where, 0) for where in sorted(ours[key].where)],
            context=key[0] or None,
        )
    return catalog


def po_text(catalog: Catalog) -> bytes:
    """The catalogue as a PO file that changes only when a sentence does."""
    out = BytesIO()
    write_po(out, catalog, include_lineno=False, sort_output=False, width=100)
    moving = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')
    return b"".join(
        line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(moving)
    )


def write() -> list[str]:
    """Merge and compile; say what is wrong."""
    ours = said()
    parts, quarrels = translated()
    catalog = merged(ours, parts)
    MERGED.parent.mkdir(parents=True, exist_ok=True)
    MERGED.write_bytes(po_text(catalog))
    with MERGED.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return quarrels + problems(ours, parts)


def check() -> list[str]:
    """Everything that is wrong, the merged file's age included."""
    ours = said()
    parts, quarrels = translated()
    fresh = MERGED.exists() and MERGED.read_bytes() == po_text(merged(ours, parts))
    stale = [] if fresh else ["django.po is older than the code: run python -m gulou.ui.catalogue"]
    return quarrels + problems(ours, parts) + stale


def _messages(path: Path) -> Iterator[tuple[str, str | tuple[str, str]]]:
    if path.suffix == ".py":
        source = path.read_text(encoding="utf-8")
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    else:
        return
    options = {"encoding": "utf-8"}
    file = BytesIO(source.encode())
    for _line, message, _comments, context in extract(
        "python", file, keywords=KEYWORDS, options=options
    ):
        if isinstance(message, tuple):
            yield context or "", (message[0], message[1])
        elif message:
            yield context or "", message


def _singular(message: Any) -> str:
    return str(message[0] if isinstance(message, tuple | list) else message)


def _forms(message: Message) -> list[str]:
    string: Any = message.string
    return [str(form) for form in (string if isinstance(string, tuple | list) else (string,))]


def _has_words(message: Message) -> bool:
    return all(_forms(message)) and not message.fuzzy


def _fitting(wanted: str | tuple[str, str], part: Part) -> Any:
    """Chinese has one form: a plural sentence takes it as its only one."""
    first = _forms(part.message)[0]
    return (first,) if isinstance(wanted, tuple) else first


def _placeholders_kept(message: Message) -> bool:
    ids: Any = message.id
    plural = isinstance(ids, tuple | list)
    wanted = set(PLACEHOLDER.findall(ids[1] if plural else ids))
    return all(set(PLACEHOLDER.findall(form)) == wanted for form in _forms(message))


def main(arguments: Iterable[str]) -> int:
    wrong = check() if "--check" in arguments else write()
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
