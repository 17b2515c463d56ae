"""Reading XLSX as a stream: bounded memory whatever the file claims.

A reader of our own, as neither of the two at hand tells all that must be told: calamine holds
whole sheets and knows no formulas, openpyxl in its streaming mode knows no merged cells and no
hidden rows, and gives either formulas or what they came to. Rows are parsed first, and of the
shared strings only those kept that the rows name.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid

from .tables import MOST_COLUMNS, Book, Budget, Cell, Limits, RawTable, Sort, TooLong, too_wide

_CHUNK = 1 << 16
_MOST_PARTS = 5000
# Built-in formats of numbers that show days and times (ECMA-376, 18.8.30, with the Chinese ones).
_DAY_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+$")
_HIDDEN = ("hidden", "veryHidden")

_Attributes = dict[str, str]
# A cell before its strings are known: its type, its raw value, its style, whether it is a formula.
_Raw = tuple[str, str, int, bool]


def read_workbook(package: ZipFile, limits: Limits) -> Book:
    """The sheets of a workbook; hidden ones, like our own lists to choose from, are not read.

    Raises Invalid, TooLong.
    """
    if len(package.infolist()) > _MOST_PARTS:
        raise _damaged()
    reader = _Reader(package, limits)
    sheets, epoch = reader.sheets()
    parsed = [(title, reader.sheet(path)) for title, hidden, path in sheets if not hidden]
    days = reader.day_styles()
    strings = reader.strings({
        int(value)
        for _title, sheet in parsed
        for _number, cells in sheet.rows
        for kind, value, _style, _formula in cells.values()
        if kind == "s" and value.isdigit()
    })  # fmt: skip
    tables = []
    for title, sheet in parsed:
        table = RawTable(title, hidden_rows=sheet.hidden_rows, merged=sheet.merged)
        for number, raw in sheet.rows:
            cells = {at: _cell(one, strings, days, epoch) for at, one in raw.items()}
            kept = {at: cell for at, cell in cells.items() if cell.text.strip() or cell.formula}
            if kept:
                table.rows.append((number, kept))
        tables.append(table)
    return Book(tables)


class _Reader:
    """Reads the parts of one package, all of them within one limit of bytes."""

    def __init__(self, package: ZipFile, limits: Limits) -> None:
        self._package, self._limits = package, limits
        self._left = limits.unpacked
        self._budget = Budget(limits)

    def sheets(self) -> tuple[list[tuple[str, bool, str]], date]:
        """Title, whether hidden, and path of each sheet; and the day that is number 0."""
        found: list[_Attributes] = []
        old_mac: list[bool] = []

        def start(name: str, told: _Attributes) -> None:
            if name == "sheet":
                found.append(told)
            elif name == "workbookPr":
                old_mac.append(told.get("date1904", "") in ("1", "true"))

        self._parse("xl/workbook.xml", start)
        targets: dict[str, str] = {}

        def relation(name: str, told: _Attributes) -> None:
            if name == "Relationship" and told.get("Type", "").endswith("/worksheet"):
                targets[told.get("Id", "")] = told.get("Target", "")

        self._parse("xl/_rels/workbook.xml.rels", relation)
        sheets = []
        for told in found:
            target = next((targets[v] for k, v in told.items() if k == "id" and v in targets), "")
            if target:
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                sheets.append((told.get("name", ""), told.get("state", "") in _HIDDEN, path))
        return sheets, date(1904, 1, 1) if any(old_mac) else date(1899, 12, 30)

    def sheet(self, path: str) -> "_SheetParser":
        """The rows of a sheet."""
        parser = _SheetParser(self._limits, self._budget)
        self._parse(path, parser.start, parser.end, parser.text)
        return parser

    def day_styles(self) -> set[int]:
        """The styles of cells whose numbers are days."""
        formats: dict[int, str] = {}
        styles: list[int] = []
        inside: list[str] = []

        def start(name: str, told: _Attributes) -> None:
            inside.append(name)
            if name == "numFmt":
                formats[_number(told.get("numFmtId"))] = told.get("formatCode", "")
            elif name == "xf" and "cellXfs" in inside:
                styles.append(_number(told.get("numFmtId")))

        def end(name: str) -> None:
            inside.pop()

        if "xl/styles.xml" in self._package.namelist():
            self._parse("xl/styles.xml", start, end)
        return {
            at for at, number in enumerate(styles)
            if number in _DAY_FORMATS or _shows_days(formats.get(number, ""))
        }  # fmt: skip

    def strings(self, wanted: set[int]) -> dict[int, str]:
        """The shared strings with these numbers, without their readings (phonetic runs)."""
        found: dict[int, str] = {}
        at, parts, inside = -1, list[str](), list[str]()

        def start(name: str, told: _Attributes) -> None:
            nonlocal at
            inside.append(name)
            if name == "si":
                at += 1
                parts.clear()

        def end(name: str) -> None:
            inside.pop()
            if name == "si" and at in wanted:
                found[at] = "".join(parts)
                self._budget.spend(found[at])

        def text(data: str) -> None:
            if at in wanted and inside[-1:] == ["t"] and "rPh" not in inside:
                parts.append(data)

        if wanted and "xl/sharedStrings.xml" in self._package.namelist():
            self._parse("xl/sharedStrings.xml", start, end, text)
        return found

    def _parse(
        self,
        path: str,
        start: Callable[[str, _Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, told: start(_local(name), _plain(told))
        if end:
            parser.EndElementHandler = lambda name: end(_local(name))
        if text:
            parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            with self._package.open(path) as part:
                for chunk in self._chunks(part):
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, zlib.error, KeyError, BadZipFile, EOFError) as error:
            raise _damaged() from error

    def _chunks(self, part: IO[bytes]) -> Iterator[bytes]:
        while chunk := part.read(_CHUNK):
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLong(self._limits)
            yield chunk


class _SheetParser:
    """Hears the elements of one sheet, and keeps its rows that are not empty."""

    def __init__(self, limits: Limits, budget: Budget) -> None:
        self._limits, self._budget = limits, budget
        self.rows: list[tuple[int, dict[int, _Raw]]] = []
        self.merged: list[str] = []
        self.hidden_rows = 0
        self._number, self._column = 0, -1
        self._hidden = False
        self._cells: dict[int, _Raw] = {}
        self._kind, self._style, self._formula = "", 0, False
        self._value: list[str] = []
        self._hears = False

    def start(self, name: str, told: _Attributes) -> None:
        if name == "c":
            self._column = _column(told.get("r", ""), self._column + 1)
            self._kind, self._style = told.get("t", "n"), _number(told.get("s"))
            self._formula, self._value = False, []
        elif name == "row":
            self._number = _number(told.get("r")) or self._number + 1
            self._column, self._cells = -1, {}
            self._hidden = told.get("hidden", "") in ("1", "true")
        elif name == "f":
            self._formula = True
        elif name == "mergeCell":
            self.merged.append(told.get("ref", ""))
        self._hears = name == "v" or (name == "t" and self._kind == "inlineStr")

    def text(self, data: str) -> None:
        if self._hears:
            self._value.append(data)

    def end(self, name: str) -> None:
        self._hears = False
        if name == "c":
            self._end_cell()
        elif name == "row" and self._cells:
            if len(self.rows) >= self._limits.rows:
                raise TooLong(self._limits)
            self.rows.append((self._number, self._cells))
            self.hidden_rows += self._hidden

    def _end_cell(self) -> None:
        value = "".join(self._value)
        if not value and not self._formula:
            return
        if len(self._cells) >= MOST_COLUMNS:
            raise too_wide()
        self._budget.spend(value)
        self._cells[self._column] = (self._kind, value, self._style, self._formula)


def _cell(raw: _Raw, strings: dict[int, str], days: set[int], epoch: date) -> Cell:
    kind, value, style, formula = raw
    if kind == "s":
        return Cell(strings.get(_number(value), ""), Sort.TEXT, formula)
    if kind in ("str", "inlineStr"):
        return Cell(value, Sort.TEXT, formula)
    if kind == "b":
        return Cell("1" if value == "1" else "0", Sort.TEXT, formula)
    if kind == "e":
        return Cell(value, Sort.ERROR, formula)
    if kind == "d":
        return Cell(value[:10], Sort.DAY, formula)
    if not value:
        return Cell("", Sort.TEXT, formula)
    if style in days and (day := as_day(value, epoch)):
        return Cell(day, Sort.DAY, formula)
    return Cell(_plain_number(value), Sort.NUMBER, formula)


def as_day(value: str, epoch: date = date(1899, 12, 30)) -> str:
    """The day that a workbook keeps as this number, as 2026-11-23; "" where it is none."""
    try:
        return (epoch + timedelta(days=int(float(value)))).isoformat()
    except (ValueError, OverflowError):
        return ""


def _plain_number(value: str) -> str:
    """350102 for 350102.0 and 3.50102E5; fractions as short as they can be said."""
    try:
        number = float(value)
    except ValueError:
        return value
    if number.is_integer() and abs(number) < 1e21:
        return str(int(value)) if value.lstrip("-").isdigit() else str(int(number))
    return repr(number)


def _shows_days(format_code: str) -> bool:
    """Whether a format of numbers shows years or days."""
    return any(sign in _NOT_FORMAT.sub("", format_code).lower() for sign in "yd年日")


def _column(reference: str, otherwise: int) -> int:
    """The column of "AB12" from 0."""
    found = _REFERENCE.match(reference)
    if found is None:
        return otherwise
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _plain(told: _Attributes) -> _Attributes:
    return {_local(name): value for name, value in told.items()}


def _no_doctype(*_told: Any) -> None:
    raise _damaged()


def _damaged() -> Invalid:
    return Invalid("file.damaged", _("The file is damaged. Save it again."), field="file")
