"""Registers as workbooks: taking one out, an empty one to fill in, and a file on its way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.desk.shell import reader_of
from gulou.kit import clock
from gulou.kit.errors import NotAllowed, NotFound, Refusal
from gulou.setup.frame import Link, page
from gulou.sheets import operations, queries
from gulou.sheets.queries import Register, State
from gulou.sheets.writing import MIME, write_book
from gulou.ui.guards import signed_in

if TYPE_CHECKING:
    from gulou.sheets.models import Sheet

_IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True)
class ShownStep:
    """What one row does, with the heads of columns for the present reader."""

    row: int
    sheet: str
    title: str
    added: bool
    changes: Sequence[tuple[str, str, str]]


@signed_in
@require_GET
def registers(request: HttpRequest) -> HttpResponse:
    """The registers that go out and come in."""
    found = queries.registers_for(reader_of(request))
    if not found:
        raise NotAllowed(
            "setup.nothing",
            _("None of your postings lets you configure anything. Ask the district office."),
        )
    return page(request, "setup/sheets.html", {"title": _("Import and export"), "found": found})


@signed_in
@require_GET
def register(request: HttpRequest, code: str) -> HttpResponse:
    """One register: take it out, take an empty one, bring a file."""
    return _register_page(request, code)


def _register_page(
    request: HttpRequest, code: str, *, problem: Any = "", status: int = 200
) -> HttpResponse:
    reader = reader_of(request)
    one = queries.register_coded(code, by=reader)
    context = {
        "title": _("%(register)s: import and export") % {"register": one.label}, "register": one,
        "mine": queries.sheets_of(reader, code), "problem": problem,
    }  # fmt: skip
    return page(request, "setup/sheet_register.html", context, status=status)


@signed_in
@require_GET
def content(request: HttpRequest, code: str) -> HttpResponseBase:
    """What is in the register, as the reader sees it; on record."""
    reader = reader_of(request)
    one = queries.register_coded(code, by=reader)
    file = _spooled()
    operations.take_out(one, file, by=reader)
    return _download(file, f"{_today()} {one.label}.xlsx")


@signed_in
@require_GET
def template(request: HttpRequest, code: str) -> HttpResponseBase:
    """An empty one to fill in, with what may stand where."""
    reader = reader_of(request)
    one = queries.register_coded(code, by=reader)
    file = _spooled()
    write_book(one, file, reader=reader, empty=True)
    return _download(file, _("%(register)s template.xlsx") % {"register": one.label})


@signed_in
@require_POST
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a file and try it; nothing changes yet."""
    reader = reader_of(request)
    one = queries.register_coded(code, by=reader)
    given = request.FILES.get("file")
    if given is None or isinstance(given, list) or given.file is None:
        return _register_page(request, code, problem=_("Choose a file first."), status=422)
    try:
        sheet = operations.bring_in(one, given.file, file_name=given.name or "", by=reader)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _register_page(request, code, problem=refusal.message, status=refusal.status)
    return redirect("setup:sheet", uid=sheet.uid)


@signed_in
@require_GET
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A file on its way: being read, its dry run, or what came of it."""
    found = queries.sheet_of(reader_of(request), uid)
    one = queries.register_coded(found.register, by=reader_of(request))
    report = queries.report_of(found)
    waits = queries.errand_waits(found)
    context = {
        "title": found.file_name or one.label, "sheet": found, "register": one, "report": report,
        "steps": _steps(one, report), "waits": waits,
        "stuck": not waits and found.state in (State.READING, State.APPLYING),
        "failed": _failed(found), "back": Link(one.label, ""),
        "has_logins": queries.has_logins(found), "several": len(one.parts) > 1,
        "percent": _percent(found),
    }  # fmt: skip
    return page(request, "setup/sheet.html", context)


@signed_in
@require_POST
def apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Do what the dry run told."""
    reader = reader_of(request)
    try:
        done = operations.apply_sheet(queries.sheet_of(reader, uid), by=reader)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed | NotFound):
            raise
        messages.error(request, str(refusal.message))
    else:
        if done.state == State.APPLIED:
            messages.success(request, _("Applied. The record keeps every change."))
    return redirect("setup:sheet", uid=uid)


@signed_in
@require_POST
def again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The dry run once more."""
    reader = reader_of(request)
    operations.try_out(queries.sheet_of(reader, uid), by=reader)
    return redirect("setup:sheet", uid=uid)


@signed_in
@require_POST
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the file up."""
    reader = reader_of(request)
    found = queries.sheet_of(reader, uid)
    operations.discard(found, by=reader)
    messages.success(request, _("The file was removed; nothing was changed."))
    return redirect("setup:sheet_register", code=found.register)


@signed_in
@require_POST
def passwords(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The first passwords of those whom the file enrolled, this once."""
    reader = reader_of(request)
    logins = operations.take_logins(queries.sheet_of(reader, uid), by=reader)
    back = Link(_("Done"), "")
    context = {"title": _("First passwords"), "logins": logins, "back": back, "uid": uid}
    answer = page(request, "setup/sheet_passwords.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _steps(one: Register, report: queries.Report) -> list[ShownStep]:
    heads = {column.name: column.head for part in one.parts for column in part.columns}
    return [
        ShownStep(
            step.row, step.sheet, step.title, step.added,
            [(heads.get(column, column), old, new) for column, old, new in step.changes],
        )
        for step in report.steps
    ]  # fmt: skip


def _failed(found: "Sheet") -> str:
    return found.errand.error_words if found.errand is not None else ""


def _percent(found: "Sheet") -> int | None:
    errand = found.errand
    return min(100 * errand.done // errand.total, 100) if errand and errand.total else None


def _spooled() -> IO[bytes]:
    return SpooledTemporaryFile(_IN_MEMORY)


def _download(file: IO[bytes], name: str) -> FileResponse:
    file.seek(0)
    answer = FileResponse(file, content_type=MIME, as_attachment=True, filename=name)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _today() -> str:
    return timezone.localdate(clock.now()).isoformat()
