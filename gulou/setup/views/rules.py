"""Who is responsible for what: the list of rules, the editor with its preview, checks, try it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gulou.cases import queries as cases
from gulou.catalogue import history, operations, overlaps, rulebook
from gulou.catalogue import queries as catalogue
from gulou.catalogue.operations import RuleContradicts
from gulou.catalogue.queries import RuleRef
from gulou.catalogue.routing import Routing, route
from gulou.catalogue.rule_words import RuleWords
from gulou.catalogue.states import MANAGE
from gulou.desk.shell import reader_of
from gulou.kit.words import name_of
from gulou.people.queries import today, unit_refs
from gulou.places import queries as places
from gulou.setup import frame, rule_forms
from gulou.setup.frame import Act, Cell, Link, Nothing, Row
from gulou.setup.rule_checks import Check, Shown, checks_of
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs

LIST = "setup:rules"


def _back() -> Link:
    return Link(_("Rules"), reverse(LIST))


# The list ----------------------------------------------------------------------------------------


@needs(MANAGE)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule, narrowed down by what one looks for."""
    asked = request.GET
    state = asked.get("state") or "now"
    words, counts = RuleWords(), cases.decided_lately()
    found = [rule for rule in catalogue.all_rules() if _fits(rule, asked, state)]
    found.sort(key=_in_order)
    chips = [
        Link(label, f"?{_with(asked, state=value)}", on=state == value)
        for value, label in (("now", _("In force")), ("later", _("Not begun yet")),
                             ("over", _("Ended")), ("all", _("All")))
    ]  # fmt: skip
    return frame.list_page(
        request,
        title=_("Rules of responsibility"),
        lead=_("Which unit leads for what, where. Of the rules that fit a case, the closest wins."),
        columns=[_("What"), _("Where"), _("Who leads"), _("Assisting"), _("Holds"),
                 _("Cases in 30 days")],
        rows=[_row(rule, words, counts.get(rule.id, 0)) for rule in found],
        nothing=Nothing(_("No rule here"), _("No rule fits these filters. Without a rule, a dispatcher chooses each time.")),
        add=Link(_("New rule"), reverse("setup:rule_new")),
        links=[*frame.sheets_link("rules"),
               Link(_("Try it"), reverse("setup:rules_try"), "route"),
               Link(_("Check the rules"), reverse("setup:rules_check"), "stethoscope"),
               Link(_("History"), reverse("setup:rules_history"), "history")],
        chips=chips,
        template="setup/rules.html",
        asked=asked,
        state=state,
        areas=rule_forms.areas(first=_("All")),
        categories=rule_forms.categories(first=_("All")),
        units=rule_forms.unit_choices(),
    )  # fmt: skip


def _with(asked: Any, **more: str) -> str:
    query = asked.copy()
    for name, value in more.items():
        query[name] = value
    return str(query.urlencode())


def _fits(rule: RuleRef, asked: Any, state: str) -> bool:
    day = today()
    over = rule.until is not None and (rule.until <= day or rule.until <= rule.since)
    if state == "now" and not rule.holds(day):
        return False
    if (state == "later" and (over or rule.since <= day)) or (state == "over" and not over):
        return False
    wanted = (("area", rule.area_id), ("category", rule.category_id), ("unit", rule.unit_id))
    return all(not asked.get(name) or asked[name] == str(value) for name, value in wanted)


def _in_order(rule: RuleRef) -> tuple[str, str, int]:
    """As the list of categories stands; those for any category last."""
    refs = catalogue.category_refs()
    category = refs.get(rule.category_id or 0)
    return category.code if category else "~", str(rule.area_id or ""), rule.id


def _row(rule: RuleRef, words: RuleWords, count: int) -> Row:
    badges = [
        Cell(label, "underway", sign)
        for there, label, sign in (
            (rule.certain, _("Certain"), "bolt"), (rule.verify_first, _("Verify first"), "eye-check"),
        ) if there
    ]  # fmt: skip
    return Row(
        title=words.what(rule),
        url=reverse("setup:rule", args=[rule.id]),
        badges=badges,
        ended=rule.until is not None and rule.until <= today(),
        cells=[
            Cell(words.where(rule)), Cell(words.lead(rule)), Cell(words.assisting(rule)),
            Cell(_period(rule)), Cell(count, number=True, faint=not count),
        ],
    )  # fmt: skip


def _period(rule: RuleRef) -> str:
    if rule.until is None:
        return _("from %(since)s") % {"since": rule.since.isoformat()}
    if rule.until <= rule.since:
        return _("taken back before it held")
    return _("%(since)s to %(until)s") % {
        "since": rule.since.isoformat(), "until": rule.until.isoformat(),
    }  # fmt: skip


# The editor --------------------------------------------------------------------------------------


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """Set a rule, after a look at what would move."""
    form = rule_forms.RuleForm(request.POST or None, asked=request.GET)
    return _edit(request, form, None)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One rule: what it says, what it did, and changing it."""
    found = catalogue.rule_ref(rule_id)
    form = rule_forms.RuleForm(request.POST or None, rule=found, asked=request.GET)
    return _edit(request, form, found)


def _edit(request: HttpRequest, form: rule_forms.RuleForm, old: RuleRef | None) -> HttpResponse:
    status, first = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form, fields=rule_forms.REFUSED) as outcome:
                return _save(request, form, old)
            status = outcome.status
            if isinstance(outcome.refusal, RuleContradicts):
                first = outcome.refusal.rule_id
    over = old is not None and old.until is not None and old.until <= max(today(), old.since)
    title = _("Rule %(rule)s") % {"rule": old.id} if old else _("New rule")
    return frame.edit_page(
        request,
        title=title,
        form=None if over else form,
        back=_back(),
        word=_("See what would move"),
        lead=_summary(old) if old else "",
        ended=_("This rule has ended. It stays here, because cases were sent by it.") if over else "",
        links=[] if old is None else [
            Link(_("History"), reverse("setup:rule_history", args=[old.id]), "history")
        ],
        acts=[] if old is None or over else [
            Act(_("End this rule"), reverse("setup:rule_end", args=[old.id]), "archive",
                danger=True, hint=_("You see first which cases would move."))
        ],
        facts=_facts(old) if old else (),
        status=status,
        template="setup/rule.html",
        same_rule=first,
    )  # fmt: skip


def _summary(rule: RuleRef) -> str:
    words = RuleWords()
    return _("%(what)s in %(where)s belongs to %(unit)s.") % {
        "what": words.what(rule), "where": words.where(rule), "unit": words.lead(rule),
    }  # fmt: skip


def _facts(rule: RuleRef) -> list[tuple[Any, Any]]:
    words, count = RuleWords(), cases.decided_lately().get(rule.id, 0)
    return [
        (_("Assisting"), words.assisting(rule)),
        (_("Holds"), _period(rule)),
        (_("Why it is so"), rule.reason),
        (_("Decided in 30 days"),
         ngettext("%(n)d case", "%(n)d cases", count) % {"n": count}),
    ]  # fmt: skip


def _save(request: HttpRequest, form: rule_forms.RuleForm, old: RuleRef | None) -> HttpResponse:
    reader, draft = reader_of(request), form.draft()
    if not frame.confirmed(request) or "again" in request.POST:
        operations.try_rule(draft, instead_of=old.id if old else None, by=reader)
        checked = draft.checked()
        change = rulebook.Change(
            on=checked.begins, ends=old.id if old else None, sets=checked.as_ref()
        )
        title = _("Change rule %(rule)s") % {"rule": old.id} if old else _("New rule")
        return _preview(request, form, change, title=title, sentence=_summary(checked.as_ref()))
    if old is None:
        saved = operations.set_rule(by=reader, **vars(draft))
    else:
        saved = operations.change_rule(old.id, draft, by=reader)
    messages.success(request, _("The rule is set. Its history takes it back."))
    return redirect("setup:rule", rule_id=saved.pk)


@needs(MANAGE)
@require_http_methods(["GET", "POST"])
def rule_end(request: HttpRequest, rule_id: int) -> HttpResponse:
    """End a rule from a day on, after a look at what would move."""
    found = catalogue.rule_ref(rule_id)
    form = rule_forms.EndForm(request.POST or None)
    back = Link(_("Rule %(rule)s") % {"rule": rule_id}, reverse("setup:rule", args=[rule_id]))
    title = _("End rule %(rule)s") % {"rule": rule_id}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refused_in(form) as outcome:
                day: date = form.cleaned_data["on"]
                if frame.confirmed(request):
                    operations.end_rule(rule_id, by=reader_of(request), on=day)
                    messages.success(request, _("The rule ends. Its history brings it back."))
                    return redirect("setup:rule", rule_id=rule_id)
                change = rulebook.Change(on=max(day, today()), ends=rule_id)
                return _preview(request, form, change, title=title, sentence=_summary(found))
            status = outcome.status
    return frame.edit_page(
        request, title=title, form=form, back=back, word=_("See what would move"),
        lead=_summary(found), status=status,
    )  # fmt: skip


# What would move ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stream:
    """So many cases from one unit to another; "" where a dispatcher would choose."""

    was: str
    becomes: str
    count: int


@dataclass(frozen=True)
class MovedCase:
    """A case that would go elsewhere, in names."""

    number: str
    opened_at: Any
    what: Any
    place: str
    was: str
    becomes: str


def _preview(
    request: HttpRequest, form: Any, change: rulebook.Change, *, title: str, sentence: str
) -> HttpResponse:
    return what_moves(
        request, change, title=title, sentence=sentence, hidden=_hidden(request, form),
        back=Link(_("Back to the form"), request.get_full_path()), form=form,
    )  # fmt: skip


def what_moves(
    request: HttpRequest, change: rulebook.Change, *, title: str, sentence: str,
    hidden: Sequence[tuple[str, str]], back: Link, template: str = "setup/rule_preview.html",
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    """The page between: which of the past month's cases would go elsewhere. `hidden` travels along."""
    told = cases.what_if(reader_of(request), change)
    units, areas, kinds = unit_refs(), places.area_refs(), catalogue.category_refs()

    def unit(unit_id: int | None) -> str:
        found = units.get(unit_id or 0)
        return name_of(found) if found else ""

    def place(one: cases.Moved) -> str:
        area = areas.get(one.area_id or 0)
        return one.address or (name_of(area) if area else "")

    shown = [
        MovedCase(
            one.number, one.opened_at, kinds[one.category_id],
            place(one),
            unit(one.from_unit_id), unit(one.to_unit_id),
        )
        for one in told.shown
    ]  # fmt: skip
    context = {
        "title": title,
        "sentence": sentence,
        "told": told,
        "streams": [Stream(unit(old), unit(new), n) for old, new, n in told.by_units],
        "moved": shown,
        "change": change,
        "confirmed": frame.CONFIRMED,
        "hidden": hidden,
        "back": back,
        **more,
    }
    return frame.page(request, template, context, status=status)


def _hidden(request: HttpRequest, form: Any) -> Sequence[tuple[str, str]]:
    """Everything that was filled in, to travel along."""
    return [(name, value) for name in form.fields for value in request.POST.getlist(name)]


# Checks ------------------------------------------------------------------------------------------


@needs(MANAGE)
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Rules that never decide, and rules that cut across each other."""
    known = overlaps.overlaps_now(today())
    told = cases.firing(reader_of(request))
    held = catalogue.rules_on(today())
    found: list[Check] = checks_of(held, known, told)
    words = RuleWords()
    crossings = [
        (Shown.of(one.winner, words), Shown.of(one.loser, words), one.because.value)
        for one in known.crossings
    ]
    context = {
        "title": _("Check the rules"),
        "held": len(held),
        "found": found,
        "crossings": crossings,
        "told": told,
        "complete": known.complete,
        "back": _back(),
    }
    return frame.page(request, "setup/rules_check.html", context)


# Try it ------------------------------------------------------------------------------------------


@needs(MANAGE)
@require_GET
def attempt(request: HttpRequest) -> HttpResponse:
    """Whose a problem at a place is, and why."""
    form = rule_forms.TryForm(request.GET)
    routing: Routing | None = None
    where = None
    if "ask" in request.GET and form.is_valid():
        given = form.cleaned_data
        where = places.locate(given["lat"], given["lon"])
        condition = given["condition"]
        if condition is None:
            ordinary = catalogue.default_condition(given["category"])
            condition = ordinary.id if ordinary else None
        routing = route(
            where=where, category_id=given["category"], condition_id=condition,
            on=given["on"] or today(),
        )  # fmt: skip
    context = {
        "title": _("Try the rules"),
        "form": form,
        "asked": "ask" in request.GET,
        "routing": routing,
        "unit": unit_refs().get(routing.unit_id or 0) if routing else None,
        "area": where.chain[-1] if where and where.chain else None,
        "back": _back(),
    }
    return frame.page(request, "setup/rules_try.html", context)


# History -----------------------------------------------------------------------------------------


@needs(MANAGE)
@require_GET
def rules_history(request: HttpRequest) -> HttpResponse:
    """What happened to the rules."""
    return frame.history_page(
        request, title=_("History of the rules"), changes=history.rule_history(),
        room="catalogue", back=_back(),
    )  # fmt: skip


@needs(MANAGE)
@require_GET
def rule_history(request: HttpRequest, rule_id: int) -> HttpResponse:
    """What happened to one rule, and to those before it in its place."""
    catalogue.rule_ref(rule_id)
    title = _("Rule %(rule)s") % {"rule": rule_id}
    return frame.history_page(
        request, title=_("History of %(thing)s") % {"thing": title},
        changes=history.rule_history(rule_id), room="catalogue",
        back=Link(title, reverse("setup:rule", args=[rule_id])),
    )  # fmt: skip
