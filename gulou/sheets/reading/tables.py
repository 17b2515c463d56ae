"""A table as it was read, before anybody knows what its columns mean."""

from dataclasses import dataclass, field
from enum import Enum

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid

MOST_COLUMNS = 200
_MOST_CHARACTERS = 32_000_000


class Sort(Enum):
    """What the file says of a cell. ERROR: it shows #N/A or the like."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty. `formula`: what it says was reckoned by the workbook."""

    text: str
    sort: Sort = Sort.TEXT
    formula: bool = False


@dataclass
class RawTable:
    """A sheet: its rows that are not empty, by their numbers and then by column from 0."""

    title: str
    rows: list[tuple[int, dict[int, Cell]]] = field(default_factory=list)
    hidden_rows: int = 0
    merged: list[str] = field(default_factory=list)


@dataclass
class Book:
    """Everything that was in a file, and sentences about how it was read."""

    tables: list[RawTable]
    notes: list[str] = field(default_factory=list)
    is_text: bool = False


@dataclass(frozen=True)
class Limits:
    """How much is read: rows that are not empty in one sheet, and bytes once unpacked."""

    rows: int
    unpacked: int = 400 * 1024 * 1024


class TooLong(Invalid):
    """There is more in the file than the limits let in."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(
            "file.too_long",
            _(
                "There are more than %(rows)s rows in the file, or it is too large unpacked. Split it."
            )
            % {"rows": limits.rows},
            field="file",
        )


class Budget:
    """How many characters of a file are kept at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._left = _MOST_CHARACTERS

    def spend(self, text: str) -> None:
        """Keep this text. Raises TooLong."""
        self._left -= len(text)
        if self._left < 0:
            raise TooLong(self.limits)


def too_wide() -> Invalid:
    """There are more columns than any register has."""
    return Invalid(
        "file.too_wide",
        _("A row has more than %(count)s filled columns. This is not one of our tables.")
        % {"count": MOST_COLUMNS},
        field="file",
    )
