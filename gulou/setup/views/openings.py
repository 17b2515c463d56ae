"""Opening the public side, part by part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from gulou.cases.queries import released_stamp
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotAllowed, NotFound
from gulou.openings import operations
from gulou.openings.queries import Part, PartSeen, may_look, parts_seen_by
from gulou.setup.frame import page
from gulou.ui.forms import refused_in
from gulou.ui.guards import signed_in

_SHOWS = {
    Part.LIST: (_("Every released case with the office's summary, its released pictures, street and community, kind, unit, dates and steps; a page for each, and a feed."), "portal:cases"),
    Part.MAP: (_("The same cases as points in the middle of squares of a hundred metres, and the page of each."), "portal:map"),
    Part.STATISTICS: (_("Numbers of the last twelve months with their definitions: received, filed, closed, on time, time to close, opened again, satisfaction; by month, street and kind."), "portal:statistics"),
    Part.DATA: (_("All released cases as CSV and JSON Lines to download, under a free licence. What is downloaded cannot be called back."), "portal:data"),
}  # fmt: skip
_DONE = {
    "ask": _("Asked. Somebody else approves it."),
    "approve": _("“%(part)s” is open to everybody."),
    "close": _("“%(part)s” is closed."),
}
_ACTS: dict[str, Callable[..., Any]] = {
    "ask": operations.ask_opening,
    "approve": operations.approve_opening,
    "close": operations.close_opening,
}


class NoteForm(forms.Form):
    """What goes on record with a step."""

    note = forms.CharField(
        label=_("For the record"), required=False, max_length=500,
        help_text=_("Why, or by what it was approved: a meeting, a paper, its number."),
    )  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A part on the page, with the form of what can be done to it."""

    seen: PartSeen
    words: Any
    url: str
    form: NoteForm


@signed_in
@require_GET
def openings(request: HttpRequest) -> HttpResponse:
    """What is open, what would become public, and who let it."""
    return _page(request)


@signed_in
@require_POST
def act(request: HttpRequest, part: str, what: str) -> HttpResponse:
    """Ask for a part, approve it, or close it; the operation asks who may."""
    if part not in Part.values or what not in _ACTS:
        raise NotFound("opening.unknown", _("There is no such part."))
    form = NoteForm(request.POST, prefix=part)
    if form.is_valid():
        with refused_in(form):
            _ACTS[what](Part(part), by=reader_of(request), note=form.cleaned_data["note"])
            messages.success(request, _DONE[what] % {"part": Part(part).label})
            return redirect("setup:openings")
    return _page(request, refused=(part, form))


def _page(request: HttpRequest, refused: tuple[str, NoteForm] | None = None) -> HttpResponse:
    reader = reader_of(request)
    if not may_look(reader):
        raise NotAllowed(
            "opening.not_yours",
            _("Opening the public side is for the district office and who approves it."),
        )
    shown = [
        Shown(
            seen, _SHOWS[seen.part][0], reverse(_SHOWS[seen.part][1]),
            refused[1] if refused and refused[0] == seen.part else NoteForm(prefix=seen.part),
        )
        for seen in parts_seen_by(reader)
    ]  # fmt: skip
    context = {"title": _("Public side"), "parts": shown, "count": released_stamp()[0]}
    return page(request, "setup/openings.html", context, status=422 if refused else 200)
