"""Whether faces and vehicle plates are looked for in pictures before the public sees them."""

from typing import Any

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
    # An empty box is an answer, too.
    sent = request.POST if request.method == "POST" else None
    form = CoveringForm(sent, initial={"on": queries.covering_is_on()})

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.switch_covering(by=reader_of(request), on=given["on"])
        messages.success(request, _("Saved. It holds for pictures that come from now on."))
        return redirect("setup:covers")

    return frame.form_page(
        request, form, save, title=_("Faces and plates"),
        back=Link(_("Setup"), reverse("setup:home")),
        lead=_("Pictures are looked at before the public can see them. This goes on record."),
    )  # fmt: skip
