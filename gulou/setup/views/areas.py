"""The areas of the district: names, what uses them, retiring them. Borders come from files."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.cases import queries as cases
from gulou.catalogue import operations as catalogue
from gulou.catalogue.queries import rules_about
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.verbs import PLACES
from gulou.places import history, operations
from gulou.places import queries as places
from gulou.places.queries import AreaSeen
from gulou.setup import frame
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
from gulou.setup.views.places import allowed
from gulou.ui.guards import needs


class AreaForm(forms.Form):
    """What an area is called."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    population = forms.IntegerField(
        label=gettext_lazy("People who live there"), required=False, min_value=0,
        help_text=gettext_lazy("So that quiet places can be told from small ones. Empty: not known."),
    )  # fmt: skip
    population_year = forms.IntegerField(label=gettext_lazy("Year of the count"), required=False)
    population_source = forms.CharField(
        label=gettext_lazy("Source of the count"), max_length=120, required=False,
        help_text=gettext_lazy("Such as the census, or the register of the street."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.label_suffix = ""


def _back() -> Link:
    return Link(_("Areas"), reverse("setup:areas"))


@needs(PLACES)
@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """The tree of areas, with where each border comes from."""
    kept = request.GET.get("show") == "all"
    levels = {level.id: level for level in places.levels()}
    found = [one for one in places.all_areas() if one.active or kept]
    rows = [
        Row(
            name_of(one), reverse("setup:area", args=[one.id]), depth=levels[one.level_id].rank,
            ended=not one.active,
            badges=[] if one.active else [Cell(_("Retired"), "waiting", "archive")],
            cells=[Cell(name_of(levels[one.level_id])), Cell(one.code, faint=True), _review(one)],
        )
        for one in found
    ]  # fmt: skip
    return frame.list_page(
        request,
        title=_("Areas"),
        lead=_("The district and what it is divided into. Borders come from files, on the server: gulou import areas. Its --dry-run says what a file would change."),
        columns=[_("Area"), _("Level"), _("Code"), _("Border")],
        rows=rows,
        nothing=Nothing(_("No areas yet"), _("They come with the borders of the district.")),
        links=[*frame.sheets_link("areas"),
               Link(_("History"), reverse("setup:areas_history"), "history")],
        chips=[Link(_("In use"), "?", on=not kept), Link(_("Retired too"), "?show=all", on=kept)],
    )  # fmt: skip


def _review(one: AreaSeen) -> Cell:
    if one.synthetic:
        return Cell(_("made up"), "waiting", "flask")
    if one.review_number:
        return Cell(one.review_number)
    return Cell(_("without a review number"), faint=True)


def _area(area_id: int) -> AreaSeen:
    for one in places.all_areas():
        if one.id == area_id:
            return one
    raise NotFound("area.unknown", _("There is no such area."))


@needs(PLACES)
@require_http_methods(["GET", "POST"])
def area(request: HttpRequest, area_id: int) -> HttpResponse:
    """One area: its names, and what uses it."""
    found = _area(area_id)
    form = AreaForm(request.POST or None, initial=asdict(found))

    def save(given: dict[str, Any]) -> HttpResponse:
        actor = allowed(request)
        names = {name: given[name] for name in ("name_zh", "name_en")}
        with transaction.atomic():
            operations.describe_area(area_id, **names, actor=actor)
            operations.count_people(
                area_id, population=given["population"], year=given["population_year"],
                source=given["population_source"], actor=actor,
            )  # fmt: skip
        return frame.saved(request, "setup:area", area_id=area_id)

    switch = reverse("setup:area_switch", args=[area_id])
    retire = Act(_("Retire"), switch, "archive", posts=True, danger=True,
                 hint=_("Only once nothing above uses it."))  # fmt: skip
    bring = Act(_("Bring it back"), switch, "arrow-back-up", posts=True)
    return frame.form_page(
        request, form, save, title=name_of(found), lead=found.code, back=_back(),
        facts=_facts(found),
        ended="" if found.active else _("It is retired: cases that have it keep it."),
        links=[Link(_("History"), reverse("setup:area_history", args=[area_id]), "history")],
        acts=[retire if found.active else bring],
    )  # fmt: skip


def _facts(one: AreaSeen) -> list[tuple[Any, Any]]:
    uses = cases.uses_of_area(one.id)
    units = [name_of(u) for u in people.unit_refs().values() if u.active and u.area_id == one.id]
    return [
        (_("Border"), _review(one).words),
        (_("Units that look after it"), _(", ").join(units)),
        (_("Rules that name it"), ", ".join(str(rule.id) for rule in rules_about(area_id=one.id))),
        (_("Open cases"), str(uses.open)),
        (_("Cases ever"), str(uses.ever)),
    ]


@needs(PLACES)
@require_POST
def area_switch(request: HttpRequest, area_id: int) -> HttpResponse:
    """Use an area no longer for new places, or again."""
    actor = allowed(request)
    if _area(area_id).active:
        catalogue.retire_area(area_id, by=reader_of(request))
    else:
        operations.restore_area(area_id, actor=actor)
    return frame.saved(request, "setup:area", area_id=area_id)


@needs(PLACES)
@require_GET
def areas_history(request: HttpRequest) -> HttpResponse:
    """What happened to the areas."""
    return frame.history_page(
        request, title=_("History of the areas"), changes=history.area_history(), room="places",
        back=_back(),
    )  # fmt: skip


@needs(PLACES)
@require_GET
def area_history(request: HttpRequest, area_id: int) -> HttpResponse:
    """What happened to one area."""
    found = _area(area_id)
    return frame.history_page(
        request, title=_("History of %(thing)s") % {"thing": name_of(found)},
        changes=history.area_history(area_id), room="places",
        back=Link(name_of(found), reverse("setup:area", args=[area_id])),
    )  # fmt: skip
