"""Editions of the list of categories: which one cases are filed under, and choosing another."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gulou.catalogue import history, operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import EditionSeen
from gulou.catalogue.rule_words import RuleWords
from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.kit.errors import Refusal
from gulou.kit.words import name_of
from gulou.setup import frame
from gulou.setup.frame import Cell, Consequence, Link, Nothing, Row
from gulou.ui.guards import needs


def _back() -> Link:
    return Link(_("Editions of the categories"), reverse("setup:editions"))


@needs(MANAGE)
@require_GET
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition, the current one first."""
    rows = [
        Row(f"{name_of(one)} {one.edition}", badges=_badges(one), cells=[
            Cell(one.code, faint=True), Cell(one.categories, number=True),
            Cell(one.conditions, number=True),
            Cell(_("Make current"), url=reverse("setup:make_current", args=[one.id]))
            if one.can_be_current else Cell(" "),
        ])
        for one in catalogue.editions()
    ]  # fmt: skip
    return frame.list_page(
        request, title=_("Editions of the categories"),
        lead=_("Cases are filed under one edition and keep it. A new one comes from a folder of files: gulou import catalogue FOLDER."),
        columns=[_("Edition"), _("Code"), _("Categories"), _("Conditions"), _("What one can do")],
        rows=rows, nothing=Nothing(_("No categories yet"), _("They come with an edition.")),
        links=[Link(_("Categories"), reverse("setup:categories"), "list-details"),
               Link(_("History"), reverse("setup:editions_history"), "history")],
    )  # fmt: skip


def _badges(one: EditionSeen) -> list[Cell]:
    if one.current:
        return [Cell(_("Current"), "done", "check")]
    return [] if one.can_be_current else [Cell(_("of another system"), "waiting", "world")]


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def make_current(request: HttpRequest, code_set_id: int) -> HttpResponse:
    """Make another edition the current one, after a look at which rules go along."""
    found, by = catalogue.edition(code_set_id), reader_of(request)
    called = f"{name_of(found)} {found.edition}"
    try:
        loaded = operations.make_current(code_set_id, by=by, dry_run=not frame.confirmed(request))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("setup:editions")
    if frame.confirmed(request):
        messages.success(request, _("%(edition)s is current now. The history takes it back.") % {"edition": called})  # fmt: skip
        return redirect("setup:editions")
    asked = frame.preview(
        request, Form(), _follows(called, loaded), title=_("Make %(edition)s current") % {"edition": called},
        back=_back(), word=_("Make current"),
    )  # fmt: skip
    return asked or redirect("setup:editions")


def _follows(called: str, loaded: operations.Loaded) -> list[Consequence]:
    rules, words = {rule.id: rule for rule in catalogue.all_rules()}, RuleWords()
    carried = ngettext(
        "%(n)d rule is set for it too, as it names the same category.",
        "%(n)d rules are set for it too, as they name the same categories.", loaded.carried,
    ) % {"n": loaded.carried}  # fmt: skip
    return [
        Consequence(_("Reports are filed under %(edition)s from now on.") % {"edition": called}),
        Consequence(_("Cases filed before keep their category, and the rules for it."), sign="history"),
        Consequence(carried, sign="route"),
        *(
            Consequence(
                _("Rule %(rule)s (%(what)s) stays behind: its category or condition is called otherwise here.")
                % {"rule": id, "what": words.what(rules[id])},
                reverse("setup:rule", args=[id]), "alert-triangle",
            )
            for id in loaded.left
        ),
    ]  # fmt: skip


@needs(MANAGE)
@require_GET
def editions_history(request: HttpRequest) -> HttpResponse:
    """What happened to the editions."""
    return frame.history_page(
        request, title=_("History of the editions"), changes=history.history(history.EDITIONS),
        room="catalogue", back=_back(),
    )  # fmt: skip
