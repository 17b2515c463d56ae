"""Long work that the reader asked for: how far it is, and the file that came of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.desk.shell import page, reader_of
from gulou.errands import operations, queries
from gulou.errands.states import ENDED, State
from gulou.ui.guards import signed_in

if TYPE_CHECKING:
    from gulou.errands.models import Errand


@dataclass(frozen=True)
class Shown:
    """An errand as a page shows it."""

    errand: "Errand"
    label: str
    fetchable: bool

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.errand.state in ENDED

    @property
    def tone(self) -> str:
        """The tone and sign of its state."""
        tones = {State.DONE: "done", State.FAILED: "late", State.RUNNING: "underway",
                 State.CANCELLED: ""}  # fmt: skip
        return tones.get(State(self.errand.state), "waiting")

    @property
    def percent(self) -> int | None:
        """How far it is, 0 to 100; None while nobody knows."""
        one = self.errand
        return min(100 * one.done // one.total, 100) if one.total else None


@signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader asked for, newest first."""
    reader = reader_of(request)
    found = [_shown(request, errand) for errand in queries.errands_of(reader)]
    waits = any(not one.ended for one in found)
    return page(request, "desk/errands.html", {"found": found, "waits": waits})


@signed_in
@require_GET
def errand(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them: how far it is, then its file."""
    found = queries.errand_of(reader_of(request), uid)
    return page(request, "desk/errand.html", {"one": _shown(request, found)})


@signed_in
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop it."""
    reader = reader_of(request)
    operations.cancel(queries.errand_of(reader, uid), by=reader)
    messages.success(request, _("It is cancelled."))
    return redirect("desk:errand", uid=uid)


@signed_in
@require_GET
def file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The file that came of it, if the reader's postings still reach all that is in it."""
    reader = reader_of(request)
    found = queries.errand_of(reader, uid)
    answer = FileResponse(
        operations.fetch(found, by=reader),
        content_type=found.mime, as_attachment=True, filename=found.download_name,
    )  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _shown(request: HttpRequest, errand: "Errand") -> Shown:
    fetchable = queries.may_fetch(reader_of(request), errand)
    return Shown(errand, queries.label_of(errand), fetchable)
