"""Text that is made once with marks in it, and then filled for each of millions of cases."""

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

_MARK = re.compile(r'"‹(\w+)›"|[«‹](\w+)[»›]')


class Mark(str):
    """Stands for a value that each case has of its own."""

    __slots__ = ()

    def isoformat(self) -> str:
        """For a mark that stands for a time."""
        return str(self)


def text(name: str) -> Any:
    """The mark of a text; where it stands in JSON, it keeps its quotes."""
    return Mark(f"«{name}»")


def number(name: str) -> Any:
    """The mark of a number; JSON's quotes around it go."""
    return Mark(f"‹{name}›")


def moment(name: str) -> Any:
    """The mark of a time in UTC, filled as 2026-11-23T01:00:00."""
    return Mark(f"«{name}»+00:00")


class Template:
    """A text with marks. `places` says where each named value stands in a row of values."""

    def __init__(self, marked: str, places: Mapping[str, int]) -> None:
        names: list[str] = []

        def hole(found: re.Match[str]) -> str:
            names.append(found[1] or found[2])
            return "%s"

        self._form = _MARK.sub(hole, marked.replace("%", "%%"))
        self._pick = itemgetter(*(places[name] for name in names))

    def filled(self, values: Sequence[object]) -> str:
        """The text with these values where the marks are."""
        filled: str = self._form % self._pick(values)
        return filled


def line(values: Sequence[object]) -> str:
    """One row in the text format of COPY."""
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return "{}" if value == [] else str(value)
