"""How people of staff are told who say nothing, and what they cannot choose."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.desk.forms.manner import OfficeMannerForm
from gulou.desk.shell import reader_of
from gulou.notices import history, manners, operations
from gulou.notices.queries import MANAGE
from gulou.setup import frame
from gulou.setup.frame import Link
from gulou.ui.guards import needs


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def telling(request: HttpRequest) -> HttpResponse:
    """For each kind and channel how soon; quiet hours, digests; by what duties are always told."""
    sent = request.POST if request.method == "POST" else None
    form = OfficeMannerForm(sent, chosen=manners.office_when, rhythm=manners.office().rhythm)

    def save(_given: dict[str, Any]) -> HttpResponse:
        given = form.manner(but=manners.shipped, known=manners.office().by_kind)
        operations.set_office_manner(given, by=reader_of(request))
        return frame.saved(request, "setup:telling")

    return frame.form_page(
        request, form, save, title=_("Telling staff"), template="setup/telling.html",
        back=Link(_("Setup"), reverse("setup:home")),
        lead=_("How people are told who choose nothing themselves. The inbox always has everything."),
        links=[Link(_("History"), reverse("setup:telling_history"), "history")],
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def telling_history(request: HttpRequest) -> HttpResponse:
    """Who set what."""
    return frame.history_page(
        request, title=_("Telling staff"), changes=history.telling_history(reader_of(request)),
        room="telling", back=Link(_("Telling staff"), reverse("setup:telling")),
    )  # fmt: skip
