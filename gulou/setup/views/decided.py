"""A decision of arbitration as a rule: on one click, with a look at what would move."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gulou.cases import operations
from gulou.cases import queries as cases
from gulou.cases.states import ARBITRATE
from gulou.catalogue import queries as catalogue
from gulou.catalogue.rule_words import RuleWords
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.places import queries as places
from gulou.setup import frame
from gulou.setup.frame import Link
from gulou.setup.views.rules import what_moves
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs

if TYPE_CHECKING:
    from gulou.cases.models import Arbitration, Case


class ScopeForm(forms.Form):
    """Where a decision holds from now on, and whether for this condition alone."""

    area = forms.TypedChoiceField(
        label=gettext_lazy("Where"), coerce=int, empty_value=None, required=False
    )
    condition = forms.TypedChoiceField(
        label=gettext_lazy("Condition"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, data: Any, *, case: "Case", offer: cases.Offer) -> None:
        draft = offer.draft
        super().__init__(data, initial={"area": draft.area_id, "condition": draft.condition_id})
        self.label_suffix = ""
        areas = places.area_refs()
        self._offer("area", [
            (pk or "", name_of(areas[pk]) if pk else _("the whole district"))
            for pk in cases.places_of(case)
        ])  # fmt: skip
        own = [c for c in catalogue.conditions_of(case.category_id) if c.id == case.condition_id]
        self._offer("condition", [("", _("Any condition")), *((c.id, name_of(c)) for c in own)])

    def _offer(self, name: str, offered: list[Any]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = offered


@needs(ARBITRATE.verb)
@require_http_methods(["GET", "POST"])
def decided(request: HttpRequest, number: str, arbitration: int) -> HttpResponse:
    """What the decision would be as a rule, and making it one."""
    case = cases.case_seen_by(reader_of(request), number)
    found = cases.arbitration_of(case, arbitration)
    if found is None or found.unit_id is None:
        raise NotFound("case.not_decided", _("There is no such decision."))
    reason = _reason(case, found)
    offer = cases.best_offer(case, found.unit_id, reason=reason)
    given = request.POST if request.method == "POST" else request.GET
    form = ScopeForm(given or None, case=case, offer=offer)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            status, asked = 200, form.cleaned_data
            offer = cases.offer_of(
                case, found.unit_id, area_id=asked["area"], condition_id=asked["condition"],
                reason=reason,
            )  # fmt: skip
            if frame.confirmed(request):
                with refused_in(form) as outcome:
                    rule = operations.make_rule_of(
                        case, found.pk, by=reader_of(request), area_id=asked["area"],
                        condition_id=asked["condition"], reason=reason,
                    )  # fmt: skip
                    said = _("Rule %(rule)s holds from today on.") % {"rule": rule.pk}
                    messages.success(request, said)
                    return redirect("desk:record", number=number)
                status = outcome.status
    return _page(request, case, form, offer, status)


def _reason(case: "Case", found: "Arbitration") -> str:
    day = timezone.localdate(found.decided_at).isoformat() if found.decided_at else ""
    return _("Arbitration of case %(number)s, %(day)s") % {"number": case.number, "day": day}


def _page(
    request: HttpRequest, case: "Case", form: ScopeForm, offer: cases.Offer, status: int
) -> HttpResponse:
    words, rule = RuleWords(), offer.draft.as_ref()
    sentence = _("%(what)s in %(where)s belongs to %(unit)s.") % {
        "what": words.what(rule), "where": words.where(rule), "unit": words.lead(rule),
    }  # fmt: skip
    draft = offer.draft
    hidden = [("area", str(draft.area_id or "")), ("condition", str(draft.condition_id or ""))]
    return what_moves(
        request, offer.change, title=_("A rule from the arbitration of %(case)s") % {"case": case.number},
        sentence=sentence, hidden=hidden, back=Link(_("Back"), reverse("desk:record", args=[case.number])),
        template="setup/rule_decided.html", status=status, form=form, offer=offer,
    )  # fmt: skip
