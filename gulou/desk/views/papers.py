"""Papers from any selection: lists, ledgers, sheets for units, a summary, something for a chat."""

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk.selection import Picked, columns_of, picked
from gulou.desk.shell import page, reader_of
from gulou.kit import clock
from gulou.papers import operations
from gulou.papers.columns import COLUMNS
from gulou.papers.exports import CSV_MIME
from gulou.papers.kinds import KINDS
from gulou.ui.guards import signed_in


@signed_in
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """What can be made from these cases. Read only: a POST brings a long selection along."""
    found = picked(request.POST if request.method == "POST" else request.GET)
    context = {
        "picked": found, "count": found.selection.count(reader_of(request)),
        "columns": COLUMNS, "kinds": KINDS, "queue_url": reverse("desk:cases") + found.ask.url(),
    }  # fmt: skip
    return page(request, "desk/papers.html", context)


@signed_in
@require_GET
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """A list as CSV. Programs (`Accept: text/csv`, or `whole=1`) get any length in one stream;
    for a person's browser the worker makes what is above the limit."""
    found, reader = picked(request.GET), reader_of(request)
    program = request.headers.get("Accept", "").startswith("text/csv")
    if not (program or request.GET.get("whole") == "1") and _is_large("csv", found, request):
        return _to_papers(found)
    name = _("%(day)s cases.csv") % {"day": timezone.localdate(clock.now()).isoformat()}
    stream = operations.stream_cases(found.selection, by=reader, columns=columns_of(request.GET))
    answer = StreamingHttpResponse(stream, content_type=CSV_MIME)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return _private(answer)


@signed_in
@require_GET
def export_xlsx(request: HttpRequest) -> HttpResponseBase:
    """A list as a workbook; above the limit the worker makes it."""
    found = picked(request.GET)
    if _is_large("xlsx", found, request):
        return _to_papers(found)
    return _made(request, "xlsx", found, columns_of(request.GET))


@signed_in
@require_POST
def make(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Make one paper: its file, or the page of the work that makes it."""
    return _made(request, kind, picked(request.POST), columns_of(request.POST))


def _made(request: HttpRequest, kind: str, found: Picked, columns: list[str]) -> HttpResponseBase:
    ready = operations.make_paper(
        kind, found.selection, by=reader_of(request), columns=columns,
        unreleased=request.POST.get("unreleased") == "1",
    )  # fmt: skip
    if not isinstance(ready, operations.Ready):
        return redirect("desk:errand", uid=ready.uid)
    return _private(FileResponse(
        ready.file, as_attachment=True, filename=ready.name, content_type=ready.made.mime
    ))  # fmt: skip


def _is_large(kind: str, found: Picked, request: HttpRequest) -> bool:
    return found.selection.count(reader_of(request)) > KINDS[kind].at_once


def _to_papers(found: Picked) -> HttpResponse:
    return redirect(f"{reverse('desk:papers')}?{urlencode(found.carried)}")


def _private(answer: HttpResponseBase) -> HttpResponseBase:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
