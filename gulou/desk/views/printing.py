"""Cases on paper: each on a page of its own, with its code, pictures and lines to sign."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gulou.cases import queries
from gulou.desk import acts
from gulou.desk.shell import page, reader_of
from gulou.kit.errors import Invalid
from gulou.ui.guards import signed_in

from .record import context_of

if TYPE_CHECKING:
    from gulou.people.models import User

MOST = 50
LINES = 9
"""How much of the story fits on the page: how it began, and the newest."""


@dataclass(frozen=True)
class Sheet:
    """One case on paper."""

    shown: dict[str, Any]
    url: str
    lines: list[Any]
    left_out: int


@signed_in
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that the address names, one after the other. Raises NotFound, Invalid."""
    numbers = list(dict.fromkeys(n[:24] for n in request.GET.getlist("number")))
    if len(numbers) > MOST:
        raise Invalid("desk.print_many", _("At most %(most)d cases at once.") % {"most": MOST})
    sheets = [_sheet(request, number, reader_of(request)) for number in numbers]
    return page(request, "desk/print.html", {"sheets": sheets, "queue_count": 0})


def _sheet(request: HttpRequest, number: str, reader: "User") -> Sheet:
    case = queries.case_seen_by(reader, number)
    record = queries.record_of(case, reader=reader)
    shown = context_of(case, record, reader=reader, next_act=acts.likely(record))
    lines = shown["lines"]
    kept = lines if len(lines) <= LINES else [*lines[: LINES - 1], lines[-1]]
    url = request.build_absolute_uri(reverse("desk:record", args=[case.number]))
    return Sheet(shown, url, kept, len(lines) - len(kept))
