"""The papers that are made from cases: what each is called, and how many cases it takes.

What makes a paper is loaded with the first of its kind: it takes tens of megabytes, which a web
process need not hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.people.models import User

from . import exports
from .columns import columns_named
from .figures import Week
from .selection import Selection

ERRAND = "papers.make"

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


def _ledger(order: Order, file: IO[bytes]) -> Made:
    from . import ledger  # noqa: PLC0415  see the top of this page

    rows = ledger.write_ledger(file, order.selection, reader=order.reader, tell=order.tell)
    return Made(rows, "xlsx", exports.XLSX_MIME)


def _sheets(form: str) -> Callable[[Order, IO[bytes]], Made]:
    def make(order: Order, file: IO[bytes]) -> Made:
        from . import handover  # noqa: PLC0415

        return Made(*handover.write_sheets(
            file, order.selection, reader=order.reader, tell=order.tell, form=form
        ))  # fmt: skip

    return make


def _picture(order: Order, file: IO[bytes]) -> Made:
    from . import chat  # noqa: PLC0415

    return Made(*chat.write_picture(
        file, order.selection, reader=order.reader, tell=order.tell,
        released_only=not order.unreleased,
    ))  # fmt: skip


def _weekly(order: Order, file: IO[bytes]) -> Made:
    from . import weekly  # noqa: PLC0415

    opened = weekly.write_summary(file, Week.of(order.day), reader=order.reader)
    return Made(opened, "docx", exports.DOCX_MIME)


_KINDS = (
    PaperKind("csv", _("Cases as CSV"), _csv, at_once=5_000, most=10_000_000),
    PaperKind("xlsx", _("Cases as a workbook (XLSX)"), _xlsx, at_once=5_000, most=1_000_000),
    PaperKind("ledger", _("Rectification ledger"), _ledger, at_once=60, most=2_000),
    PaperKind("sheets-docx", _("Hand-over sheets"), _sheets("docx"), at_once=60, most=500),
    PaperKind("sheets-pdf", _("Hand-over sheets"), _sheets("pdf"), at_once=60, most=500),
    PaperKind("picture", _("Long picture"), _picture, at_once=20, most=300),
    PaperKind("weekly", _("Weekly summary"), _weekly, at_once=10_000_000, most=10_000_000),
)
KINDS: Mapping[str, PaperKind] = {kind.code: kind for kind in _KINDS}


def kind_named(code: str) -> PaperKind:
    """The kind with this code. Raises NotFound."""
    if code not in KINDS:
        raise NotFound("paper.unknown", _("There is no such paper."))
    return KINDS[code]
