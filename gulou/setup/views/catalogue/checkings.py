"""How cases are rechecked, and how many are looked at again after closing."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.catalogue import history, operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import CheckingRef
from gulou.catalogue.states import MANAGE, RecheckWay
from gulou.desk.shell import reader_of
from gulou.kit.words import name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Act, Cell, Link, Nothing, Row, form_page, saved
from gulou.ui.guards import needs

from .ground import category_with_id, history_page

_LEAD = gettext_lazy(
    "For what is handled or closed from now on. What was drawn before stays drawn."
)


@needs(MANAGE)
@require_GET
def checkings(request: HttpRequest) -> HttpResponse:
    """How cases are checked: all of them, and the categories with something of their own."""
    held, known = catalogue.checkings(), catalogue.category_refs()
    general = Row(
        _("All other categories"), reverse("setup:checking_all"),
        _cells(held.get(None, CheckingRef())),
    )  # fmt: skip
    own = [
        Row(name_of(one), reverse("setup:checking", args=[one.id]), _cells(held[one.id]), depth=1)
        for one in known.values()
        if one.id in held
    ]
    return frame.list_page(
        request,
        title=_("Rechecks and look-backs"),
        lead=_("How handled cases are rechecked, and which share of the closed ones is looked at again. Which ones is drawn by lot, and can be recomputed from the record."),
        columns=[_("Category"), _("Recheck"), _("Independently"), _("Look-backs")],
        rows=[general, *own],
        nothing=Nothing(_("Nothing set yet"), _("It comes with the shipped lists.")),
        add=Link(_("For one category"), reverse("setup:own_checking")),
        links=[Link(_("History"), reverse("setup:checkings_history"), "history")],
    )  # fmt: skip


def _cells(one: CheckingRef) -> list[Cell]:
    visits = [
        _("after %(days)s days %(share)s %%") % {"days": days, "share": share}
        for days, share in one.visits if share
    ]  # fmt: skip
    return [
        Cell(str(RecheckWay(one.way).label)),
        Cell(f"{one.blind_share} %" if one.blind_share else _("none")),
        Cell(_(", ").join(visits) or _("none")),
    ]


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def checking_all(request: HttpRequest) -> HttpResponse:
    """How cases are checked whose category has nothing of its own."""
    return _edit(request, None, _("All other categories"))


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def checking(request: HttpRequest, category_id: int) -> HttpResponse:
    """How cases of one category or class are checked."""
    acts = []
    if category_id in catalogue.checkings():
        url = reverse("setup:checking_end", args=[category_id])
        word = _("As for all others again")
        acts = [Act(word, url, "arrow-back-up", posts=True)]
    return _edit(request, category_id, name_of(category_with_id(category_id)), acts=acts)


def _edit(request: HttpRequest, category_id: int | None, title: str, **more: Any) -> HttpResponse:
    found = catalogue.checkings().get(category_id, CheckingRef())
    form = forms.CheckingForm(request.POST or None, initial=asdict(found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_checking(category_id, CheckingRef(**given), by=reader_of(request))
        return saved(request, "setup:checkings")

    return form_page(
        request, form, save, title=title, lead=_LEAD,
        back=Link(_("Rechecks and look-backs"), reverse("setup:checkings")), **more,
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def own_checking(request: HttpRequest) -> HttpResponse:
    """Let a category or class be checked otherwise than all others."""
    general = catalogue.checkings().get(None, CheckingRef())
    form = forms.OwnCheckingForm(request.POST or None, initial=asdict(general))

    def save(given: dict[str, Any]) -> HttpResponse:
        of = int(given.pop("of"))
        operations.set_checking(of, CheckingRef(**given), by=reader_of(request))
        return saved(request, "setup:checkings")

    return form_page(
        request, form, save, title=_("For one category"), lead=_LEAD,
        back=Link(_("Rechecks and look-backs"), reverse("setup:checkings")),
    )  # fmt: skip


@needs(MANAGE)
@require_POST
def checking_end(request: HttpRequest, category_id: int) -> HttpResponse:
    """Let a category be checked as all others are."""
    operations.set_checking(category_id, None, by=reader_of(request))
    return saved(request, "setup:checkings")


@needs(MANAGE)
@require_GET
def checkings_history(request: HttpRequest) -> HttpResponse:
    """What happened to how cases are checked."""
    back = Link(_("Rechecks and look-backs"), reverse("setup:checkings"))
    return history_page(request, _("History of rechecks and look-backs"), history.CHECKINGS, back)
