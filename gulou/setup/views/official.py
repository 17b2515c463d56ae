"""Whether the district office is entitled to issue official documents, and under which sign."""

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
from gulou.orders import operations, queries
from gulou.setup import frame
from gulou.setup.frame import Link
from gulou.ui.guards import needs
from gulou.ui.times import moment


class OfficialForm(forms.Form):
    """Off unless the office is such a body."""

    on = forms.BooleanField(
        label=gettext_lazy("The office is entitled to issue official documents"), required=False,
        help_text=gettext_lazy("Without it there are lists, hand-over and reminder sheets, which are working papers."),
    )  # fmt: skip
    body = forms.CharField(
        label=gettext_lazy("Issuing body, as in the red head"), required=False, max_length=60
    )
    sign = forms.CharField(
        label=gettext_lazy("Sign before the year, as in 鼓创督〔2026〕1号"), required=False,
        max_length=20,
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def official(request: HttpRequest) -> HttpResponse:
    """The switch, and who turned it last."""
    now = queries.official_set()
    first = {"on": now.on, "body": now.body, "sign": now.sign} if now else {}
    form = OfficialForm(request.POST or None, initial=first)
    form.label_suffix = ""

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.switch_official(by=reader_of(request), **given)
        messages.success(request, _("Saved. It is on record who switched it."))
        return redirect("setup:official")

    facts = [(_("Last changed"), f"{now.by} · {moment(now.at)}")] if now else []
    return frame.form_page(
        request, form, save, title=_("Official documents"),
        back=Link(_("Office"), reverse("setup:office")), facts=facts,
        lead=_("Supervision notices (督办通知) in the layout of an official document, numbered through the year without gaps."),
    )  # fmt: skip
