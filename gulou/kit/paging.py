"""A page of a list, and whether there is more after it."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

SIZE = 50
M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Page(list[T]):
    """The rows of one page: `number` counts from 0, `more` tells whether another one follows."""

    def __init__(self, rows: Iterable[T] = (), *, number: int = 0, more: bool = False) -> None:
        super().__init__(rows)
        self.number, self.more = number, more

    def of(self, rows: Iterable["R"]) -> "Page[R]":
        """The same page, with these in the place of its rows."""
        return Page(rows, number=self.number, more=self.more)


R = TypeVar("R")


def page_of(found: QuerySet[M], number: int = 0, *, size: int = SIZE) -> Page[M]:
    """A page of what was found, which must have an order in which no two rows stand alike."""
    first = number * size
    rows = list(found[first : first + size + 1])
    return Page(rows[:size], number=number, more=len(rows) > size)
