"""Whether faces and vehicle plates are looked for in pictures before the public sees them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.photos import operations, queries
from gulou.setup import frame
from gulou.setup.frame import Link
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs


class CoveringForm(forms.Form):
    """One switch."""

    on = forms.BooleanField(
        label=gettext_lazy("Look for faces and vehicle plates and cover them"), required=False,
        help_text=gettext_lazy(
            "Off means: a released picture shows everybody in it, but for what staff cover by hand."
        ),
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def covers(request: HttpRequest) -> HttpResponse:
    """The switch. Who turned it and when stands on record."""
    form = CoveringForm(request.POST or None, initial={"on": queries.covering_is_on()})
    status = 200
    if request.method == "POST":
        form, status = CoveringForm(request.POST), 422
        if form.is_valid():
            with refused_in(form) as outcome:
                operations.switch_covering(by=reader_of(request), on=form.cleaned_data["on"])
                messages.success(request, _("Saved. It holds for pictures that come from now on."))
                return redirect("setup:covers")
            status = outcome.status
    return frame.edit_page(
        request, title=_("Faces and plates"), form=form, back=Link(_("Setup"), reverse("setup:home")),
        lead=_("Pictures are looked at before the public can see them. This goes on record."),
        status=status,
    )  # fmt: skip
