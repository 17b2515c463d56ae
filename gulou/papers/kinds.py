"""The papers that are made from cases: what each is called, and how many cases it takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.people.models import User

from . import exports
from .columns import columns_named
from .selection import Selection

ERRAND = "papers.make"

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Order:
    """A paper to make, in the present language: from which cases, for whose eyes.

    `columns` are those of an export; `unreleased` lets pictures in that nobody has released.
    """

    selection: Selection
    reader: User
    columns: Sequence[str] = ()
    unreleased: bool = False
    tell: Tell = field(default=lambda done: None)


@dataclass(frozen=True)
class Made:
    """What was written: how many cases are in it, and what kind of file it is."""

    cases: int
    suffix: str
    mime: str


@dataclass(frozen=True)
class PaperKind:
    """One kind. Up to `at_once` cases it is made while one waits, up to `most` by the worker."""

    code: str
    label: Any
    make: Callable[[Order, IO[bytes]], Made]
    at_once: int
    most: int


def _csv(order: Order, file: IO[bytes]) -> Made:
    done = 0

    def tell(rows: int) -> None:
        nonlocal done
        done = rows
        order.tell(rows)

    for piece in exports.csv_of(
        order.selection, reader=order.reader, columns=columns_named(order.columns), tell=tell
    ):
        file.write(piece)
    return Made(done, "csv", exports.CSV_MIME)


def _xlsx(order: Order, file: IO[bytes]) -> Made:
    rows = exports.write_xlsx(
        file, order.selection, reader=order.reader, columns=columns_named(order.columns),
        tell=order.tell,
    )  # fmt: skip
    return Made(rows, "xlsx", exports.XLSX_MIME)


_KINDS = (
    PaperKind("csv", _("Cases as CSV"), _csv, at_once=5_000, most=10_000_000),
    PaperKind("xlsx", _("Cases as a workbook (XLSX)"), _xlsx, at_once=5_000, most=1_000_000),
)
KINDS: Mapping[str, PaperKind] = {kind.code: kind for kind in _KINDS}


def kind_named(code: str) -> PaperKind:
    """The kind with this code. Raises NotFound."""
    if code not in KINDS:
        raise NotFound("paper.unknown", _("There is no such paper."))
    return KINDS[code]
