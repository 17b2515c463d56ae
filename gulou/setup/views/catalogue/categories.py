"""Categories: what can be reported and handled."""

from typing import Any

from django.forms import ChoiceField, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.cases import queries as cases
from gulou.catalogue import history, operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import CategoryRef, ConditionRef
from gulou.catalogue.states import MANAGE, Evidence
from gulou.desk.choices import limit_words
from gulou.desk.shell import reader_of
from gulou.kit.words import name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Act, Cell, Consequence, Link, Nothing, Row, Table, form_page, saved
from gulou.ui.guards import needs

from .ground import category_with_id, held_by, history_page


def _categories() -> Link:
    return Link(_("Categories"), reverse("setup:categories"))


@needs(MANAGE)
@require_GET
def categories(request: HttpRequest) -> HttpResponse:
    """The tree of the current edition."""
    edition = catalogue.current_code_set()
    kept = request.GET.get("show") == "all"
    rows = [_category_row(one) for one in catalogue.category_tree() if one.active or kept]
    return frame.list_page(
        request,
        title=_("Categories"),
        lead=_("What can be reported and handled: %(name)s, edition %(edition)s.")
        % {"name": name_of(edition), "edition": edition.edition},
        columns=[_("Category"), _("Code"), _("Residents"), _("Ordinary limit"), _("Conditions"),
                 _("Shown by")],
        rows=rows,
        nothing=Nothing(_("No categories yet"), _("They come with an edition.")),
        add=Link(_("Add a category"), reverse("setup:category_new")),
        links=[*frame.sheets_link("categories"),
               Link(_("Editions"), reverse("setup:editions"), "versions"),
               Link(_("History"), reverse("setup:categories_history"), "history")],
        chips=[Link(_("In use"), "?", on=not kept), Link(_("Retired too"), "?show=all", on=kept)],
    )  # fmt: skip


def _category_row(one: CategoryRef) -> Row:
    conditions = catalogue.conditions_of(one.id)
    ordinary = catalogue.default_condition(one.id)
    offered = (
        Cell(one.public_rank, number=True) if one.public_rank else Cell(_("staff only"), faint=True)
    )
    below = one.parent_id is not None
    return Row(
        title=name_of(one),
        url=reverse("setup:category", args=[one.id]),
        depth=1 if below else 0,
        ended=not one.active,
        badges=[] if one.active else [Cell(_("Retired"), "waiting", "archive")],
        cells=[
            Cell(one.code, faint=True),
            offered if below else Cell(" "),
            Cell(limit_words(ordinary.limit) if ordinary else " "),
            Cell(len(conditions), number=True) if below else Cell(" "),
            Cell(Evidence(one.evidence).label) if below else Cell(" "),
        ],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    """One category: its words, its conditions, what uses it."""
    found = category_with_id(category_id)
    form = forms.CategoryForm(request.POST or None, initial=held_by(forms.CategoryForm, found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_category(found.id, given, by=reader_of(request))
        return saved(request, "setup:category", category_id=found.id)

    here = [found.id]
    return form_page(
        request, form, save,
        title=name_of(found), back=_categories(), lead=found.code,
        ended="" if found.active else _("It is retired: cases that have it keep it."),
        facts=_uses(found),
        links=[Link(_("History"), reverse("setup:category_history", args=here), "history")],
        acts=[
            Act(_("Retire"), reverse("setup:category_retire", args=here), "archive", danger=True,
                hint=_("You see first what uses it."))
            if found.active else
            Act(_("Bring it back"), reverse("setup:category_restore", args=here), "arrow-back-up", posts=True)
        ],
        tables=[_conditions(found)] if found.parent_id else (),
    )  # fmt: skip


def _ids(one: CategoryRef) -> list[int]:
    """A category and what is below it."""
    below = [c.id for c in catalogue.category_refs().values() if c.parent_id == one.id]
    return [one.id, *below]


def _uses(one: CategoryRef) -> list[tuple[Any, Any]]:
    uses = cases.uses_of_categories(_ids(one))
    rules = [rule for id in _ids(one) for rule in catalogue.rules_about(category_id=id)]
    return [
        (_("Open cases"), str(uses.open)),
        (_("Cases ever"), str(uses.ever)),
        (_("Rules that name it"), ", ".join(str(rule.id) for rule in rules)),
    ]


def _conditions(one: CategoryRef) -> Table:
    rows = [
        Row(
            title=name_of(condition),
            url=reverse("setup:condition", args=[condition.id]),
            ended=not condition.active,
            badges=_condition_badges(condition),
            cells=[Cell(limit_words(condition.limit))],
        )
        for condition in catalogue.all_conditions_of(one.id)
    ]
    return Table(
        title=_("Filing conditions"),
        columns=[_("Condition"), _("Limit for handling")],
        rows=rows,
        nothing=Nothing(_("No condition yet.")),
        add=Link(_("Add a condition"), reverse("setup:condition_new", args=[one.id])),
    )


def _condition_badges(one: ConditionRef) -> list[Cell]:
    if not one.active:
        return [Cell(_("Retired"), "waiting", "archive")]
    return [Cell(_("The ordinary one"), "underway", "check")] if one.is_default else []


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def category_new(request: HttpRequest) -> HttpResponse:
    """A category of the office's own."""
    classes = [
        (str(above.id), name_of(above)) for above in catalogue.category_tree()
        if above.parent_id is None and above.active
    ]  # fmt: skip
    form = forms.NewCategoryForm(
        request.POST or None, initial={"public_rank": 0, "position": 0, "amount": 1,
                                       "time_unit": "working_day"},
    )  # fmt: skip
    form.fields["parent"] = ChoiceField(label=_("Class"), choices=classes)
    form.order_fields(["parent"])

    def save(given: dict[str, Any]) -> HttpResponse:
        class_id, amount = int(given.pop("parent")), given.pop("amount")
        made = operations.add_category(
            class_id, given, amount=amount, time_unit=given.pop("time_unit"),
            by=reader_of(request),
        )  # fmt: skip
        return saved(request, "setup:category", category_id=made.pk)

    return form_page(request, form, save, title=_("Add a category"), back=_categories())


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def category_retire(request: HttpRequest, category_id: int) -> HttpResponse:
    """Retire a category, after a look at what uses it."""
    found = category_with_id(category_id)
    back = Link(name_of(found), reverse("setup:category", args=[category_id]))
    form = Form(request.POST if request.method == "POST" else {})
    uses = cases.uses_of_categories(_ids(found))
    rules = [rule for id in _ids(found) for rule in catalogue.rules_about(category_id=id)]
    follows = [Consequence(_("Nobody can choose it for new reports any more."), sign="eye-off")]
    if len(_ids(found)) > 1:
        n = len(_ids(found)) - 1
        follows.append(Consequence(
            ngettext("%(n)d category below it is retired too.",
                     "%(n)d categories below it are retired too.", n) % {"n": n}
        ))  # fmt: skip
    follows.append(Consequence(
        ngettext("%(n)d open case keeps it and is worked on as before.",
                 "%(n)d open cases keep it and are worked on as before.", uses.open)
        % {"n": uses.open}, reverse("desk:cases") + f"?category={category_id}",
    ))  # fmt: skip
    follows += [
        Consequence(_("Rule %(rule)s no longer decides anything new.") % {"rule": rule.id},
                    reverse("setup:rule", args=[rule.id]))
        for rule in rules
    ]  # fmt: skip
    page = frame.preview(
        request, form, follows, title=_("Retire %(name)s") % {"name": name_of(found)}, back=back,
        word=_("Retire"), danger=True,
    )  # fmt: skip
    if page is not None or request.method != "POST":
        return page or redirect(back.url)
    operations.retire_category(category_id, by=reader_of(request))
    return saved(request, "setup:category", category_id=category_id)


@needs(MANAGE)
@require_POST
def category_restore(request: HttpRequest, category_id: int) -> HttpResponse:
    """Offer a retired category again."""
    operations.restore_categories((category_id,), by=reader_of(request))
    return saved(request, "setup:category", category_id=category_id)


@needs(MANAGE)
@require_GET
def categories_history(request: HttpRequest) -> HttpResponse:
    """What happened to the categories."""
    return history_page(request, _("History of the categories"), history.CATEGORIES, _categories())


@needs(MANAGE)
@require_GET
def category_history(request: HttpRequest, category_id: int) -> HttpResponse:
    """What happened to one category and its conditions."""
    found = category_with_id(category_id)
    back = Link(name_of(found), reverse("setup:category", args=[category_id]))
    title = _("History of %(thing)s") % {"thing": name_of(found)}
    return history_page(request, title, history.CATEGORIES, back, category_id=category_id)
