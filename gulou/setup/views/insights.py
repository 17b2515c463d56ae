"""From what on something counts as a blind spot, a weak link or a hard problem."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.insights import history, operations, queries
from gulou.insights.states import RANGES, Limits
from gulou.setup import frame
from gulou.setup.catalogue_forms import Plain
from gulou.setup.frame import Link
from gulou.ui.guards import needs


def _number(name: str, hint: Any) -> forms.IntegerField:
    low, high = RANGES[name]
    label = history.LABELS[name]
    return forms.IntegerField(label=label, help_text=hint, min_value=low, max_value=high)


class LimitsForm(Plain):
    """The numbers that findings begin with."""

    least = _number(
        "least", gettext_lazy("With fewer it is not compared: small numbers say nothing.")
    )
    people = _number("people", gettext_lazy("Areas with fewer are listed, not compared."))
    metres = _number(
        "metres", gettext_lazy("Cases of one kind that lie so near to each other are at one place.")
    )
    times = _number(
        "times", gettext_lazy("So many of one kind; more where chance alone would bring as many.")
    )
    turns = _number(
        "turns",
        gettext_lazy("Given back, passed on, more time, suspended, reopened: all together."),
    )
    error = _number(
        "error",
        gettext_lazy("The share of what is named that may be chance. Smaller names less."),
    )


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def findings(request: HttpRequest) -> HttpResponse:
    """The office's numbers. What was done about findings keeps those it rested on."""
    form = LimitsForm(request.POST or None, initial=asdict(queries.limits()))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_limits(Limits(**given), by=reader_of(request))
        return frame.saved(request, "setup:findings")

    return frame.form_page(
        request, form, save, title=_("Blind spots"), back=Link(_("Setup"), reverse("setup:home")),
        lead=_("From what on something counts as a blind spot, a weak link or a hard problem."),
        links=[Link(_("See the findings"), reverse("desk:insights"), "target"),
               Link(_("History"), reverse("setup:findings_history"), "history")],
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def findings_history(request: HttpRequest) -> HttpResponse:
    """Who set what."""
    return frame.history_page(
        request, title=_("Blind spots"), changes=history.limits_history(reader_of(request)),
        room="insights", back=Link(_("Blind spots"), reverse("setup:findings")),
    )  # fmt: skip
