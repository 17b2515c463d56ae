"""How long each step may take."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.catalogue import history, operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import MANAGE, STEP_NAMES
from gulou.desk.choices import limit_words
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Cell, Link, Nothing, Row
from gulou.ui.guards import needs

from .ground import form_page, history_page, saved


@needs(MANAGE)
@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """How long each step may take, and each category by its conditions."""
    steps = catalogue.all_step_limits()
    rows = [
        Row(label, reverse("setup:step_limit", args=[kind]), [Cell(limit_words(steps[kind])), Cell(" ")])
        for kind, label in STEP_NAMES.items() if kind in steps
    ]  # fmt: skip
    for one in catalogue.categories():
        rows += [
            Row(name_of(one), reverse("setup:condition", args=[condition.id]),
                [Cell(limit_words(condition.limit)), Cell(name_of(condition))], depth=1)
            for condition in catalogue.conditions_of(one.id)
        ]  # fmt: skip
    return frame.list_page(
        request,
        title=_("Limits"),
        lead=_("How long each step may take; handling by category and condition. A changed limit is for what begins afterwards: deadlines that run do not move."),
        columns=[_("Step or category"), _("Limit"), _("Condition")],
        rows=rows,
        nothing=Nothing(_("No limits yet"), _("They come with the shipped lists.")),
        links=[Link(_("History"), reverse("setup:limits_history"), "history")],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def step_limit(request: HttpRequest, kind: str) -> HttpResponse:
    """How long one kind of step may take."""
    found = catalogue.step_limit(kind)
    if found is None:
        raise NotFound("catalogue.no_such_step", _("No limit is kept for this kind of step."))
    form = forms.LimitForm(
        request.POST or None, initial={"amount": found.amount, "time_unit": found.unit}
    )

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_step_limit(kind, **given, by=reader_of(request))
        return saved(request, "setup:limits")

    return form_page(
        request, form, save, title=STEP_NAMES.get(kind, kind),
        lead=_("For what begins from now on. What is under way keeps its deadline."),
        back=Link(_("Limits"), reverse("setup:limits")),
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def limits_history(request: HttpRequest) -> HttpResponse:
    """What happened to the limits."""
    back = Link(_("Limits"), reverse("setup:limits"))
    return history_page(request, _("History of the limits"), history.LIMITS, back)
