"""What stands in the columns of a register, and one line of a table read by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.kit.words import in_language

T = TypeVar("T")
F = TypeVar("F", covariant=True)

CLEAR = frozenset({"-", "—", "–", "－"})
"""What is written into a cell to empty what is there; an empty cell leaves it."""
_YES = frozenset({"是", "yes", "y", "true", "1", "√", "✓", "对"})
_NO = frozenset({"否", "no", "n", "false", "0", "×", "x"}) | CLEAR


class Kind(Enum):
    """How the cells of a column are meant. CODE: digits that are no number, as of telephones."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    FLAG = "flag"
    WHOLE = "whole"
    DEGREES = "degrees"


@dataclass(frozen=True)
class Column:
    """What a column is called, in our files and in those of others, and what stands in it.

    `listed`: the cells are chosen from a list that the register knows. `told`: for reading only,
    not taken from a file. `rare`: not in the short first line that the command line prints.
    """

    name: str
    zh: str = ""
    en: str = ""
    also: tuple[str, ...] = ()
    needed: bool = False
    kind: Kind = Kind.TEXT
    most: int = 200
    width: int = 16
    listed: bool = False
    told: bool = False
    rare: bool = False
    help: Any = ""
    example: str = ""

    @property
    def head(self) -> str:
        """Its head, for the present reader."""
        return in_language(self.zh or self.name, self.en or self.name)

    def is_called(self, head: str) -> bool:
        """Whether a cell of the first line names it."""
        return head in {one.casefold() for one in (self.name, self.zh, self.en, *self.also) if one}


class Finds(Protocol[F]):
    """Knows things by what a cell may call them; `get` is None where there is no such thing."""

    def get(self, text: str, /) -> F | None: ...


@dataclass(frozen=True)
class Row:
    """One line of a table by our names of columns; what is not there is empty.

    `heads` are the columns as this file calls them: mistakes are told in its words.
    """

    number: int
    cells: Mapping[str, str]
    sheet: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def has(self, column: str) -> bool:
        """Whether the file has this column at all."""
        return column in self.heads

    def need(self, column: str) -> str:
        """A cell that may not be empty. Raises Invalid."""
        if not self[column]:
            raise Invalid("table.cell", _("This cannot be empty."), field=column)
        return self[column]

    def given(self, column: str) -> str | None:
        """What the cell says: None leaves what is there, "" empties it (a dash was written)."""
        text = self[column]
        return None if not text else "" if text in CLEAR else text

    def day(self, column: str) -> date | None:
        """A day as 2026-11-23 or 2026/11/23. Raises Invalid."""
        text = self[column].replace("/", "-").replace(".", "-")
        text = text.replace("年", "-").replace("月", "-").rstrip("日")
        try:
            return date(*map(int, text.split("-"))) if text and text not in CLEAR else None
        except (TypeError, ValueError) as error:
            words = _("Write the day as 2026-11-23.")
            raise Invalid("table.cell", words, field=column) from error

    def flag(self, column: str) -> bool | None:
        """Yes or no; None where nothing is said. Raises Invalid."""
        text = self[column].casefold()
        if not text:
            return None
        if text in _YES or text in _NO:
            return text in _YES
        raise Invalid("table.cell", _("Write yes or no."), field=column)

    def whole(self, column: str) -> int | None:
        """A whole number from 0 on. Raises Invalid."""
        text = self[column]
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Invalid("table.cell", _("Write a whole number."), field=column)
        return int(text)

    def degrees(self, column: str) -> float:
        """A number of degrees. Raises Invalid."""
        try:
            return float(self.need(column))
        except ValueError as error:
            words = _("Write degrees as a number, for example 26.0853.")
            raise Invalid("table.cell", words, field=column) from error

    def find(self, column: str, known: Finds[T]) -> T:
        """What the cell names. Raises Invalid where there is no such thing."""
        found = known.get(self[column])
        if found is None:
            words = _("There is no “%(code)s”.") % {"code": self[column]}
            raise Invalid("table.cell", words, field=column)
        return found


def yes(is_so: bool) -> str:
    """How a cell says yes or no."""
    return in_language("是", "yes") if is_so else in_language("否", "no")
