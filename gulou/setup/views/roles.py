"""Roles: a matrix of verbs, and what one role can and cannot do, in sentences."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gulou.cases.roles import give_new_verbs, new_verbs
from gulou.desk.shell import reader_of
from gulou.kit.words import name_of
from gulou.people import history, operations, queries, words
from gulou.people.verbs import DEFINE
from gulou.setup import frame
from gulou.setup.forms import NewRoleForm, RoleForm
from gulou.setup.frame import Consequence, Link, Row, Table
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs

if TYPE_CHECKING:
    from gulou.people.models import Role

edit = require_http_methods(["GET", "POST"])


@needs(DEFINE)
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Rows are verbs, columns are roles."""
    found = queries.roles()
    new = set(queries.verbs_in_no_role(words.verb_codes()))
    groups = [
        (group.name, [(v.words, v.code in new, [v.code in r.verbs for r in found]) for v in group.verbs])
        for group in words.verb_groups()
    ]  # fmt: skip
    return frame.page(
        request,
        "setup/roles.html",
        {
            "title": _("Roles"), "roles": found, "groups": groups, "new": len(new),
            "give": reverse("setup:give_new_verbs") if new and new_verbs() else "",
            "add": Link(_("New role"), reverse("setup:new_role")),
            "links": [Link(_("History"), reverse("setup:roles_history"), "history")],
        },
    )  # fmt: skip


@needs(DEFINE)
@edit
def give(request: HttpRequest) -> HttpResponse:
    """Give the roles Gulou shipped what an update brought for them, after a look at who gains what."""
    follows = [
        Consequence(
            ngettext(
                "%(role)s, %(count)d person: %(verbs)s.", "%(role)s, %(count)d people: %(verbs)s.",
                (count := len({posting.user_id for posting in queries.held_by(one.role)})),
            )
            % {"role": name_of(one.role), "count": count, "verbs": words.list_of(one.verbs)},
            sign="plus",
        )
        for one in new_verbs()
    ]  # fmt: skip
    asked = frame.preview(
        request, Form(), follows, title=_("Give the shipped roles what the update brought"),
        back=_to_roles(), word=_("Give"),
    )  # fmt: skip
    if asked is not None:
        return asked
    if request.method == "POST" and give_new_verbs(by=reader_of(request)):
        messages.success(request, _("Given. It holds at once; the history takes it back."))
    return redirect("setup:roles")


@needs(DEFINE)
@require_GET
def role(request: HttpRequest, code: str) -> HttpResponse:
    """What a role can do and what it cannot, in sentences; who holds it."""
    one = queries.role_coded(code)
    return frame.page(
        request,
        "setup/role.html",
        {
            "title": name_of(one), "role": one, "back": _to_roles(), "groups": _said(one),
            "edit": reverse("setup:edit_role", args=[one.code]),
            "links": [Link(_("History"), reverse("setup:role_history", args=[one.code]), "history")],
            "held": _held(one),
        },
    )  # fmt: skip


def _said(one: "Role") -> list[tuple[Any, list[Any], list[Any]]]:
    """For each field of work, what the role may do and what it may not."""
    return [
        (
            group.name,
            [verb.words for verb in group.verbs if verb.code in one.verbs],
            [verb.words for verb in group.verbs if verb.code not in one.verbs],
        )
        for group in words.verb_groups()
    ]


def _held(one: "Role") -> Table:
    rows = [
        Row(str(p.user), cells=[frame.Cell(name_of(p.unit))]) for p in queries.held_by(one)
    ]  # fmt: skip
    return Table(_("Who holds it today"), [_("Name"), _("Unit")], rows,
                 frame.Nothing(_("Nobody holds it today.")))  # fmt: skip


@needs(DEFINE)
@edit
def edit_role(request: HttpRequest, code: str) -> HttpResponse:
    """Say anew what a role may do: it holds for every posting at once."""
    one = queries.role_coded(code)
    names = list(RoleForm.base_fields)
    form = RoleForm(data=request.POST or None, initial={name: getattr(one, name) for name in names})
    back = Link(name_of(one), reverse("setup:role", args=[one.code]))
    title, status = _("What %(name)s may do") % {"name": name_of(one)}, 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                follows = _follows(one, form.cleaned_data)
                asked = frame.preview(request, form, follows, title=title, back=back)
                if asked:
                    return asked
                operations.define_role(code=one.code, **form.cleaned_data, by=reader_of(request))
                messages.success(request, _("Saved. It holds at once."))
                return redirect("setup:role", one.code)
        status = outcome.status
    return frame.edit_page(request, title=title, form=form, back=back, status=status)


def _follows(one: "Role", given: dict[str, Any]) -> list[Consequence]:
    """Who gains and who loses what, now."""
    found = []
    gained = set(given["verbs"]) - set(one.verbs)
    lost = set(one.verbs) - set(given["verbs"])
    people = len({posting.user_id for posting in queries.held_by(one)})
    if gained:
        what = {"count": people, "verbs": words.list_of(gained)}
        found.append(
            Consequence(_("%(count)s people may from now on: %(verbs)s.") % what, sign="plus")
        )
    if lost:
        what = {"count": people, "verbs": words.list_of(lost)}
        found.append(
            Consequence(_("%(count)s people may no longer: %(verbs)s.") % what, sign="minus")
        )
    if given["second_factor"] and not one.second_factor:
        found.append(Consequence(
            _("Who holds it sets up a second step at the next page they open."), sign="shield-lock"
        ))  # fmt: skip
    if given["reaches_below"] != one.reaches_below:
        said = _("It reaches all units below the posting's own.") if given["reaches_below"] else _(
            "It reaches the posting's own unit only."
        )  # fmt: skip
        found.append(Consequence(said, sign="users-group"))
    return found


@needs(DEFINE)
@edit
def new_role(request: HttpRequest) -> HttpResponse:
    """A role that is not there yet."""
    form, status = NewRoleForm(data=request.POST or None), 200
    if request.method == "POST":
        with refused_in(form) as outcome:
            if form.is_valid():
                operations.create_role(**form.cleaned_data, by=reader_of(request))
                messages.success(request, _("Created."))
                return redirect("setup:role", form.cleaned_data["code"])
        status = outcome.status
    return frame.edit_page(
        request, title=_("New role"), form=form, word=_("Create"), back=_to_roles(), status=status
    )


@needs(DEFINE)
@require_GET
def role_history(request: HttpRequest, code: str) -> HttpResponse:
    """How one role was defined."""
    one = queries.role_coded(code)
    return frame.history_page(
        request, title=_("History of %(name)s") % {"name": name_of(one)}, room="people",
        back=Link(name_of(one), reverse("setup:role", args=[one.code])),
        changes=history.history_of_roles([one.code]),
    )  # fmt: skip


@needs(DEFINE)
@require_GET
def roles_history(request: HttpRequest) -> HttpResponse:
    """How all roles were defined."""
    return frame.history_page(
        request, title=_("History of the roles"), room="people", back=_to_roles(),
        changes=history.history_of_roles(),
    )  # fmt: skip


def _to_roles() -> Link:
    return Link(_("Roles"), reverse("setup:roles"))
