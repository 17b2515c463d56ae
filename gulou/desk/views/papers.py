"""Papers from any selection: lists, ledgers, sheets for units, a summary, something for a chat."""

from datetime import date

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk.selection import Picked, columns_of, picked
from gulou.desk.shell import page, reader_of
from gulou.kit import clock
from gulou.papers import operations
from gulou.papers.chat import text_of
from gulou.papers.columns import COLUMNS
from gulou.papers.exports import CSV_MIME
from gulou.papers.figures import Week
from gulou.papers.kinds import KINDS
from gulou.ui.guards import signed_in

_WEEKS_OFFERED = 8
_OLDEST, _LATEST = 2000, 2100


@signed_in
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """What can be made from these cases. Read only: a POST brings a long selection along."""
    found = picked(request.POST if request.method == "POST" else request.GET)
    reader, today = reader_of(request), timezone.localdate(clock.now())
    context = {
        "picked": found, "count": found.selection.count(reader), "columns": COLUMNS,
        "kinds": KINDS, "queue_url": reverse("desk:cases") + found.ask.url(),
        "chat": text_of(found.selection, reader=reader), "weeks": _weeks(today),
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
    name = operations.dated_name(str(KINDS["csv"].label), "csv")
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
        unreleased=request.POST.get("unreleased") == "1", day=_day(request.POST.get("day", "")),
    )  # fmt: skip
    if not isinstance(ready, operations.Ready):
        return redirect("desk:errand", uid=ready.uid)
    return _private(FileResponse(
        ready.file, as_attachment=True, filename=ready.name, content_type=ready.made.mime
    ))  # fmt: skip


def _weeks(today: date) -> list[Week]:
    """Last week first: on a Monday morning it is the one to tell of."""
    this = Week.of(today)
    past = [this]
    while len(past) < _WEEKS_OFFERED:
        past.append(past[-1].before)
    return [past[1], past[0], *past[2:]]


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and _OLDEST <= day.year <= _LATEST else None


def _is_large(kind: str, found: Picked, request: HttpRequest) -> bool:
    return found.selection.count(reader_of(request)) > KINDS[kind].at_once


def _to_papers(found: Picked) -> HttpResponse:
    return redirect(f"{reverse('desk:papers')}?{urlencode(found.carried)}")


def _private(answer: HttpResponseBase) -> HttpResponseBase:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
