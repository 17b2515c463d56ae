"""Filing conditions of a category and their limits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gulou.cases import queries as cases
from gulou.catalogue import operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import ConditionRef
from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup.frame import Link, form_page, saved
from gulou.ui.guards import needs

from .ground import category_with_id, held_by, switch


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def condition_new(request: HttpRequest, category_id: int) -> HttpResponse:
    """A further filing condition."""
    found = category_with_id(category_id)
    form = forms.ConditionForm(request.POST or None, initial={"time_unit": "working_day"})
    del form.fields["is_default"]

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.add_condition(
            category_id, given, amount=given["amount"], time_unit=given["time_unit"],
            by=reader_of(request),
        )  # fmt: skip
        return saved(request, "setup:category", category_id=category_id)

    back = Link(name_of(found), reverse("setup:category", args=[category_id]))
    return form_page(request, form, save, title=_("Add a condition"), back=back)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, condition_id: int) -> HttpResponse:
    """One filing condition and its limit."""
    found = _condition(condition_id)
    above = category_with_id(found.category_id)
    first = {**held_by(forms.ConditionForm, found), "amount": found.limit.amount,
             "time_unit": found.limit.unit}  # fmt: skip
    form = forms.ConditionForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        reader = reader_of(request)
        limit = (given["amount"], given["time_unit"])
        operations.describe_condition(condition_id, given, by=reader)
        if limit != (found.limit.amount, found.limit.unit):
            operations.set_condition_limit(
                condition_id, amount=limit[0], time_unit=limit[1], by=reader
            )
        return saved(request, "setup:category", category_id=above.id)

    uses = cases.uses_of_condition(condition_id)
    return form_page(
        request, form, save,
        title=name_of(found), lead=name_of(above),
        back=Link(name_of(above), reverse("setup:category", args=[above.id])),
        facts=[(_("Open cases"), str(uses.open)), (_("Cases ever"), str(uses.ever))],
        ended="" if found.active else _("It is retired: cases that have it keep it."),
        acts=[switch(_("Retire"), _("Bring it back"), active=found.active,
                      url=reverse("setup:condition_switch", args=[condition_id]))],
    )  # fmt: skip


def _condition(condition_id: int) -> ConditionRef:
    for one in catalogue.category_tree():
        for found in catalogue.all_conditions_of(one.id):
            if found.id == condition_id:
                return found
    raise NotFound("catalogue.no_such_condition", _("There is no such condition."))


@needs(MANAGE)
@require_POST
def condition_switch(request: HttpRequest, condition_id: int) -> HttpResponse:
    """Offer a condition no longer, or again."""
    found = _condition(condition_id)
    operations.describe_condition(condition_id, {"active": not found.active}, by=reader_of(request))
    return saved(request, "setup:category", category_id=found.category_id)
