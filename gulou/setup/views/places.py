"""Named places, by which people find where something is, and the levels of areas."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.verbs import PLACES
from gulou.places import history, operations
from gulou.places import queries as places
from gulou.places.queries import LevelRef, PlaceSeen
from gulou.setup import frame
from gulou.setup.catalogue_forms import Plain
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs

edit = require_http_methods(["GET", "POST"])


class PlaceForm(Plain):
    """A place as people call it, and where it is."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    aliases = forms.CharField(
        label=gettext_lazy("Also called"), max_length=600, required=False,
        help_text=gettext_lazy("Other names that people search for, apart by commas."),
    )  # fmt: skip
    kind = forms.CharField(
        label=gettext_lazy("Kind of place"), max_length=40, required=False,
        help_text=gettext_lazy("Such as park, school, market."),
    )  # fmt: skip
    lat = forms.FloatField(min_value=-90, max_value=90, required=False)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False)

    def clean_aliases(self) -> list[str]:
        """Names apart by any comma that people type."""
        given = str(self.cleaned_data["aliases"])
        for comma in "，、;；\n":
            given = given.replace(comma, ",")
        return [name for one in given.split(",") if (name := one.strip())]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("lat") is None or given.get("lon") is None:
            self.add_error(None, _("Put the pin where the place is."))
        return given


class LevelForm(Plain):
    """A level of areas."""

    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=40)
    rank = forms.IntegerField(
        label=gettext_lazy("Rank"), min_value=0, max_value=99,
        help_text=gettext_lazy("0 is the whole district; a larger number is a finer level."),
    )  # fmt: skip
    code_length = forms.IntegerField(
        label=gettext_lazy("Length of codes"), min_value=1, max_value=40, required=False,
        help_text=gettext_lazy("So many characters has the code of each area; empty: any number."),
    )  # fmt: skip
    overlapping = forms.BooleanField(
        label=gettext_lazy("Areas may overlap"), required=False,
        help_text=gettext_lazy("Where they do, the smallest counts."),
    )  # fmt: skip


class NewLevelForm(LevelForm):
    """A level of the office's own."""

    code = forms.SlugField(
        label=gettext_lazy("Short code"), max_length=20,
        help_text=gettext_lazy("Short and never changed: files name it so."),
    )  # fmt: skip
    field_order = ("code",)


def allowed(request: HttpRequest) -> str:
    """Who acts. Places stand below people: whether they may is asked here."""
    reader = reader_of(request)
    access.require(reader, PLACES, unit_id=people.office().id)
    return reader.actor


# Named places ------------------------------------------------------------------------------------


def _places() -> Link:
    return Link(_("Named places"), reverse("setup:places"))


@needs(PLACES)
@require_GET
def named_places(request: HttpRequest) -> HttpResponse:
    """The places that people name, to search and page through."""
    text, retired = request.GET.get("q", "").strip(), request.GET.get("show") == "retired"
    number = request.GET.get("page", "1")
    page = min(int(number), 100_000) if number.isdecimal() and int(number) else 1
    found = places.listed_places(text, retired=retired, page=page)
    rows = [
        Row(name_of(one), reverse("setup:place", args=[one.id]), ended=not one.active,
            cells=[Cell(_(", ").join(one.aliases)), Cell(one.kind), Cell(_lies_in(one))])
        for one in found.places
    ]  # fmt: skip
    empty = Nothing(
        _("No place found"),
        _("Try a shorter word, or add the place.") if text
        else _("Add places one by one here, or many from a file: gulou import places."),
    )  # fmt: skip
    total = ngettext("%(n)d place", "%(n)d places", found.total) % {"n": found.total}

    def address(**to: Any) -> str:
        asked = QueryDict(mutable=True)
        asked.update(
            {k: v for k, v in {"q": text, "show": "retired" if retired else ""}.items() if v}
        )
        asked.update(to)
        return f"?{asked.urlencode()}"

    return frame.list_page(
        request, title=_("Named places"), template="setup/places.html",
        lead=_("By these names people find where something is, when they report and at the desk."),
        columns=[_("Named place"), _("Also called"), _("Kind of place"), _("Lies in")], rows=rows, nothing=empty,
        add=Link(_("Add a place"), reverse("setup:new_place")),
        links=[*frame.sheets_link("places"), Link(_("History"), reverse("setup:places_history"), "history")],
        chips=[Link(_("In use"), "?", on=not retired), Link(_("Retired"), "?show=retired", on=retired)],
        text=text, retired=retired, total=total,
        newer=address(page=page - 1) if page > 1 else "",
        older=address(page=page + 1) if found.more else "",
    )  # fmt: skip


def _lies_in(one: PlaceSeen) -> str:
    chain = places.locate(one.lat, one.lon).chain
    return name_of(chain[-1]) if chain else ""


def _place_page(
    request: HttpRequest, form: PlaceForm, save: Callable[[dict[str, Any]], HttpResponse],
    **page: Any,
) -> HttpResponse:  # fmt: skip
    return frame.form_page(request, form, save, back=_places(), template="setup/place.html", **page)


@needs(PLACES)
@edit
def new_place(request: HttpRequest) -> HttpResponse:
    """A place that is not there yet."""

    def save(given: dict[str, Any]) -> HttpResponse:
        made = operations.add_named_place(**given, actor=allowed(request))
        return frame.saved(request, "setup:place", place_id=made.pk)

    form = PlaceForm(request.POST or None)
    return _place_page(request, form, save, title=_("Add a place"), word=_("Add"))


@needs(PLACES)
@edit
def place(request: HttpRequest, place_id: int) -> HttpResponse:
    """One place: its names, its pin, taking it out of use."""
    found = places.place_seen(place_id)
    now = {name: getattr(found, name) for name in PlaceForm.base_fields}
    form = PlaceForm(request.POST or None, initial={**now, "aliases": _(", ").join(found.aliases)})

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.change_place(place_id, **given, actor=allowed(request))
        return frame.saved(request, "setup:place", place_id=place_id)

    switch = reverse("setup:place_switch", args=[place_id])
    return _place_page(
        request, form, save, title=name_of(found), lead=_lies_in(found),
        ended="" if found.active else _("It is retired: nobody finds it. Cases there are as before."),
        links=[Link(_("History"), reverse("setup:place_history", args=[place_id]), "history")],
        acts=[
            Act(_("Retire"), switch, "archive", posts=True, danger=True,
                hint=_("Nobody finds it any more. Cases there stay as they are."))
            if found.active else Act(_("Bring it back"), switch, "arrow-back-up", posts=True)
        ],
    )  # fmt: skip


@needs(PLACES)
@require_POST
def place_switch(request: HttpRequest, place_id: int) -> HttpResponse:
    """Let a place be found no longer, or again."""
    actor = allowed(request)
    if places.place_seen(place_id).active:
        operations.retire_place(place_id, actor=actor)
    else:
        operations.restore_place(place_id, actor=actor)
    return frame.saved(request, "setup:place", place_id=place_id)


@needs(PLACES)
@require_GET
def places_history(request: HttpRequest) -> HttpResponse:
    """What happened to the places."""
    return frame.history_page(
        request, title=_("History of the named places"), changes=history.place_history(),
        room="places", back=_places(),
    )  # fmt: skip


@needs(PLACES)
@require_GET
def place_history(request: HttpRequest, place_id: int) -> HttpResponse:
    """What happened to one place."""
    found = places.place_seen(place_id)
    return frame.history_page(
        request, title=_("History of %(thing)s") % {"thing": name_of(found)},
        changes=history.place_history(place_id), room="places",
        back=Link(name_of(found), reverse("setup:place", args=[place_id])),
    )  # fmt: skip


# Levels of areas ---------------------------------------------------------------------------------


def _levels() -> Link:
    return Link(_("Levels of areas"), reverse("setup:levels"))


def _level(code: str) -> LevelRef:
    for one in places.levels():
        if one.code == code:
            return one
    raise NotFound("level.unknown", _("There is no such level."))


@needs(PLACES)
@require_GET
def levels(request: HttpRequest) -> HttpResponse:
    """The levels, coarse to fine, with how many areas each has."""
    rows = [
        Row(name_of(one), reverse("setup:level", args=[one.code]), ended=not one.active,
            badges=[] if one.active else [Cell(_("Retired"), "waiting", "archive")],
            cells=[Cell(one.code, faint=True), Cell(one.rank, number=True),
                   Cell(places.uses_of_level(one.id)[0], number=True),
                   Cell(_("yes") if one.overlapping else "")])
        for one in places.levels()
    ]  # fmt: skip
    return frame.list_page(
        request, title=_("Levels of areas"),
        lead=_("Into what the district is divided, coarse to fine. A case has the area of each level it lies in."),
        columns=[_("Level"), _("Code"), _("Rank"), _("Areas"), _("Areas may overlap")], rows=rows,
        nothing=Nothing(_("No levels yet"), _("They come when Gulou starts.")),
        add=Link(_("Add a level"), reverse("setup:new_level")),
        links=[Link(_("Areas"), reverse("setup:areas"), "map-2"),
               Link(_("History"), reverse("setup:levels_history"), "history")],
    )  # fmt: skip


@needs(PLACES)
@edit
def new_level(request: HttpRequest) -> HttpResponse:
    """A level of the office's own, such as the rounds of a crew."""
    form, status = NewLevelForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and any(
            one.code == form.cleaned_data["code"] for one in places.levels()
        ):
            form.add_error("code", _("Another level has this code."))
        elif form.is_valid():
            with refused_in(form) as outcome:
                made = operations.set_level(**form.cleaned_data, actor=allowed(request))
                return frame.saved(request, "setup:level", code=made.code)
            status = outcome.status
    return frame.edit_page(
        request, title=_("Add a level"), form=form, word=_("Add"), back=_levels(), status=status,
        lead=_("Its areas come from files then: gulou import areas --level CODE."),
    )  # fmt: skip


@needs(PLACES)
@edit
def level(request: HttpRequest, code: str) -> HttpResponse:
    """One level: its names and rank, and what uses it."""
    found = _level(code)
    now = {name: getattr(found, name) for name in LevelForm.base_fields}
    form = LevelForm(request.POST or None, initial=now)

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_level(code, **given, active=found.active, actor=allowed(request))
        return frame.saved(request, "setup:level", code=code)

    used, ever = places.uses_of_level(found.id)
    switch = reverse("setup:level_switch", args=[code])
    standard = any(code == one[0] for one in operations.STANDARD_LEVELS)
    retire = Act(_("Retire"), switch, "archive", posts=True, danger=True,
                 hint=_("Only once no area of it is in use."))  # fmt: skip
    return frame.form_page(
        request, form, save, title=name_of(found), lead=code, back=_levels(),
        ended="" if found.active else _("It is retired: no areas can be added to it."),
        facts=[
            (_("Areas in use"), str(used)), (_("Areas retired"), str(ever - used)),
            (_("Used by"), _("Rules and pages of the house, so it cannot be retired") if standard
             else _("Rules that name one of its areas")),
        ],
        links=[Link(_("History"), reverse("setup:level_history", args=[code]), "history")],
        acts=[] if standard else [
            retire if found.active else
            Act(_("Bring it back"), switch, "arrow-back-up", posts=True)
        ],
    )  # fmt: skip


@needs(PLACES)
@require_POST
def level_switch(request: HttpRequest, code: str) -> HttpResponse:
    """Use a level no longer, or again."""
    found, actor = _level(code), allowed(request)
    now = {name: getattr(found, name) for name in LevelForm.base_fields}
    operations.set_level(code, **now, active=not found.active, actor=actor)
    return frame.saved(request, "setup:level", code=code)


@needs(PLACES)
@require_GET
def levels_history(request: HttpRequest) -> HttpResponse:
    """What happened to the levels."""
    return frame.history_page(
        request, title=_("History of the levels"), changes=history.level_history(),
        room="places", back=_levels(),
    )  # fmt: skip


@needs(PLACES)
@require_GET
def level_history(request: HttpRequest, code: str) -> HttpResponse:
    """What happened to one level."""
    found = _level(code)
    return frame.history_page(
        request, title=_("History of %(thing)s") % {"thing": name_of(found)},
        changes=history.level_history(found.id), room="places",
        back=Link(name_of(found), reverse("setup:level", args=[code])),
    )  # fmt: skip
