"""Categories, limits, reasons, and by which ways reports come: what the office may change of them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
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
from gulou.catalogue.states import (
    MANAGE,
    STEP_NAMES,
    ChannelCode,
    ElsewhereKind,
    Evidence,
    ReasonKind,
)
from gulou.desk.choices import limit_words
from gulou.desk.shell import reader_of
from gulou.kit.errors import NotFound
from gulou.kit.words import in_language, name_of
from gulou.setup import catalogue_forms as forms
from gulou.setup import frame
from gulou.setup.frame import Act, Cell, Consequence, Link, Nothing, Row, Table
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs


def _saved(request: HttpRequest, where: str, **to: Any) -> HttpResponse:
    messages.success(request, _("Saved. The history takes it back."))
    answer: HttpResponse = redirect(where, **to)
    return answer


def _form_page(
    request: HttpRequest, form: Form, save: Callable[[dict[str, Any]], HttpResponse],
    **page: Any,
) -> HttpResponse:  # fmt: skip
    """A form, and what becomes of it: saved and led on, or shown again with what was refused."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                return save(form.cleaned_data)
            status = outcome.status
    return frame.edit_page(request, form=form, status=status, **page)


def _history(
    request: HttpRequest, title: str, names: Sequence[str], back: Link, **of: Any
) -> HttpResponse:
    changes = history.history(names, **of)
    return frame.history_page(request, title=title, changes=changes, room="catalogue", back=back)


def _of(form: type[Form], thing: Any) -> dict[str, Any]:
    """What a thing holds now, for its form to begin with."""
    return {name: getattr(thing, name) for name in form.base_fields if hasattr(thing, name)}


# Categories --------------------------------------------------------------------------------------


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
    found = _category(category_id)
    form = forms.CategoryForm(request.POST or None, initial=_of(forms.CategoryForm, found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_category(found.id, given, by=reader_of(request))
        return _saved(request, "setup:category", category_id=found.id)

    here = [found.id]
    return _form_page(
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


def _category(category_id: int) -> CategoryRef:
    found = catalogue.category_refs().get(category_id)
    if found is None:
        raise NotFound("catalogue.no_such_category", _("There is no such category."))
    return found


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
        return _saved(request, "setup:category", category_id=made.pk)

    return _form_page(request, form, save, title=_("Add a category"), back=_categories())


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def category_retire(request: HttpRequest, category_id: int) -> HttpResponse:
    """Retire a category, after a look at what uses it."""
    found = _category(category_id)
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
    return _saved(request, "setup:category", category_id=category_id)


@needs(MANAGE)
@require_POST
def category_restore(request: HttpRequest, category_id: int) -> HttpResponse:
    """Offer a retired category again."""
    operations.restore_categories((category_id,), by=reader_of(request))
    return _saved(request, "setup:category", category_id=category_id)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def condition_new(request: HttpRequest, category_id: int) -> HttpResponse:
    """A further filing condition."""
    found = _category(category_id)
    form = forms.ConditionForm(request.POST or None, initial={"time_unit": "working_day"})
    del form.fields["is_default"]

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.add_condition(
            category_id, given, amount=given["amount"], time_unit=given["time_unit"],
            by=reader_of(request),
        )  # fmt: skip
        return _saved(request, "setup:category", category_id=category_id)

    back = Link(name_of(found), reverse("setup:category", args=[category_id]))
    return _form_page(request, form, save, title=_("Add a condition"), back=back)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, condition_id: int) -> HttpResponse:
    """One filing condition and its limit."""
    found = _condition(condition_id)
    above = _category(found.category_id)
    first = {**_of(forms.ConditionForm, found), "amount": found.limit.amount,
             "time_unit": found.limit.unit}  # fmt: skip
    form = forms.ConditionForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        reader = reader_of(request)
        limit = (given["amount"], given["time_unit"])
        operations.describe_condition(condition_id, given, by=reader)
        if limit != (found.limit.amount, found.limit.unit):
            operations.set_condition_limit(
                condition_id, amount=limit[0], time_unit=limit[1], by=reader
            )
        return _saved(request, "setup:category", category_id=above.id)

    uses = cases.uses_of_condition(condition_id)
    return _form_page(
        request, form, save,
        title=name_of(found), lead=name_of(above),
        back=Link(name_of(above), reverse("setup:category", args=[above.id])),
        facts=[(_("Open cases"), str(uses.open)), (_("Cases ever"), str(uses.ever))],
        ended="" if found.active else _("It is retired: cases that have it keep it."),
        acts=[_switch(_("Retire"), _("Bring it back"), active=found.active,
                      url=reverse("setup:condition_switch", args=[condition_id]))],
    )  # fmt: skip


def _condition(condition_id: int) -> ConditionRef:
    for one in catalogue.category_tree():
        for found in catalogue.all_conditions_of(one.id):
            if found.id == condition_id:
                return found
    raise NotFound("catalogue.no_such_condition", _("There is no such condition."))


def _switch(off: str, on: str, *, active: bool, url: str) -> Act:
    sign = "archive" if active else "arrow-back-up"
    return Act(off if active else on, url, sign, posts=True, danger=active)


@needs(MANAGE)
@require_POST
def condition_switch(request: HttpRequest, condition_id: int) -> HttpResponse:
    """Offer a condition no longer, or again."""
    found = _condition(condition_id)
    operations.describe_condition(condition_id, {"active": not found.active}, by=reader_of(request))
    return _saved(request, "setup:category", category_id=found.category_id)


@needs(MANAGE)
@require_GET
def categories_history(request: HttpRequest) -> HttpResponse:
    """What happened to the categories."""
    return _history(request, _("History of the categories"), history.CATEGORIES, _categories())


@needs(MANAGE)
@require_GET
def category_history(request: HttpRequest, category_id: int) -> HttpResponse:
    """What happened to one category and its conditions."""
    found = _category(category_id)
    back = Link(name_of(found), reverse("setup:category", args=[category_id]))
    title = _("History of %(thing)s") % {"thing": name_of(found)}
    return _history(request, title, history.CATEGORIES, back, category_id=category_id)


# Limits ------------------------------------------------------------------------------------------


@needs(MANAGE)
@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """How long each step may take, and each category by its conditions."""
    steps = catalogue.all_step_limits()
    rows = [
        Row(label, reverse("setup:step_limit", args=[kind]), [Cell(limit_words(steps[kind])), Cell(" ")])
        for kind, label in STEP_NAMES.items() if kind in steps
    ]  # fmt: skip
    for one in catalogue.categories():
        rows += [
            Row(name_of(one), reverse("setup:condition", args=[condition.id]),
                [Cell(limit_words(condition.limit)), Cell(name_of(condition))], depth=1)
            for condition in catalogue.conditions_of(one.id)
        ]  # fmt: skip
    return frame.list_page(
        request,
        title=_("Limits"),
        lead=_("How long each step may take; handling by category and condition. A changed limit is for what begins afterwards: deadlines that run do not move."),
        columns=[_("Step or category"), _("Limit"), _("Condition")],
        rows=rows,
        nothing=Nothing(_("No limits yet"), _("They come with the shipped lists.")),
        links=[Link(_("History"), reverse("setup:limits_history"), "history")],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def step_limit(request: HttpRequest, kind: str) -> HttpResponse:
    """How long one kind of step may take."""
    found = catalogue.step_limit(kind)
    if found is None:
        raise NotFound("catalogue.no_such_step", _("No limit is kept for this kind of step."))
    form = forms.LimitForm(
        request.POST or None, initial={"amount": found.amount, "time_unit": found.unit}
    )

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.set_step_limit(kind, **given, by=reader_of(request))
        return _saved(request, "setup:limits")

    return _form_page(
        request, form, save, title=STEP_NAMES.get(kind, kind),
        lead=_("For what begins from now on. What is under way keeps its deadline."),
        back=Link(_("Limits"), reverse("setup:limits")),
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def limits_history(request: HttpRequest) -> HttpResponse:
    """What happened to the limits."""
    back = Link(_("Limits"), reverse("setup:limits"))
    return _history(request, _("History of the limits"), history.LIMITS, back)


# Reasons -----------------------------------------------------------------------------------------


def _reasons() -> Link:
    return Link(_("Reasons"), reverse("setup:reasons"))


@needs(MANAGE)
@require_GET
def reasons(request: HttpRequest) -> HttpResponse:
    """The lists of reasons, one for each move that needs one."""
    found = catalogue.all_reasons()
    rows: list[Row] = []
    for kind in ReasonKind:
        rows.append(Row(kind.label, badges=[Cell(
            sum(one.kind == kind and one.active for one in found), "waiting")]))  # fmt: skip
        rows += [
            Row(name_of(one), reverse("setup:reason", args=[one.pk]), depth=1,
                ended=not one.active,
                badges=[] if one.active else [Cell(_("Retired"), "waiting", "archive")],
                cells=[Cell(name_in(one))])
            for one in found if one.kind == kind
        ]  # fmt: skip
    return frame.list_page(
        request, title=_("Reasons"),
        lead=_("What one chooses from where a move needs a reason, and what the resident reads then."),
        columns=[_("Reason"), _("What a resident reads")], rows=rows,
        nothing=Nothing(_("No reasons yet"), _("They come with the shipped lists.")),
        add=Link(_("Add a reason"), reverse("setup:reason_new")),
        links=[Link(_("History"), reverse("setup:reasons_history"), "history")],
    )  # fmt: skip


def name_in(reason: Any) -> str:
    """What a resident reads, in the language of the page."""
    return in_language(reason.public_zh, reason.public_en)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, reason_id: int) -> HttpResponse:
    """One reason."""
    found = catalogue.reason_with_id(reason_id)
    form = forms.ReasonForm(request.POST or None, initial=_of(forms.ReasonForm, found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_reason(reason_id, given, by=reader_of(request))
        return _saved(request, "setup:reasons")

    return _form_page(
        request, form, save, title=name_of(found), lead=ReasonKind(found.kind).label,
        back=_reasons(),
        ended="" if found.active else _("It is retired: cases that have it keep it."),
        acts=[_switch(_("Retire"), _("Bring it back"), active=found.active,
                      url=reverse("setup:reason_switch", args=[reason_id]))],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def reason_new(request: HttpRequest) -> HttpResponse:
    """A further reason."""
    form = forms.ReasonForm(request.POST or None)
    form.fields["kind"] = ChoiceField(label=_("For"), choices=ReasonKind.choices)
    form.order_fields(["kind"])

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.add_reason(given.pop("kind"), given, by=reader_of(request))
        return _saved(request, "setup:reasons")

    return _form_page(request, form, save, title=_("Add a reason"), back=_reasons())


@needs(MANAGE)
@require_POST
def reason_switch(request: HttpRequest, reason_id: int) -> HttpResponse:
    """Offer a reason no longer, or again."""
    found = catalogue.reason_with_id(reason_id)
    operations.describe_reason(reason_id, {"active": not found.active}, by=reader_of(request))
    return _saved(request, "setup:reasons")


@needs(MANAGE)
@require_GET
def reasons_history(request: HttpRequest) -> HttpResponse:
    """What happened to the reasons."""
    return _history(request, _("History of the reasons"), history.REASONS, _reasons())


# Channels ----------------------------------------------------------------------------------------


def _channels() -> Link:
    return Link(_("Channels"), reverse("setup:channels"))


@needs(MANAGE)
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """By which ways reports come and answers go, and where somebody is better helped."""
    ways = [catalogue.channel(code) for code in ChannelCode.values]
    rows = [
        Row(ChannelCode(one.code).label, reverse("setup:channel", args=[one.code]), cells=[
            Cell(_("Open now"), "done", "check") if one.is_open else Cell(_("Closed"), "late", "hand-stop"),
            Cell(one.number),
        ])
        for one in ways
    ]  # fmt: skip
    kind = {value: label for value, label in ElsewhereKind.choices}
    others = [
        Row(name_of(one), reverse("setup:elsewhere", args=[one.pk]), ended=not one.active,
            badges=[] if one.active else [Cell(_("Not shown"), "waiting", "eye-off")],
            cells=[Cell(kind[one.kind]), Cell(one.number)])
        for one in catalogue.all_elsewhere()
    ]  # fmt: skip
    return frame.edit_page(
        request, title=_("Channels"), form=None, back=Link(_("Setup"), reverse("setup:home")),
        lead=_("By which ways reports come and answers go."),
        links=[Link(_("History"), reverse("setup:channels_history"), "history")],
        tables=[
            Table(_("Ours"), [_("Way"), _("Now"), _("Telephone number")], rows, Nothing("")),
            Table(_("Elsewhere"), [_("Called"), _("Kind"), _("Telephone number")], others,
                  Nothing(_("Nothing yet.")),
                  add=Link(_("Add"), reverse("setup:elsewhere_new")),
                  words=_("Where somebody is better helped than here: shown on the first public page, and as a hint where a report's words point there.")),
        ],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, code: str) -> HttpResponse:
    """Open or close one way, and what the public reads."""
    if code not in ChannelCode.values:
        raise NotFound("catalogue.no_such_channel", _("There is no such channel."))
    found, kind = catalogue.channel(code), forms.ChannelForm
    if code == ChannelCode.HOTLINE:
        kind = forms.HotlineForm
    form = kind(request.POST or None, initial=_of(kind, found))

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_channel(code, given, by=reader_of(request))
        return _saved(request, "setup:channels")

    return _form_page(
        request, form, save, title=ChannelCode(code).label, back=_channels()
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def elsewhere(request: HttpRequest, elsewhere_id: int) -> HttpResponse:
    """One place where somebody is better helped."""
    found = catalogue.elsewhere_with_id(elsewhere_id)
    first = {**_of(forms.ElsewhereForm, found), "keywords": " ".join(found.keywords)}
    form = forms.ElsewhereForm(request.POST or None, initial=first)

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.describe_elsewhere(elsewhere_id, given, by=reader_of(request))
        return _saved(request, "setup:channels")

    return _form_page(
        request, form, save, title=name_of(found), back=_channels(),
        ended="" if found.active else _("It is not shown now."),
        acts=[_switch(_("Show no longer"), _("Show again"), active=found.active,
                      url=reverse("setup:elsewhere_switch", args=[elsewhere_id]))],
    )  # fmt: skip


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def elsewhere_new(request: HttpRequest) -> HttpResponse:
    """A further one."""
    form = forms.ElsewhereForm(request.POST or None, initial={"rank": 50})

    def save(given: dict[str, Any]) -> HttpResponse:
        operations.add_elsewhere(given, by=reader_of(request))
        return _saved(request, "setup:channels")

    return _form_page(request, form, save, title=_("Add a place of help"), back=_channels())


@needs(MANAGE)
@require_POST
def elsewhere_switch(request: HttpRequest, elsewhere_id: int) -> HttpResponse:
    """Show it no longer, or again."""
    found = catalogue.elsewhere_with_id(elsewhere_id)
    operations.describe_elsewhere(elsewhere_id, {"active": not found.active}, by=reader_of(request))
    return _saved(request, "setup:channels")


@needs(MANAGE)
@require_GET
def channels_history(request: HttpRequest) -> HttpResponse:
    """What happened to the channels, ours and others."""
    names = (*history.CHANNELS, *history.ELSEWHERE)
    return _history(request, _("History of the channels"), names, _channels())
