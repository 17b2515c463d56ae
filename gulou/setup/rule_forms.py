"""A rule as a form: where, what, under which condition, and who leads."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import queries as catalogue
from gulou.catalogue.operations import RuleDraft
from gulou.catalogue.queries import CategoryRef, RuleRef
from gulou.catalogue.states import Lead
from gulou.desk import choices
from gulou.kit.words import name_of
from gulou.people.queries import today, unit_refs
from gulou.places import queries as places

if TYPE_CHECKING:
    from django.http import QueryDict

REFUSED = {
    "area_id": "area", "category_id": "category", "condition_id": "condition", "unit": "leads",
    "lead": "leads",
}  # fmt: skip
_REFRESH = {
    "hx-get": "", "hx-trigger": "change", "hx-target": "#part-condition",
    "hx-select": "#part-condition", "hx-swap": "outerHTML",
}  # fmt: skip


def areas(*, first: Any) -> list[Any]:
    """The areas by level, fine levels last; `first` stands for all of them."""
    groups: dict[str, list[tuple[int, str]]] = {}
    levels = {level.code: name_of(level) for level in places.levels()}
    for area in places.area_refs().values():
        groups.setdefault(levels.get(area.level, area.level), []).append((area.id, name_of(area)))
    return [("", first), *groups.items()]


def categories(*, first: Any, but_for: int | None = None) -> list[Any]:
    """Classes and their subclasses; `first` stands for any, `but_for` is there even if retired."""
    groups: list[Any] = [("", first)]
    for above, below in catalogue.categories_by_class():
        whole = _("%(name)s: all of it") % {"name": name_of(above)}
        groups.append((name_of(above), [(above.id, whole), *((c.id, name_of(c)) for c in below)]))
    known = {pk for _label, group in groups[1:] for pk, _words in group}
    own: CategoryRef | None = catalogue.category_refs().get(but_for or 0)
    if own is not None and own.id not in known:
        groups.append((own.id, name_of(own)))
    return groups


def leaders() -> list[Any]:
    """The two that depend on the place, and every unit at work."""
    of_place = [
        (Lead.STREET.value, Lead.STREET.label),
        (Lead.COMMUNITY.value, Lead.COMMUNITY.label),
    ]
    return [("", _("Choose who leads")), (_("Whoever looks after the place"), of_place),
            *choices.units()]  # fmt: skip


class RuleForm(forms.Form):
    """What a rule says. `leads` is the id of a unit, or "street" or "community"."""

    category = forms.TypedChoiceField(
        label=_("Category"), coerce=int, empty_value=None, required=False,
        widget=forms.Select(attrs=_REFRESH),
    )  # fmt: skip
    condition = forms.TypedChoiceField(
        label=_("Condition"), coerce=int, empty_value=None, required=False
    )
    area = forms.TypedChoiceField(label=_("Area"), coerce=int, empty_value=None, required=False)
    leads = forms.ChoiceField(label=_("Who leads"))
    assisting = forms.TypedMultipleChoiceField(
        label=_("Assisting units"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple(),
    )  # fmt: skip
    certain = forms.BooleanField(
        label=_("Certain: an inspector's report goes there without a dispatcher"), required=False
    )
    verify_first = forms.BooleanField(
        label=_("Verify first: the community looks at a resident's report before it is filed"),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why it is so"), required=False, max_length=200,
        help_text=_("Shown to the unit and the dispatcher, for example the document that says so."),
    )  # fmt: skip
    since = forms.DateField(
        label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("No longer holds from"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(
        self,
        data: "QueryDict | None" = None,
        *,
        rule: RuleRef | None = None,
        asked: "QueryDict | None" = None,
    ) -> None:
        super().__init__(data, initial=_initial(rule, asked))
        self.label_suffix = ""
        self._offer("area", areas(first=_("the whole district")))
        own = rule.category_id if rule else None
        self._offer("category", categories(first=_("Any problem"), but_for=own))
        self._offer("condition", self._conditions())
        self._offer("leads", leaders())
        self._offer("assisting", choices.flat_units())

    def draft(self) -> RuleDraft:
        """What was asked for."""
        given = self.cleaned_data
        leads = given["leads"]
        of_place = leads in (Lead.STREET, Lead.COMMUNITY)
        return RuleDraft(
            area_id=given["area"], category_id=given["category"], condition_id=given["condition"],
            lead=leads if of_place else Lead.UNIT.value, unit_id=None if of_place else int(leads),
            assisting_ids=tuple(given["assisting"]), certain=given["certain"],
            verify_first=given["verify_first"], reason=given["reason"], since=given["since"],
            until=given["until"],
        )  # fmt: skip

    def _offer(self, name: str, offered: Iterable[Any]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = list(offered)

    def _conditions(self) -> list[Any]:
        chosen = self.data.get("category") if self.is_bound else self.initial.get("category")
        return [("", _("Any condition")), *choices.conditions(_number(chosen))]


class EndForm(forms.Form):
    """From which day on a rule no longer holds."""

    on = forms.DateField(
        label=_("No longer holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, data: "QueryDict | None" = None) -> None:
        super().__init__(data, initial={"on": today()})
        self.label_suffix = ""


class TryForm(forms.Form):
    """A place and a problem, to ask whose it is."""

    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    category = forms.TypedChoiceField(
        label=_("Category"), coerce=int, widget=forms.Select(attrs=_REFRESH)
    )
    condition = forms.TypedChoiceField(
        label=_("Condition"), coerce=int, empty_value=None, required=False
    )
    on = forms.DateField(
        label=_("By the rules of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False,
    )  # fmt: skip

    def __init__(self, data: "QueryDict | None" = None) -> None:
        super().__init__(data or None, initial={"on": today()})
        self.label_suffix = ""
        offered = [("", _("Choose a category")), *choices.categories()]
        cast("forms.ChoiceField", self.fields["category"]).choices = offered
        chosen = self.data.get("category") if self.is_bound else None
        found = [("", _("The ordinary one")), *choices.conditions(_number(chosen))]
        cast("forms.ChoiceField", self.fields["condition"]).choices = found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("lat") is None or given.get("lon") is None:
            raise forms.ValidationError(_("Choose a place on the map."))
        return given


def _number(chosen: Any) -> int | None:
    text = str(chosen or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _initial(rule: RuleRef | None, asked: "QueryDict | None") -> dict[str, Any]:
    first: dict[str, Any] = {"since": today()}
    if rule is not None:
        first |= {
            "area": rule.area_id, "category": rule.category_id, "condition": rule.condition_id,
            "leads": rule.unit_id if rule.lead == Lead.UNIT else rule.lead,
            "assisting": list(rule.assisting_ids), "certain": rule.certain,
            "verify_first": rule.verify_first, "reason": rule.reason, "until": rule.until,
            "since": max(rule.since, today()),
        }  # fmt: skip
    for name in ("category", "area", "leads"):
        if asked and asked.get(name):
            first[name] = asked[name]
    return first


def unit_choices() -> list[Any]:
    """Every unit that some rule leads to, for the filter."""
    refs = unit_refs()
    ids = {rule.unit_id for rule in catalogue.all_rules() if rule.unit_id in refs}
    return sorted(((id, name_of(refs[id])) for id in ids if id), key=lambda one: one[1])
