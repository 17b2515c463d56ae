"""The inbox: what a person was told, by day, and where it leads; and how they want to be told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk.forms.manner import MannerForm
from gulou.desk.shell import page, reader_of
from gulou.kit.errors import Invalid
from gulou.notices import by_push, manners, operations
from gulou.notices import inbox as notices
from gulou.notices.kinds import KINDS
from gulou.ui.forms import refused_in
from gulou.ui.guards import public, signed_in


@signed_in
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What I was told: all or unread, of every kind or one."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    unread, before = "unread" in request.GET, _number(request.GET.get("before", ""))
    found = notices.inbox_of(reader_of(request), unread=unread, kind=kind, before=before)
    kinds = [("", _("Every kind")), *((one.code, one.label) for one in KINDS.values())]
    context = {
        "found": found, "only_unread": unread, "here": _address(unread, kind),
        "shows": [Chip(_("All"), _address(False, kind), not unread),
                  Chip(_("Unread"), _address(True, kind), unread)],
        "kinds": [Chip(words, _address(unread, code), code == kind) for code, words in kinds],
    }  # fmt: skip
    return page(request, "desk/inbox.html", context)


@dataclass(frozen=True)
class Chip:
    """One choice above the list."""

    words: Any
    url: str
    on: bool


def _address(unread: bool, kind: str) -> str:
    return "?" + urlencode(
        {**({"unread": "1"} if unread else {}), **({"kind": kind} if kind else {})}
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@signed_in
@require_GET
def told(request: HttpRequest, item_id: int) -> HttpResponse:
    """Open one: it is read, and leads to what it speaks of."""
    return redirect(notices.read_item(reader_of(request), item_id))


@signed_in
@require_POST
def unread(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep one for later."""
    notices.unread_item(reader_of(request), item_id)
    return redirect("desk:inbox")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything that stood on the page, and before, is read."""
    n = notices.read_all(reader_of(request), until=_number(request.POST.get("until", "")) or 0)
    messages.success(
        request, ngettext("One marked as read.", "%(n)d marked as read.", n) % {"n": n}
    )
    return redirect("desk:inbox")


@signed_in
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How I want to be told."""
    reader, status = reader_of(request), 200
    if "as_office" in request.POST:
        operations.forget_manner(by=reader)
        return _settled(request)
    mine = manners.manners_of([reader])[reader.pk]
    sent = request.POST if request.method == "POST" else None
    form = MannerForm(sent, chosen=mine.when, rhythm=mine.rhythm)
    if sent is not None:
        status = 422
        if form.is_valid():
            with refused_in(form):
                given = form.manner(but=manners.office_when, known=mine.by_kind)
                operations.choose_manner(given, by=reader)
                return _settled(request)
    unreached = [one.label for one in form.channels if not one.outlets([reader])]
    context = {
        "form": form, "unreached": unreached, "own": manners.has_own(reader),
        "duty": _(", ").join(str(one.label) for one in manners.duty_channels()),
        "push_key": by_push.public_key() if by_push.is_open() else "",
        "devices": by_push.devices_of(reader),
    }  # fmt: skip
    return page(request, "desk/inbox_settings.html", context, status=status)


def _settled(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved. What waits goes as you want it now."))
    return redirect("desk:inbox_settings")


@signed_in
@require_POST
def add_device(request: HttpRequest) -> HttpResponse:
    """This browser takes notices."""
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    agent = request.headers.get("User-Agent", "")
    try:
        by_push.add_device(by=reader_of(request), agent=agent, **given)
    except Invalid as wrong:
        messages.error(request, str(wrong.message))
    else:
        messages.success(request, _("This browser takes notices now."))
    return redirect("desk:inbox_settings")


@signed_in
@require_POST
def remove_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """A device of mine takes none any more."""
    by_push.remove_device(device_id, by=reader_of(request))
    messages.success(request, _("That device takes no notices any more."))
    return redirect("desk:inbox_settings")


@public
@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """The script that shows notices. It knows nothing of anybody."""
    answer = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


_WORKER = Path(__file__).parents[1] / "scripts" / "notices-worker.js"
