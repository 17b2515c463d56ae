"""Finding a table in a file by the heads of its columns, and reading its rows by what they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.kit.errors import Invalid
from gulou.kit.words import clean, in_language

from .columns import Column, Kind, Row
from .reading import Book, Cell, RawTable, Sort
from .reading.workbook import as_day

# Above the heads there may be a title or two.
_HEADS_WITHIN = 10
# As many digits as a workbook keeps of a number.
_EXACT_DIGITS = 15
_FIRST_DAYS, _LAST_DAYS = 20_000, 80_000


@dataclass(frozen=True)
class Mistake:
    """What is wrong where. `column` is the head as the file has it; row 0 is the whole sheet."""

    row: int
    column: str
    words: str
    sheet: str = ""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        place = {"row": self.row, "column": self.column, "why": self.words, "sheet": self.sheet}
        if not self.row:
            return self.words
        if not self.column:
            words = _("Row %(row)d: %(why)s") % place
        else:
            words = _("Row %(row)d, column %(column)s: %(why)s") % place
        return _("Sheet “%(sheet)s”. ") % place + words if self.sheet else words


@dataclass
class Table:
    """The rows that could be read, what was wrong with others, and what is worth telling."""

    rows: list[Row] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Heads:
    """Where the heads stand, which column is what, and what the file calls it."""

    table: RawTable
    row: int
    columns: dict[int, Column]
    words: dict[str, str]
    unknown: list[str]


def read_table(book: Book, columns: Sequence[Column], *, titles: Sequence[str] = ()) -> Table:
    """The rows of the sheet with these columns. Raises Invalid where no sheet has the needed ones.

    The sheet with one of `titles` is taken first, then the one that has the most of the columns.
    """
    found = _find(book, columns, titles)
    _check_needed(found, columns)
    table = Table(notes=_notes(book, found))
    _check_merged(found, table)
    formulas: list[str] = []
    numbers: set[str] = set()
    for number, raw in found.table.rows:
        if number > found.row:
            row = _row(found, number, raw, table, formulas, numbers)
            if row is not None:
                table.rows.append(row)
    table.notes += _notes_on_cells(formulas, numbers)
    return table


def has_table(book: Book, columns: Sequence[Column], *, titles: Sequence[str]) -> bool:
    """Whether a visible sheet has one of these titles, or all of the columns that are needed."""
    return any(
        clean(one.title) in titles
        or {c.name for c in columns if c.needed} <= set(_heads(one, columns).words)
        for one in book.tables
    )


def _find(book: Book, columns: Sequence[Column], titles: Sequence[str]) -> _Heads:
    visible = [table for table in book.tables if table.rows]
    if not visible:
        raise Invalid("file.empty", _("There is nothing in the file."), field="file")
    titled = [table for table in visible if clean(table.title) in titles]
    heads = [_heads(table, columns) for table in titled or visible]
    return max(heads, key=lambda one: len(one.columns))


def _heads(table: RawTable, columns: Sequence[Column]) -> _Heads:
    """The row among the first that names the most columns."""
    best = _Heads(table, 0, {}, {}, [])
    for number, cells in table.rows[:_HEADS_WITHIN]:
        known: dict[int, Column] = {}
        words: dict[str, str] = {}
        unknown: list[str] = []
        for at, cell in cells.items():
            head = clean(cell.text).rstrip("*＊ ")
            column = next((c for c in columns if c.is_called(head.casefold())), None)
            if column is None:
                unknown.append(head)
            elif column.name in words:
                raise Invalid(
                    "file.column_twice",
                    _("The column “%(head)s” stands there twice.") % {"head": head},
                    field="file",
                )
            else:
                known[at], words[column.name] = column, head
        if len(known) > len(best.columns):
            best = _Heads(table, number, known, words, unknown)
    return best


def _check_needed(found: _Heads, columns: Sequence[Column]) -> None:
    missing = [column for column in columns if column.needed and column.name not in found.words]
    if not missing:
        return
    ours = any(name == word.casefold() for name, word in found.words.items())
    words = [column.name if ours else column.head for column in missing]
    raise Invalid(
        "file.missing_column",
        _("The first line must name the columns. Missing: %(missing)s. The template shows it.")
        % {"missing": _between().join(words)},
        field="file",
    )


def _check_merged(found: _Heads, table: Table) -> None:
    for reference in found.table.merged:
        first, _colon, last = reference.partition(":")
        if max(_row_of(first), _row_of(last)) > found.row:
            words = _("The cells %(cells)s are merged. Undo that and fill in every row.")
            table.mistakes.append(
                Mistake(_row_of(first), "", words % {"cells": reference}, found.table.title)
            )


def _notes(book: Book, found: _Heads) -> list[str]:
    notes = list(book.notes)
    if found.table.hidden_rows:
        notes.append(ngettext(
            "One row is hidden, by a filter perhaps. It was read too.",
            "%(n)d rows are hidden, by a filter perhaps. They were read too.",
            found.table.hidden_rows,
        ) % {"n": found.table.hidden_rows})  # fmt: skip
    if found.unknown:
        words = _("Columns that were not read: %(heads)s.")
        notes.append(words % {"heads": _between().join(found.unknown[:20])})
    return notes


def _row(
    found: _Heads, number: int, raw: dict[int, Cell], table: Table, formulas: list[str],
    numbers: set[str],
) -> Row | None:  # fmt: skip
    cells: dict[str, str] = {}
    wrong = False
    for at, column in found.columns.items():
        cell = raw.get(at)
        if cell is None or column.told:
            continue
        try:
            text = _text(column, cell)
        except Invalid as refusal:
            head = found.words[column.name]
            table.mistakes.append(Mistake(number, head, str(refusal.message), found.table.title))
            wrong = True
            continue
        if text:
            cells[column.name] = text
        if cell.formula:
            formulas.append(f"{found.words[column.name]} {number}")
        if cell.sort is Sort.NUMBER and column.kind is Kind.CODE:
            numbers.add(found.words[column.name])
    if wrong or not cells:
        return None
    return Row(number, cells, found.table.title, found.words)


def _text(column: Column, cell: Cell) -> str:
    """What a cell says in this column. Raises Invalid."""
    if cell.sort is Sort.ERROR:
        raise _wrong(_("The cell shows %(error)s.") % {"error": cell.text[:20]})
    text = clean(cell.text)
    if cell.formula and not text:
        raise _wrong(_("The formula has not been reckoned. Write the value."))
    if cell.sort is Sort.DAY and column.kind is Kind.CODE:
        raise _wrong(_("The workbook has made a day of this. Set the column to text, write anew."))
    if cell.sort is Sort.NUMBER:
        text = _number(column, text)
    if len(text) > column.most:
        raise _wrong(_("At most %(count)s characters fit here.") % {"count": column.most})
    return text


def _number(column: Column, text: str) -> str:
    if column.kind is Kind.DAY and text.isdigit() and _FIRST_DAYS < int(text) < _LAST_DAYS:
        return as_day(text)
    if column.kind is Kind.CODE and len(text.lstrip("-")) > _EXACT_DIGITS:
        raise _wrong(_(
            "The workbook has rounded this long number. Set the column to text and write it anew."
        ))  # fmt: skip
    return text


def _notes_on_cells(formulas: Sequence[str], numbers: set[str]) -> Iterator[str]:
    if formulas:
        words = ngettext(
            "%(n)d cell is a formula; what it shows was taken: %(cells)s.",
            "%(n)d cells are formulas; what they show was taken: %(cells)s.", len(formulas),
        )  # fmt: skip
        yield words % {"n": len(formulas), "cells": _between().join(formulas[:5])}
    if numbers:
        yield _(
            "In %(heads)s there are numbers where text is meant: zeros in front are lost by the"
            " workbook. Check them, and set the column to text."
        ) % {"heads": _between().join(sorted(numbers))}


def _row_of(reference: str) -> int:
    digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$").replace("$", "")
    return int(digits) if digits.isdigit() else 0


def _between() -> str:
    return in_language("、", ", ")


def _wrong(words: str) -> Invalid:
    return Invalid("table.cell", words)
