"""What the public reads of the office at the foot of every page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.catalogue import history, operations
from gulou.catalogue.imprint import FIELDS, imprint
from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.setup import frame
from gulou.setup.catalogue_forms import ImprintForm
from gulou.setup.frame import Link
from gulou.ui.guards import needs


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Name of the site, address, hours, complaints, registration."""
    now = imprint()
    form = ImprintForm(request.POST or None, initial={name: getattr(now, name) for name in FIELDS})

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_imprint(given, by=reader_of(request))
        return frame.saved(request, "setup:office")

    return frame.form_page(
        request, form, save, title=_("Office"), back=Link(_("Setup"), reverse("setup:home")),
        lead=_("The public reads this on every page. What is empty is not shown."),
        links=[Link(_("See the public page"), "/", "external-link"),
               Link(_("Official documents"), reverse("setup:official"), "rubber-stamp"),
               Link(_("History"), reverse("setup:office_history"), "history")],
        template="setup/office.html",
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def office_history(request: HttpRequest) -> HttpResponse:
    """What was said of the office before."""
    return frame.history_page(
        request, title=_("History of what is said of the office"),
        changes=history.history(history.IMPRINT), room="catalogue",
        back=Link(_("Office"), reverse("setup:office")),
    )  # fmt: skip
