"""Units: the tree, and one of them with what can be done to it."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gulou.cases import queries as case_queries
from gulou.desk.shell import reader_of
from gulou.joint import operations as joint
from gulou.kit.words import name_of
from gulou.people import history, managed, operations, queries
from gulou.people.kinds import unit_kinds
from gulou.people.verbs import MANAGE
from gulou.setup import frame
from gulou.setup.forms import DescribeUnitForm, HandOverForm, MoveForm, RenameForm, UnitForm
from gulou.setup.frame import Act, Cell, Consequence, Link, Nothing, Row, Table
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs

if TYPE_CHECKING:
    from gulou.people.models import Unit, User

edit = require_http_methods(["GET", "POST"])


@needs(MANAGE)
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """The tree of units one manages."""
    all_too = "all" in request.GET
    seen = managed.units_managed_by(reader_of(request))
    shown = [unit for unit in seen if unit.active or all_too]
    groups = queries.leading_groups([unit.id for unit in shown])
    posted = managed.people_per_unit(reader_of(request))
    top = min((len(unit.ancestor_ids) for unit in shown), default=1)
    kinds = dict(unit_kinds())
    rows = [
        Row(
            name_of(unit),
            reverse("setup:unit", args=[unit.id]),
            [
                Cell(kinds[unit.kind]),
                Cell(unit.code, faint=True),
                Cell(_(", ").join(leader.name for leader in groups.get(unit.id, []))),
                Cell(posted.get(unit.id, 0), number=True),
            ],
            depth=len(unit.ancestor_ids) - top,
            badges=_badges(unit),
            ended=not unit.active,
        )
        for unit in shown
    ]
    return frame.list_page(
        request,
        title=_("Units"),
        lead=_("Who can be responsible for something, and what belongs to what."),
        columns=[_("Unit"), _("Kind"), _("Short code"), _("Leading group"), _("People today")],
        rows=rows,
        nothing=Nothing(_("No unit yet"), _("Units appear here as soon as one is created.")),
        add=Link(_("New unit"), reverse("setup:new_unit")),
        links=[
            *frame.sheets_link("units"),
            Link(_("History"), reverse("setup:units_history"), "history"),
        ],
        chips=[
            Link(_("In use"), "?", on=not all_too),
            Link(_("Dissolved ones too"), "?all=1", on=all_too),
        ],
    )


def _badges(unit: queries.UnitRef) -> list[Cell]:
    found = [Cell(_("District office"), sign="building-monument")] if unit.is_office else []
    return found if unit.active else [*found, Cell(_("Dissolved"), sign="archive")]


@needs(MANAGE)
@edit
def new_unit(request: HttpRequest) -> HttpResponse:
    """A new unit, below one that one manages."""
    reader = reader_of(request)
    form = UnitForm(
        managed.units_managed_by(reader), unit_kinds(), top=_may_top(request),
        data=request.POST or None,
        initial={"parent": request.GET.get("parent") or _topmost(reader)},
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                given = dict(form.cleaned_data)
                parent = given.pop("parent")
                above = managed.unit_managed_by(reader, parent) if parent else None
                unit = operations.create_unit(**given, parent=above, by=reader)
                messages.success(request, _("Created."))
                return redirect("setup:unit", unit.pk)
        status = outcome.status
    return frame.edit_page(
        request, title=_("New unit"), form=form, word=_("Create"), back=_to_units(), status=status
    )


def _topmost(reader: "User") -> int | None:
    """Where a new unit hangs unless somebody says otherwise: under all that one manages."""
    ids = managed.managed_unit_ids(reader)
    return next((pk for pk in queries.office().ancestor_ids if pk in ids), None)


@needs(MANAGE)
@require_GET
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One unit: what is known of it, who leads it, who is posted there, what can be done."""
    reader = reader_of(request)
    one = managed.unit_managed_by(reader, unit_id)
    kinds = dict(unit_kinds())
    return frame.edit_page(
        request,
        title=name_of(one),
        lead=_("%(kind)s · %(code)s") % {"kind": kinds[one.kind], "code": one.code},
        form=None,
        back=_to_units(),
        ended="" if one.active else _("This unit has been dissolved. Its past stays."),
        links=[Link(_("History"), reverse("setup:unit_history", args=[one.pk]), "history")],
        facts=[
            (_("Chinese name"), one.name_zh),
            (_("English name"), one.name_en),
            (_("Belongs to"), name_of(one.parent) if one.parent else _("nothing: at the top")),
            (_("Looks after the area"), name_of(one.area) if one.area else ""),
            (_("Telephone"), one.phone),
            (_("E-mail"), one.email),
            (_("Address"), one.address),
        ],
        tables=[_group(one), _posted(request, one)] if one.active else [],
        acts=_acts(one),
    )


def _acts(one: "Unit") -> list[Act]:
    here = [one.pk]
    if not one.active:
        words = _("Use again")
        return [Act(words, reverse("setup:reinstate_unit", args=here), "refresh", posts=True)]
    found = [
        Act(_("Rename"), reverse("setup:rename_unit", args=here), "pencil"),
        Act(_("Area and contacts"), reverse("setup:describe_unit", args=here), "phone"),
        Act(_("Move"), reverse("setup:move_unit", args=here), "arrow-right",
            hint=_("With everything below it, under another unit.")),
        Act(_("New unit below"), reverse("setup:new_unit") + f"?parent={one.pk}", "plus"),
    ]  # fmt: skip
    if not one.is_office:
        hint = _("It is no longer offered. Its past stays, and it can be used again.")
        url = reverse("setup:dissolve_unit", args=here)
        found.append(Act(_("Dissolve"), url, "archive", danger=True, hint=hint))
    return found


def _group(one: "Unit") -> Table:
    rows = [
        Row(
            leader.name,
            reverse("setup:end_leader", args=[leader.pk]),
            [Cell(leader.get_duty_display()), Cell(leader.phone), Cell(leader.since.isoformat())],
        )
        for leader in queries.leading_group(one.pk)
    ]
    return Table(
        _("Leading group"),
        [_("Name"), _("Duty"), _("Telephone"), _("From")],
        rows,
        Nothing(_("Nobody is named yet.")),
        add=Link(_("Name somebody"), reverse("setup:new_leader", args=[one.pk]), "user-plus"),
    )


def _posted(request: HttpRequest, one: "Unit") -> Table:
    postings = managed.postings_managed_by(reader_of(request), on=queries.today())
    rows = [
        Row(
            str(posting.user),
            reverse("setup:person", args=[posting.user.uid]),
            [Cell(name_of(posting.role)), Cell(posting.since.isoformat()),
             Cell(posting.until.isoformat() if posting.until else "")],
        )
        for posting in postings.filter(unit=one)
    ]  # fmt: skip
    return Table(
        _("People posted here today"),
        [_("Name"), _("Role"), _("From"), _("Until")],
        rows,
        Nothing(_("Nobody is posted here.")),
        add=Link(_("Post somebody"), reverse("setup:new_posting") + f"?unit={one.pk}", "user-plus"),
    )


@needs(MANAGE)
@edit
def rename_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Give a unit its new name."""
    one = managed.unit_managed_by(reader_of(request), unit_id)
    initial = {"name_zh": one.name_zh, "name_en": one.name_en}
    form, status = RenameForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                operations.rename_unit(one, **form.cleaned_data, by=reader_of(request))
                return _done(request, one.pk)
        status = outcome.status
    return frame.edit_page(
        request, title=_("Rename %(name)s") % {"name": name_of(one)}, form=form, back=_to(one),
        status=status, lead=_("Past cases and the record show the new name too; the history keeps the old one."),
    )  # fmt: skip


@needs(MANAGE)
@edit
def describe_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The area a unit looks after, and how to reach it."""
    one = managed.unit_managed_by(reader_of(request), unit_id)
    initial = {"area_id": one.area_id, "phone": one.phone, "email": one.email,
               "address": one.address}  # fmt: skip
    form = DescribeUnitForm(queries.areas_in_use(), data=request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                operations.set_description(one, **form.cleaned_data, by=reader_of(request))
                return _done(request, one.pk)
        status = outcome.status
    title = _("Area and contacts of %(name)s") % {"name": name_of(one)}
    return frame.edit_page(request, title=title, form=form, back=_to(one), status=status)


@needs(MANAGE)
@edit
def move_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Hang a unit with everything below it under another one, after a look at what follows."""
    reader = reader_of(request)
    one = managed.unit_managed_by(reader, unit_id)
    elsewhere = managed.units_managed_by(reader)
    if request.method == "GET":  # what is sent all the same is refused in words
        elsewhere = [it for it in elsewhere if one.pk not in it.ancestor_ids]
    form = MoveForm(
        elsewhere, top=_may_top(request), data=request.POST or None,
        initial={"parent": one.parent_id or ""},
    )  # fmt: skip
    title, status = _("Move %(name)s") % {"name": name_of(one)}, 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                to = form.cleaned_data["parent"]
                parent = managed.unit_managed_by(reader, to) if to else None
                operations.check_move(one, parent=parent)
                follows = _move_follows(one, parent)
                asked = frame.preview(
                    request, form, follows, title=title, back=_to(one), word=_("Move")
                )
                if asked:
                    return asked
                operations.move_unit(one, parent=parent, by=reader)
                return _done(request, one.pk)
        status = outcome.status
    return frame.edit_page(
        request, title=title, form=form, back=_to(one), word=_("Go on"), status=status
    )


def _move_follows(one: "Unit", parent: "Unit | None") -> list[Consequence]:
    """Who loses and who gains what lies below the unit."""
    refs = queries.unit_refs()
    count = len(queries.unit_ids_below([one.pk])) - 1
    old, new = set(refs[one.pk].ancestor_ids), {one.pk}
    if parent:
        new |= set(refs[parent.pk].ancestor_ids)
    found = [
        Consequence(_("%(count)s units below it move along.") % {"count": count}, sign="users-group")
    ] if count else []  # fmt: skip
    for ids, words in (
        (old - new, _("Roles that reach below no longer reach it from: %(names)s.")),
        (new - old, _("Roles that reach below reach it from now on from: %(names)s.")),
    ):
        if ids:
            names = _(", ").join(name_of(refs[pk]) for pk in sorted(ids))
            found.append(Consequence(words % {"names": names}, sign="eye"))
    return found


@needs(MANAGE)
@edit
def dissolve_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Take a unit out of use: what stands in the way, and what to do about it; else asks once. What
    waits with it goes to the unit above, unless it was handed to another one before."""
    reader = reader_of(request)
    one = managed.unit_managed_by(reader, unit_id)
    if request.method == "POST":
        operations.hand_over_and_dissolve(one, by=reader)
        messages.success(request, _("Dissolved. Its history can take it back."))
        return redirect("setup:unit", one.pk)
    uses, heir = queries.uses_of_unit(one.pk), managed.heir_of(one, reader=reader)
    carried = [use for use in uses if heir and use.goes]
    where = {
        "unit.has_units": reverse("setup:units"),
        "unit.has_postings": reverse("setup:postings") + f"?unit={one.pk}",
        "unit.has_leaders": reverse("setup:streets"),
        "unit.has_cases": reverse("setup:hand_over", args=[one.pk]),
        "unit.has_operations": reverse("setup:hand_over", args=[one.pk]),
    }
    blocks = [
        Link(use.words, where.get(use.code, ""), "alert-triangle")
        for use in uses if use not in carried
    ]  # fmt: skip
    return frame.page(request, "setup/dissolve.html", {
        "title": _("Dissolve %(name)s") % {"name": name_of(one)}, "back": _to(one), "blocks": blocks,
        "heir": heir, "carried": carried, "other_url": where["unit.has_cases"],
    })  # fmt: skip


@needs(MANAGE)
@edit
def hand_over(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Let another unit take over the open cases of one that is to be dissolved."""
    reader = reader_of(request)
    one = managed.unit_managed_by(reader, unit_id)
    count = case_queries.open_cases_of(one.pk).count()
    others = [u for u in managed.units_managed_by(reader) if u.id != one.pk]
    # What nobody else is chosen for goes to the unit above.
    form, status = HandOverForm(others, data=request.POST or None, above=one.parent_id), 200
    title = _("Hand over the open cases of %(name)s") % {"name": name_of(one)}
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                to = managed.unit_managed_by(reader, form.cleaned_data["to"])
                follows = _hand_over_follows(count, to)
                asked = frame.preview(
                    request, form, follows, title=title, back=_to(one), word=_("Hand over")
                )
                if asked:
                    return asked
                done, _parts = joint.hand_over_all(one, to=to, by=reader)
                messages.success(request, _("%(count)s cases handed over.") % {"count": done})
                return redirect("setup:dissolve_unit", one.pk)
        status = outcome.status
    return frame.edit_page(
        request, title=title, form=form, back=_to(one), word=_("Go on"), status=status,
        lead=_("%(count)s open cases are with it now.") % {"count": count},
    )  # fmt: skip


def _hand_over_follows(count: int, to: "Unit") -> list[Consequence]:
    given = {"count": count, "unit": name_of(to)}
    return [
        Consequence(_("%(count)s open cases are with %(unit)s from now on.") % given, sign="send"),
        Consequence(_("Their due times stay as they are."), sign="clock"),
        Consequence(_("Steps that waited for a person of the old unit wait for the whole new one."),
                    sign="users"),
    ]  # fmt: skip


@needs(MANAGE)
@require_http_methods(["POST"])
def reinstate_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Put a dissolved unit to use again."""
    one = managed.unit_managed_by(reader_of(request), unit_id)
    operations.reinstate_unit(one, by=reader_of(request))
    return _done(request, one.pk)


@needs(MANAGE)
@require_GET
def unit_history(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Who changed what of one unit."""
    one = managed.unit_managed_by(reader_of(request), unit_id)
    return frame.history_page(
        request, title=_("History of %(name)s") % {"name": name_of(one)}, back=_to(one),
        changes=history.history_of_units([one.pk]), room="people",
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def units_history(request: HttpRequest) -> HttpResponse:
    """Who changed what of all units one manages."""
    return frame.history_page(
        request, title=_("History of the units"), back=_to_units(), room="people",
        changes=history.history_of_units(managed.managed_unit_ids(reader_of(request))),
    )  # fmt: skip


def _to_units() -> Link:
    return Link(_("Units"), reverse("setup:units"))


def _to(one: "Unit") -> Link:
    return Link(name_of(one), reverse("setup:unit", args=[one.pk]))


def _done(request: HttpRequest, unit_id: int) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("setup:unit", unit_id)


def _may_top(request: HttpRequest) -> bool:
    """Whether this person may put units at the top of the tree: who manages the office."""
    return queries.office().id in managed.managed_unit_ids(reader_of(request))
