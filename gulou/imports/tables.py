"""Tables as offices send them: CSV whose mistakes are named by row and column, all or nothing."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid, Refusal
from gulou.kit.words import clean
from gulou.places.operations import Summary

from .places import File

# So many mistakes are told at once.
MOST_TOLD = 50


@dataclass(frozen=True)
class Column:
    """What a column is called, in our template and in the files of others."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a table by our names of columns; what is not there is empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def need(self, column: str) -> str:
        """A cell that may not be empty. Raises Invalid."""
        if not self[column]:
            raise Invalid("table.cell", _("This cannot be empty."), field=column)
        return self[column]

    def day(self, column: str) -> date | None:
        """A day as 2026-11-23 or 2026/11/23. Raises Invalid."""
        text = self[column].replace("/", "-")
        try:
            return date(*map(int, text.split("-"))) if text else None
        except (TypeError, ValueError) as error:
            words = _("Write the day as 2026-11-23.")
            raise Invalid("table.cell", words, field=column) from error

    def find(self, column: str, known: Mapping[str, Any]) -> Any:
        """What the cell names. Raises Invalid where there is no such thing."""
        found = known.get(self[column])
        if found is None:
            words = _("There is no “%(code)s”.") % {"code": self[column]}
            raise Invalid("table.cell", words, field=column)
        return found


def read_rows(file: File, columns: Sequence[Column]) -> list[Row]:
    """The rows of a CSV file that are not empty. Raises Invalid where a column is missing."""
    lines = csv.reader(io.StringIO(file.text, newline=""))
    heads = [_column(head, columns) for head in next(lines, [])]
    missing = [column.name for column in columns if column.needed and column.name not in heads]
    if missing:
        raise Invalid(
            "file.missing_column",
            _("The first line must name the columns. Missing: %(missing)s. `--template` shows it.")
            % {"missing": ", ".join(missing)},
            field="file",
        )
    return list(_rows(lines, heads))


def _rows(lines: Iterator[list[str]], heads: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        cells = [clean(cell) for cell in line]
        if any(cells):
            yield Row(number, dict(zip(heads, cells, strict=False)))


def _column(head: str, columns: Sequence[Column]) -> str:
    name = clean(head).casefold()
    return next((one.name for one in columns if name in (one.name, *one.also)), name)


def template(columns: Sequence[Column]) -> str:
    """The first line of such a file."""
    return ",".join(column.name for column in columns)


def bring_in(rows: Iterable[Row], take: Callable[[Row], str], *, dry_run: bool) -> Summary:
    """Take each row; `take` says "added", "changed" or "same". One mistake and nothing happens.

    Raises Invalid with every mistake on a line of its own.
    """
    summary, mistakes = Summary(), []
    with transaction.atomic():
        for row in rows:
            try:
                with transaction.atomic():
                    done = take(row)
                setattr(summary, done, getattr(summary, done) + 1)
            except Refusal as refusal:
                mistakes.append(_mistake(row, refusal))
        if mistakes:
            raise Invalid("table.mistakes", "\n".join(mistakes[:MOST_TOLD]), field="file")
        transaction.set_rollback(dry_run)
    return summary


def _mistake(row: Row, refusal: Refusal) -> str:
    place = {"row": row.number, "column": refusal.field, "why": refusal.message}
    if not refusal.field:
        return _("Row %(row)d: %(why)s") % place
    return _("Row %(row)d, column %(column)s: %(why)s") % place
