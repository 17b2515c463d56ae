"""The first page of setup, and taking a change back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.calendars.queries import missing_words
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotAllowed, NotFound, Refusal
from gulou.setup.frame import page
from gulou.setup.sections import UNDO, sections_for
from gulou.ui.guards import signed_in


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this person may configure."""
    if not sections_for(reader_of(request)):
        raise NotAllowed(
            "setup.nothing",
            _("None of your postings lets you configure anything. Ask the district office."),
        )
    return page(request, "setup/home.html", {"missing": missing_words(reader_of(request))})


@signed_in
@require_POST
def undo(request: HttpRequest, room: str, event_id: int) -> HttpResponse:
    """Take a change back, where nothing newer stands in the way; the operation asks who may."""
    take_back = UNDO.get(room)
    if take_back is None:
        raise NotFound("setup.no_such_room", _("There is nothing to take back here."))
    try:
        take_back(event_id, by=reader_of(request))
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed | NotFound):
            raise
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Taken back. The record keeps both."))
    return redirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """The page one came from, if it is ours."""
    there = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()})
    return there if ours else "setup:home"
