"""What a paper is made from, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from gulou.people.models import User

from .selection import Selection

ZIP_MIME = "application/zip"

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Order:
    """A paper to make, in the present language: from which cases, for whose eyes.

    `columns` are those of an export; `unreleased` lets pictures in that nobody has released. The
    weekly summary is of the week of `day`, from all that the reader sees.
    """

    selection: Selection
    reader: User
    day: date
    columns: Sequence[str] = ()
    unreleased: bool = False
    tell: Tell = field(default=lambda done: None)


@dataclass(frozen=True)
class Made:
    """What was written: how many cases are in it, and what kind of file it is."""

    cases: int
    suffix: str
    mime: str
