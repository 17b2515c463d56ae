"""Forms of what the office decides of a case: whether it is one, whose it is, and with which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries, states
from gulou.cases.routing import routing_of
from gulou.catalogue import queries as catalogue
from gulou.desk import choices
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.places.coordinates import distance_m

from .ground import MoveForm, ReasonForm, id_field, number, words_field

if TYPE_CHECKING:
    from gulou.cases.models import Case


class FileForm(MoveForm):
    category = id_field(_("Category"))
    condition = id_field(_("Condition and limit"), required=False, radio=True)
    address = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    summary = forms.CharField(
        label=_("What the public reads"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text=_("In the office's words, with nothing personal."),
    )  # fmt: skip
    words = words_field(_("Words for the record"), rows=2)
    field_order = ("category", "condition", "address", "summary", "words")
    refreshed_by = {"category": "condition"}

    def fit(self) -> None:
        case = self.case
        said = "" if self.is_bound else _said(case)
        self.initial.setdefault("category", case.category_id)
        self.initial.setdefault("condition", case.condition_id)
        self.initial.setdefault("address", case.address)
        self.initial.setdefault("summary", case.summary)
        chosen = number(self.now("category"))
        offered = choices.categories(said)
        here = catalogue.category_refs().get(case.category_id)
        self.offer("category", _with(offered, case.category_id, here))
        self.offer("condition", choices.conditions(chosen))
        if chosen is not None and chosen != case.category_id:
            default = catalogue.default_condition(chosen)
            self.initial["condition"] = default.id if default else None


def _said(case: "Case") -> str:
    """What its reporters wrote, which points to categories."""
    return " ".join(case.reports.values_list("words__text", flat=True)[:5])


def _with(offered: list[Any], category_id: int, here: Any) -> list[Any]:
    """The choices, with the case's own category where it has been retired since."""
    ids = {pk for _words, group in offered for pk, _name in group}
    if category_id in ids or here is None:
        return offered
    return [*offered, (category_id, name_of(here))]


class TaskForm(MoveForm):
    unit = id_field(_("Unit"))
    person = id_field(_("Person"), required=False)
    words = words_field(_("What to look at"), rows=2)
    field_order = ("unit", "person", "words")
    refreshed_by = {"unit": "person"}

    def fit(self) -> None:
        refs = people.unit_refs().values()
        areas = {self.case.community_id, self.case.street_id} - {None}
        near = [u.id for u in refs if u.active and u.area_id in areas]
        near.sort(key=lambda pk: people.unit_refs()[pk].kind != "community")
        self.offer("unit", choices.units(first=near, first_words=str(_("Of this place"))))
        if near:
            self.initial.setdefault("unit", near[0])
        chosen = number(self.now("unit"))
        able = people.people_at([chosen], states.VERIFY.verb) if chosen else []
        self.able = {person.pk: person for person in able}
        self.offer("person", [("", _("Anybody there")), *choices.persons(able)])


class DispatchForm(MoveForm):
    unit = id_field(_("Unit responsible"))
    condition = id_field(_("Condition and limit"), required=False, radio=True)
    assisting = forms.TypedMultipleChoiceField(
        label=_("Assisting units"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple(),
    )  # fmt: skip
    words = words_field(_("Words for the unit"), rows=2)
    field_order = ("unit", "condition", "words", "assisting")
    folded = ("assisting",)

    def fit(self) -> None:
        self.routing = routing = routing_of(self.case)
        first = [routing.unit_id] if routing.unit_id else []
        units = choices.units(first=first, first_words=str(_("By the rule")))
        self.offer("unit", units if first else [("", str(_("Choose a unit"))), *units])
        self.offer("condition", choices.conditions(self.case.category_id))
        self.offer("assisting", choices.flat_units(first=routing.assisting_ids))
        self.initial.setdefault("unit", routing.unit_id)
        self.initial.setdefault("condition", self.case.condition_id)
        self.initial.setdefault("assisting", list(routing.assisting_ids))


class OnSpotForm(MoveForm):
    """Which unit puts it right within a day."""

    unit = id_field(_("Responsible unit"))

    def fit(self) -> None:
        """Offer the unit that the rule names first."""
        proposed = routing_of(self.case).unit_id
        first = [proposed] if proposed else []
        self.offer("unit", choices.units(first=first, first_words=str(_("By the rule"))))
        if proposed:
            self.initial.setdefault("unit", proposed)
        self.order_fields(["unit", "words"])


class DeclineForm(ReasonForm):
    move = states.DECLINE


class RedirectForm(ReasonForm):
    move = states.REDIRECT


class MergeForm(MoveForm):
    into = forms.ChoiceField(
        label=_("Open cases nearby"), required=False, widget=forms.RadioSelect()
    )
    number = forms.CharField(label=_("Or its number"), max_length=24, required=False)
    words = words_field(_("Words for the record"), rows=2)
    field_order = ("into", "number", "words")

    # The number of the other case as it was shown beside this one.
    compared = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput())

    def fit(self) -> None:
        alike = {one.row.id: one for one in queries.suspects(self.reader, self.case)}
        near = [(one.row, one.reasons) for one in alike.values()]
        for row in queries.neighbours(self.reader, self.case):
            if row.id not in alike:
                metres = round(distance_m(self.case.lat, self.case.lon, row.lat, row.lon))
                near.append((row, [_("%(metres)s m away") % {"metres": metres}]))
        self.offer("into", [(row.number, self._candidate(row, why)) for row, why in near])
        if not near:
            del self.fields["into"]
            self.fields["number"].label = _("Number of the other case")

    def _candidate(self, row: queries.Row, reasons: Sequence[str]) -> str:
        return " · ".join((row.number, row.category, row.place, *reasons))

    def choose(self, number: str) -> None:
        """Begin with this case chosen."""
        offered = "into" in self.fields and number in dict(self.fields["into"].choices)  # type: ignore[attr-defined]  # a choice field
        self.initial["into" if offered else "number"] = number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number = given.get("number") or given.get("into") or ""
        self.target = queries.cases_seen_by(self.reader).filter(number=number.strip()).first()
        if self.target is None and not self.errors:
            where = "number" if number or "into" not in self.fields else "into"
            self.add_error(where, _("Choose the case that answers for this one too."))
        return given
