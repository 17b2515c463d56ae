"""What the public reads of the office at the foot of every page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Name of the site, address, hours, complaints, registration."""
    now, status = imprint(), 200
    form = ImprintForm(request.POST or None, initial={name: getattr(now, name) for name in FIELDS})
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                operations.describe_imprint(form.cleaned_data, by=reader_of(request))
                messages.success(request, _("Saved. The history takes it back."))
                return redirect("setup:office")
            status = outcome.status
    return frame.edit_page(
        request, title=_("Office"), form=form, back=Link(_("Setup"), reverse("setup:home")),
        lead=_("The public reads this on every page. What is empty is not shown."), status=status,
        links=[Link(_("See the public page"), "/", "external-link"),
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
