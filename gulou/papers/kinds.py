"""The papers that are made from cases: what each is called, and how many cases it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound

from .order import Made, Order

ERRAND = "papers.make"

Make = Callable[[Order, IO[bytes]], Made]


@dataclass(frozen=True)
class PaperKind:
    """One kind. Up to `at_once` cases it is made while one waits, up to `most` by the worker.

    `maker` names the function that makes it: what documents need is loaded with the first one, for
    every process of the web would hold thirty megabytes of it.
    """

    code: str
    label: Any
    maker: str
    at_once: int
    most: int

    @property
    def make(self) -> Make:
        """Makes one."""
        found: Make = import_string(f"gulou.papers.{self.maker}")
        return found


_KINDS = (
    PaperKind("csv", _("Cases as CSV"), "exports.make_csv", at_once=5_000, most=10_000_000),
    PaperKind(
        "xlsx", _("Cases as a workbook (XLSX)"), "exports.make_xlsx", at_once=5_000, most=1_000_000
    ),
    PaperKind("ledger", _("Rectification ledger"), "ledger.make", at_once=60, most=2_000),
    PaperKind("sheets-docx", _("Hand-over sheets"), "handover.make_docx", at_once=60, most=500),
    PaperKind("sheets-pdf", _("Hand-over sheets"), "handover.make_pdf", at_once=60, most=500),
    PaperKind("picture", _("Long picture"), "picture.make", at_once=20, most=300),
    PaperKind("weekly", _("Weekly summary"), "weekly.make", at_once=10_000_000, most=10_000_000),
)
KINDS: Mapping[str, PaperKind] = {kind.code: kind for kind in _KINDS}


def kind_named(code: str) -> PaperKind:
    """The kind with this code. Raises NotFound."""
    if code not in KINDS:
        raise NotFound("paper.unknown", _("There is no such paper."))
    return KINDS[code]
