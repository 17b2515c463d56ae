"""Many cases at once: choose, look once more, do it, and read case by case how it went."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gulou.cases import states
from gulou.desk import bulk as bulks
from gulou.desk.bulk import Bulk, One
from gulou.desk.filters import asked
from gulou.desk.shell import page, reader_of
from gulou.desk.views.printing import MOST as MOST_PRINTED
from gulou.ui.guards import signed_in

TELL_WITHIN = int(states.UNDO_WITHIN.total_seconds())


@signed_in
@require_POST
def bulk(request: HttpRequest, name: str) -> HttpResponse:
    """The page of one move on the chosen cases; with `go`, the move itself."""
    chosen = bulks.bulk_of(name)
    by = reader_of(request)
    found = bulks.selected(by, request.POST, most=chosen.most)
    for one in found.ones:
        chosen.prepare(by, one)
    pictures = [photo for one in found.ones for photo in one.photos]
    more: dict[str, Any] = {"photos": pictures} if chosen.move == states.RELEASE else {}
    going = request.POST.get("go") == "1" and bool(found.ones)
    form = chosen.form(request.POST, **more) if going else chosen.form(**more)
    status = 200
    if going:
        if form.is_valid():
            bulks.run(chosen, found.ones, form.cleaned_data, by=by)
        else:
            status = 422
    return _page(request, chosen, found.ones, form, beyond=found.beyond, status=status)


def _page(
    request: HttpRequest, chosen: Bulk, ones: list[One], form: Any, *, beyond: bool, status: int
) -> HttpResponse:
    done = [one for one in ones if one.outcome == "done"]
    left = [one for one in ones if one.outcome != "done"]
    context = {
        "bulk": chosen, "form": form, "done": done, "left": left, "beyond": beyond,
        "tried": any(one.outcome for one in ones), "most": chosen.most,
        "undo_within": TELL_WITHIN if chosen.move.undo else 0,
        "back_url": asked(request.POST).list_url, "carried": _carried(request),
    }  # fmt: skip
    return page(request, "desk/bulk.html", context, status=status)


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    ask = asked(request.POST)
    return [(name, value) for name, value in ask.values.items() if value]


@signed_in
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was just done to these cases."""
    by = reader_of(request)
    found = bulks.selected(by, request.POST, moved=True)
    bulks.undo(found.ones, by=by)
    context = {
        "done": [one for one in found.ones if one.outcome == "done"],
        "left": [one for one in found.ones if one.outcome != "done"],
        "back_url": asked(request.POST).list_url,
    }
    return page(request, "desk/undone.html", context)


@signed_in
@require_POST
def printed(request: HttpRequest) -> HttpResponse:
    """The chosen cases on paper, the first of them where there are too many for once."""
    found = bulks.selected(reader_of(request), request.POST, most=MOST_PRINTED)
    if not found.ones:
        return redirect(f"{reverse('desk:cases')}?{asked(request.POST).list_url}")
    if found.beyond:
        messages.info(request, _("Only the first %(n)d are printed.") % {"n": MOST_PRINTED})
    numbers = [("number", one.case.number) for one in found.ones]
    return redirect(f"{reverse('desk:print')}?{urlencode(numbers)}")
