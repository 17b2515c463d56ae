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
from gulou.setup.frame import Cell, Link, Nothing, Row, form_page, saved
from gulou.ui.guards import needs

from .ground import history_page


@needs(MANAGE)
@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """How long each step may take, and each category by its conditions."""
    steps = catalogue.all_step_limits()
    rows = [
        Row(label, reverse("setup:step_limit", args=[kind]), [Cell(limit_words(steps[kind])), Cell(" ")])
        for kind, label in STEP_NAMES.items() if kind in steps
    ]  # fmt: skip
    for (step, category_id, condition_id), limit in catalogue.special_limits().items():
        category = catalogue.category_refs()[category_id]
        condition = condition_id and catalogue.condition_ref(condition_id, category_id=category_id)
        rows.append(Row(
            f"{STEP_NAMES.get(step, step)} · {name_of(category)}",
            reverse("setup:own_limit") + f"?step={step}&category={category_id}&condition={condition_id or ''}",
            [Cell(limit_words(limit)), Cell(name_of(condition) if condition else " ")],
        ))  # fmt: skip
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
        add=Link(_("A limit of its own"), reverse("setup:own_limit")),
        links=[Link(_("Warnings"), reverse("setup:warnings"), "bell"), Link(_("History"), reverse("setup:limits_history"), "history")],
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
@require_http_methods(["GET", "POST"])
def own_limit(request: HttpRequest) -> HttpResponse:
    """How long a kind of step may take for one category, or one of its conditions."""
    asked = request.GET
    number = {name: int(asked[name]) if asked.get(name, "").isdigit() else None
              for name in ("category", "condition")}  # fmt: skip
    key = (asked.get("step", ""), number["category"] or 0, number["condition"])
    found = catalogue.special_limits().get(key)
    of = f"{key[1]}:{key[2]}" if key[2] else str(key[1] or "")
    first = {"step": key[0], "of": of, "amount": found.amount if found else 1,
             "time_unit": found.unit if found else "working_hour"}  # fmt: skip
    form = forms.OwnLimitForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        category, _colon, condition = given["of"].partition(":")
        operations.set_special_limit(
            given["step"], category_id=int(category),
            condition_id=int(condition) if condition else None,
            amount=given["amount"], time_unit=given["time_unit"], by=reader_of(request),
        )  # fmt: skip
        return saved(request, "setup:limits")

    return form_page(
        request, form, save, title=_("A limit of its own"),
        lead=_("For a step of one category, or of one of its conditions. Limits for handling stand with the condition itself."),
        back=Link(_("Limits"), reverse("setup:limits")),
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def warnings(request: HttpRequest) -> HttpResponse:
    """Who is told when so many percent of a limit have gone by."""
    form = forms.WarningsForm(request.POST or None, initial=forms.warnings_as_given())

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_warning_marks(forms.marks_given(given), by=reader_of(request))
        return saved(request, "setup:limits")

    return form_page(
        request, form, save, title=_("Warnings"),
        lead=_("Who is told when so much of a limit has gone by, once each. Where nobody is there, it is told one level higher."),
        back=Link(_("Limits"), reverse("setup:limits")),
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def limits_history(request: HttpRequest) -> HttpResponse:
    """What happened to the limits."""
    back = Link(_("Limits"), reverse("setup:limits"))
    return history_page(request, _("History of the limits"), history.LIMITS, back)
