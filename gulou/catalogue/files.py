"""Reading the files an edition or a list comes in. Pure: no database.

An edition is a folder with edition.csv, categories.csv and conditions.csv; step_limits.csv,
reasons.csv and elsewhere.csv stand beside it. UTF-8, commas, a header line. docs/catalogue.md
describes every column.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid
from gulou.kit.words import clean

from .models import Category, Condition
from .states import CategoryKind, Evidence, TimeUnit

SHIPPED = Path(__file__).parent / "data"
EDITION_FILES = ("edition.csv", "categories.csv", "conditions.csv")
_CODE = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_LARGEST = 32767


@dataclass(frozen=True)
class Line:
    """One line of a file: its cells by column, cleaned, and where it stands."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def wrong(self, column: str, what: object) -> Invalid:
        """The refusal that names this line."""
        message = _("%(file)s, line %(line)s, column %(column)s: %(what)s") % {
            "file": self.file, "line": self.number, "column": column, "what": what,
        }  # fmt: skip
        return Invalid("catalogue.file", message, field="file")

    def words(self, column: str, *, at_most: int, needed: bool = True) -> str:
        """A text that is there and fits."""
        text = self[column]
        if needed and not text:
            raise self.wrong(column, _("this cannot be empty."))
        if len(text) > at_most:
            raise self.wrong(column, _("at most %(count)s characters fit.") % {"count": at_most})
        return text

    def code(self, column: str, *, at_most: int) -> str:
        """Small letters and digits, joined by dots, dashes or underscores."""
        text = self.words(column, at_most=at_most)
        if not _CODE.fullmatch(text):
            raise self.wrong(column, _("a code is small letters and digits, such as event.02.03."))
        return text

    def one_of(self, column: str, values: list[str]) -> str:
        """One of a list of words."""
        if self[column] not in values:
            raise self.wrong(column, _("one of %(values)s.") % {"values": ", ".join(values)})
        return self[column]

    def count(self, column: str, *, at_least: int) -> int:
        """A whole number."""
        text = self[column] or "0"
        if not (text.isascii() and text.isdigit() and at_least <= int(text) <= _LARGEST):
            raise self.wrong(
                column,
                _("a whole number from %(least)s to %(most)s.")
                % {"least": at_least, "most": _LARGEST},
            )
        return int(text)


@dataclass(frozen=True)
class Edition:
    """A list of categories as its files have it. Rows are not saved; parents and categories are
    given by code."""

    code: str
    edition: str
    name_zh: str
    name_en: str
    digest: str
    categories: tuple[Category, ...]
    conditions: tuple[tuple[str, Condition], ...]


def read_lines(path: Path, columns: set[str]) -> list[Line]:
    """The lines of a file that has these columns. Raises Invalid."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "catalogue.file",
            _("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error},
            field="file",
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = columns - set(reader.fieldnames or ())
    if missing:
        raise Invalid(
            "catalogue.file",
            _("%(file)s lacks the columns %(columns)s.")
            % {"file": path.name, "columns": ", ".join(sorted(missing))},
            field="file",
        )
    return [
        Line(path.name, reader.line_num, {c: clean(row[c] or "") for c in columns})
        for row in reader
    ]


def read_edition(folder: Path) -> Edition:
    """An edition from its folder, checked. Raises Invalid that names file, line and column."""
    heads = read_lines(folder / "edition.csv", {"code", "edition", "name_zh", "name_en"})
    if len(heads) != 1:
        raise Invalid("catalogue.file", _("edition.csv holds exactly one line."), field="file")
    head = heads[0]
    categories = tuple(_categories(folder))
    return Edition(
        code=head.code("code", at_most=40),
        edition=head.words("edition", at_most=40),
        name_zh=head.words("name_zh", at_most=80),
        name_en=head.words("name_en", at_most=120),
        digest=_digest(folder),
        categories=categories,
        conditions=tuple(_conditions(folder, categories)),
    )


def class_code(code: str) -> str:
    """The code of the class that a category belongs to; empty for a class."""
    above, dot, _last = code.rpartition(".")
    return above if (dot and above not in CategoryKind.values) or above == "civility" else ""


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in EDITION_FILES:
        digest.update(f"{name}\n".encode())
        digest.update((folder / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _categories(folder: Path) -> Iterator[Category]:
    columns = {
        "code", "kind", "name_zh", "name_en", "icon", "evidence", "public_rank", "hint_zh",
        "hint_en", "closing_zh", "closing_en",
    }  # fmt: skip
    seen: set[str] = set()
    for line in read_lines(folder / "categories.csv", columns):
        code = line.code("code", at_most=40)
        if code in seen:
            raise line.wrong("code", _("this code stands there twice."))
        if class_code(code) and class_code(code) not in seen:
            raise line.wrong("code", _("its class must stand above it."))
        seen.add(code)
        yield Category(
            code=code,
            kind=line.one_of("kind", CategoryKind.values),
            name_zh=line.words("name_zh", at_most=60),
            name_en=line.words("name_en", at_most=80),
            icon=line.words("icon", at_most=40, needed=False),
            evidence=line.one_of("evidence", Evidence.values),
            public_rank=line.count("public_rank", at_least=0),
            hint_zh=line.words("hint_zh", at_most=200, needed=False),
            hint_en=line.words("hint_en", at_most=300, needed=False),
            closing_zh=line.words("closing_zh", at_most=200, needed=False),
            closing_en=line.words("closing_en", at_most=300, needed=False),
        )


def _conditions(folder: Path, categories: tuple[Category, ...]) -> Iterator[tuple[str, Condition]]:
    columns = {"category", "code", "name_zh", "name_en", "amount", "time_unit", "default"}
    subclasses = {c.code for c in categories if class_code(c.code)}
    seen: set[tuple[str, str]] = set()
    defaults: set[str] = set()
    for line in read_lines(folder / "conditions.csv", columns):
        category, code = line["category"], line.code("code", at_most=20)
        if category not in subclasses:
            raise line.wrong("category", _("no subclass has this code."))
        if (category, code) in seen:
            raise line.wrong("code", _("this code stands there twice."))
        is_default = line.one_of("default", ["0", "1"]) == "1"
        if is_default and category in defaults:
            raise line.wrong("default", _("the category has a default condition already."))
        seen.add((category, code))
        defaults |= {category} if is_default else set()
        yield (
            category,
            Condition(
                code=code,
                name_zh=line.words("name_zh", at_most=120),
                name_en=line.words("name_en", at_most=160),
                amount=line.count("amount", at_least=1),
                time_unit=line.one_of("time_unit", TimeUnit.values),
                is_default=is_default,
            ),
        )
    without = sorted(subclasses - defaults)
    if without:
        raise Invalid(
            "catalogue.file",
            _("conditions.csv has no default condition for %(codes)s.")
            % {"codes": ", ".join(without)},
            field="file",
        )
