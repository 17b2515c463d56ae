"""The record of one case, and every move that can be made on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.cases import operations, queries, states
from gulou.cases.queries import Record
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.desk import acts, drafts, hints, pairs, sentences
from gulou.desk.acts import Act, Sent
from gulou.desk.drafts import Draft
from gulou.desk.lots import lots_of
from gulou.desk.pairs import Pair
from gulou.desk.shell import page, part, reader_of
from gulou.desk.walk import tail_of, walk_of
from gulou.joint import queries as joint
from gulou.kit.errors import NotAllowed, NotFound
from gulou.notices import inbox
from gulou.notices import queries as notices
from gulou.orders import queries as orders
from gulou.people import queries as people
from gulou.places import queries as places
from gulou.ui.forms import refused_in
from gulou.ui.guards import signed_in
from gulou.workbench import operations as workbench
from gulou.workbench import placeholders
from gulou.workbench import queries as bench

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.cases.queries import ArbitrationSeen, Suspect
    from gulou.desk.forms import MoveForm
    from gulou.joint.queries import About
    from gulou.people.models import User
    from gulou.workbench.queries import TemplateSeen


@dataclass(frozen=True)
class Panel:
    """The form of one move, open on the record."""

    act: Act
    form: "MoveForm"
    draft: Draft
    news: Sequence[sentences.Line] = ()
    unsent: str = ""
    focus: bool = False
    # The other case of a merge or a split, to look at both before it is done.
    pair: Pair | None = None


@signed_in
@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The record, with the likely next move open."""
    case = queries.case_seen_by(reader_of(request), number)
    return _page(request, case, followed=workbench.see_case(case, by=reader_of(request)))


@signed_in
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One move: its form open on the record, or the move itself."""
    act = acts.act_of(name)
    try:
        case = queries.case_seen_by(reader_of(request), number)
    except NotFound:
        gone = queries.case_lately_at(reader_of(request), number)
        if request.method == "GET" or gone is None:
            raise
        return _moved_on(request, gone)
    if request.method == "POST":
        return _made(request, case, act)
    followed = workbench.see_case(case, by=reader_of(request))
    return _page(request, case, _panel(request, case, act), followed=followed)


def _made(request: HttpRequest, case: "Case", act: Act) -> HttpResponse:
    """Make the move and go on; or show the form again with what was typed and what is wrong."""
    by = reader_of(request)
    form = act.form(request.POST, case=case, reader=by)
    draft = drafts.draft_of(request, by=by) if form.takes_photos else Draft("")
    if draft.changed:
        return _page(request, case, Panel(act, form.unsent(), draft))
    if "insert" in request.POST:
        return _page(request, case, Panel(act, _inserted(request, case, form), draft))
    status = 422
    for words in draft.refusals:
        form.add_error("photos", words)
    if form.is_valid() and (pair := pairs.to_confirm(form)):
        compared = form.unsent()
        compared.initial["compared"] = pair.other.number
        return _page(request, case, Panel(act, compared, draft, pair=pair))
    if form.is_valid():
        with refused_in(form, fields={"into": _field_of_target(form)}) as outcome:
            moved = act.run(Sent(case, by, form, draft.evidence))
            workbench.answer_mentions(case, by=by)
            done = str(act.done) % {"case": case.number}
            messages.success(request, done, extra_tags=_undo_url(request, moved, act))
            return redirect(_after(request, case, act))
        if outcome.refusal is not None and outcome.refusal.code == "case.changed_meanwhile":
            return _changed_meanwhile(request, case, act, draft)
        status = outcome.status
    return _page(request, case, Panel(act, form, draft), status=status)


def _inserted(request: HttpRequest, case: "Case", form: "MoveForm") -> "MoveForm":
    """The form with what was typed, and the chosen template under it, filled by the case."""
    filled = form.unsent()
    if uid := drafts.uuid_of(request.POST.get("template", "")):
        template = bench.template_of(reader_of(request), uid)
        with override(template.language):
            text = placeholders.fill(template.words.text, bench.values_of(case))
        typed = str(filled.initial.get("words") or "").rstrip()
        filled.initial["words"] = f"{typed}\n{text}".lstrip()
    return filled


def _field_of_target(form: "MoveForm") -> str:
    return "into" if "into" in form.fields and not form.data.get("number") else "number"


def _after(request: HttpRequest, case: "Case", act: Act) -> str:
    """The record if the person still sees it, else their queue."""
    seen = queries.cases_seen_by(reader_of(request)).filter(pk=case.pk).exists()
    url = reverse("desk:record", args=[case.number]) if seen else reverse("desk:queue")
    tail = tail_of(request).replace("?", "&", 1) if seen else ""
    return f"{url}?done={act.name}-{case.number}{tail}"


def _undo_url(request: HttpRequest, moved: "Case", act: Act) -> str:
    """Where the move is taken back, "" where it cannot be. The toast makes a button of it."""
    if not act.move.undo:
        return ""
    url = reverse("desk:undo", args=[moved.number])
    return f"{url}?seen={moved.version}{tail_of(request).replace('?', '&', 1)}"


@signed_in
@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take back the move that one has just made, also where one no longer sees the case."""
    reader = reader_of(request)
    case = queries.case_moved_by(reader, number)
    seen = request.GET.get("seen", "")
    known = seen.isascii() and seen.isdigit() and len(seen) < 10
    operations.undo_move(case, by=reader, seen=int(seen) if known else None)
    messages.success(request, _("Taken back: %(case)s stands as before.") % {"case": number})
    if queries.cases_seen_by(reader).filter(pk=case.pk).exists():
        return redirect(reverse("desk:record", args=[number]) + tail_of(request))
    return redirect("desk:queue")


def _moved_on(request: HttpRequest, case: "Case") -> HttpResponse:
    """Somebody was faster, and the case is no longer the reader's to see: what was done to it, and
    what was typed."""
    shown = queries.record_of(case, reader=reader_of(request))
    context = {
        "number": case.number,
        "news": [sentences.line(entry) for entry in shown.story[_known(request, shown) :]],
        "unsent": request.POST.get("words", "")[:2000],
    }
    return page(request, "desk/moved_on.html", context, status=409)


def _known(request: HttpRequest, shown: Record) -> int:
    """How much of the story stood on the page that was sent."""
    told = request.POST.get("told", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else len(shown.story)


def _changed_meanwhile(request: HttpRequest, case: "Case", act: Act, draft: Draft) -> HttpResponse:
    """Somebody was faster: what they did, and the form with everything that was typed."""
    case = queries.case_seen_by(reader_of(request), case.number)
    shown = queries.record_of(case, reader=reader_of(request))
    known = _known(request, shown)
    data = request.POST.copy()
    data["seen"], data["told"] = str(case.version), str(len(shown.story))
    still = act.move in shown.moves
    form = act.form(data if still else None, case=case, reader=reader_of(request))
    if still:
        form.is_valid()
    news = [sentences.line(entry) for entry in shown.story[known:]]
    unsent = "" if still else request.POST.get("words", "")[:2000]
    panel = Panel(act, form, draft, news=news, unsent=unsent or ("" if still else "–"))
    return _page(request, case, panel, status=409, shown=shown)


def _panel(request: HttpRequest, case: "Case", act: Act) -> Panel:
    draft = drafts.new_draft() if act.form.takes_photos else Draft("")
    form = act.form(case=case, reader=reader_of(request), asked=request.GET)
    pair = pairs.asked_for(form)
    if act.move == states.SPLIT:
        pair = pairs.before_split(case, reader_of(request))
    return Panel(act, form, draft, focus=request.path.endswith(f"/{act.name}/"), pair=pair)


def _page(
    request: HttpRequest,
    case: "Case",
    panel: Panel | None = None,
    *,
    status: int = 200,
    shown: Record | None = None,
    followed: bool | None = None,
    **more: Any,
) -> HttpResponse:
    reader = reader_of(request)
    shown = shown or queries.record_of(case, reader=reader)
    next_act = acts.likely(shown)
    if panel is None and next_act is not None:
        panel = _panel(request, case, next_act)
    elif panel is not None and not panel.news and not panel.unsent:
        _require(reader, panel.act, shown)
    suspects = _suspects(case, shown, reader)
    named = {one.row.id for one in suspects}
    if panel is not None and not panel.form.is_bound:
        panel.form.initial["told"] = len(shown.story)
    context = {
        **context_of(case, shown, reader=reader, next_act=next_act),
        "panel": panel,
        "near": [row for row in queries.neighbours(reader, case) if row.id not in named],
        "suspects": suspects,
        "returned": queries.recurrences_of(case, reader=reader),
        "arbitrations": _arbitrations(case, reader),
        "orders": orders.orders_of(case, reader=reader) if case.ordered_until else (),
        "may_order": orders.may_give(reader, case),
        "operations": _operations(case, shown, reader),
        "told": notices.told_of(case.pk),
        "unread": inbox.look_at(reader, case.pk),
        "powers": queries.powers_over(reader, case),
        "path": request.path,
        "followed": workbench.see_case(case, by=reader) if followed is None else followed,
        "url": request.build_absolute_uri(reverse("desk:record", args=[case.number])),
        "templates": _templates(panel, reader),
        "walk": walk_of(request, case),
        "examined": _examined(case, shown, reader),
        "lots": lots_of(shown.story),
        **more,
    }
    # An error must be swapped in by htmx too, which takes 422 for it.
    status = 422 if getattr(request, "htmx", False) and status == 409 else status
    return page(request, "desk/record.html", context, status=status)


def _operations(case: "Case", shown: Record, reader: "User") -> "Sequence[About]":
    """The joint operations that it is in, where its story knows of any."""
    taken_up = any(entry.name == "case.taken_up" for entry in shown.story)
    return joint.operations_about(case, reader=reader) if taken_up else ()


def _examined(case: "Case", shown: Record, reader: "User") -> list[hints.Beside]:
    """What the pictures say, for who rechecks and for who names the rechecker."""
    if not (shown.may("rework") or shown.may("name_rechecker") or shown.may("release")):
        return []
    return hints.beside(queries.examined(case, reader=reader))


def _suspects(case: "Case", shown: Record, reader: "User") -> "Sequence[Suspect]":
    """What may be the same problem, for who may merge, before work on it has begun."""
    early = case.state in (State.RECEIVED, State.FILED)
    return queries.suspects(reader, case) if early and shown.may(states.MERGE.name) else ()


def _arbitrations(case: "Case", reader: "User") -> list[tuple["ArbitrationSeen", str]]:
    """Each with what may be made of it: "make" a rule, or "there" is one that says so already."""
    found, may = queries.arbitrations_of(case), queries.may_make_rules(reader, case)
    shown = []
    for n, one in enumerate(found):
        rule = "make" if may and one.decided_at and one.rule_id is None and n == 0 else ""
        if rule and queries.rule_says_so(case, one.unit_id):
            rule = "there"
        shown.append((one, rule))
    return shown


def _templates(panel: Panel | None, reader: "User") -> "Sequence[TemplateSeen]":
    if panel is None or "words" not in panel.form.fields:
        return ()
    return bench.templates_for(reader, move=panel.act.name)


def _require(reader: "User", act: Act, shown: Record) -> None:
    """Raise what stands in the way of a move: the lack of a verb, or else the state of the case."""
    if act.move in shown.moves:
        return
    if queries.may_ever(reader, shown.case, act.move):
        act.move.check(shown.case.state)
    raise NotAllowed(
        "access.not_allowed",
        _("Your posting does not let you do this here. Ask the office whom it belongs to."),
    )


def context_of(case: "Case", shown: Record, *, reader: Any, next_act: Act | None) -> dict[str, Any]:
    """What the parts of a record need, on its own page and beside the queue."""
    areas, units = places.area_refs(), people.unit_refs()
    return {
        "case": case,
        "record": shown,
        "category": catalogue.category_refs().get(case.category_id),
        "condition": next(
            (c for c in catalogue.conditions_of(case.category_id) if c.id == case.condition_id),
            None,
        ),
        "case_unit": units.get(case.unit_id),
        "step_unit": units.get(case.step_unit_id or 0),
        "assisting": [units[pk] for pk in case.assisting if pk in units],
        "chain": [
            areas[pk]
            for pk in (case.street_id, case.community_id, case.grid_id)
            if pk is not None and pk in areas
        ],
        "acts": acts.acts_for(shown.moves),
        "next_act": next_act,
        "lines": [sentences.line(entry) for entry in reversed(shown.story)],
        "steps": [(step, sentences.outcome(step)) for step in shown.steps],
        "levels": [(step, sentences.outcome(step)) for step in shown.chain],
    }


def preview(request: HttpRequest, number: str, *, tail: str = "") -> HttpResponse:
    """The part of the queue that shows one case beside the list."""
    return part(request, "desk/parts/beside.html", preview_context(request, number, tail=tail))


def preview_context(request: HttpRequest, number: str, *, tail: str = "") -> dict[str, Any]:
    """What stands beside the list. Raises NotFound."""
    reader = reader_of(request)
    case = queries.case_seen_by(reader, number)
    shown = queries.record_of(case, reader=reader)
    next_act = acts.likely(shown)
    return {**context_of(case, shown, reader=reader, next_act=next_act), "tail": tail}


@signed_in
@require_POST
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Be told of what changes on a case, or no more."""
    by = reader_of(request)
    if request.POST.get("on") == "0":
        workbench.unfollow_case(bench.followed_case(by, number), by=by)
        messages.success(request, _("You do not follow %(case)s any more.") % {"case": number})
        return redirect(_back(request, "desk:following"))
    workbench.follow_case(queries.case_seen_by(by, number), by=by)
    messages.success(request, _("You follow %(case)s. What changes is told to you.") % {"case": number})  # fmt: skip
    return redirect("desk:record", number=number)


@signed_in
@require_POST
def recurrence(request: HttpRequest, number: str, link: int) -> HttpResponse:
    """Say whether the case is an earlier one come back."""
    by = reader_of(request)
    case = queries.case_seen_by(by, number)
    confirmed = request.POST.get("confirmed") == "1"
    operations.judge_recurrence(case, link, by=by, confirmed=confirmed)
    said = _("Confirmed: it has come back.") if confirmed else _("Noted: it is another problem.")
    messages.success(request, said)
    return redirect("desk:record", number=number)


def _back(request: HttpRequest, otherwise: str) -> str:
    here = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()})
    return here if known else reverse(otherwise)


# What is no move: contacts, tracking links and erasing.


@signed_in
@require_POST
def contact(request: HttpRequest, number: str, uid: UUID) -> HttpResponse:
    """Open the reporter's contact. That it was opened goes on record; it is shown once."""
    case = queries.case_seen_by(reader_of(request), number)
    report = queries.report_on(case, uid)
    details = operations.reveal_contact(report, by=reader_of(request))
    return _page(request, case, revealed=details, revealed_uid=uid)


@signed_in
@require_POST
def link(request: HttpRequest, number: str, uid: UUID) -> HttpResponse:
    """Hand over a tracking link. That it was handed over goes on record; it is shown once."""
    case = queries.case_seen_by(reader_of(request), number)
    report = queries.report_on(case, uid)
    token = operations.hand_over_link(report, by=reader_of(request))
    url = request.build_absolute_uri(reverse("portal:story", args=[token]))
    return _page(request, case, handed=url, handed_uid=uid)


@signed_in
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, number: str) -> HttpResponse:
    """Erase somebody's words, or their contact, after asking once."""
    reader = reader_of(request)
    case = queries.case_seen_by(reader, number)
    given = request.POST if request.method == "POST" else request.GET
    words, uid = given.get("words", ""), drafts.uuid_of(given.get("contact", ""))
    if request.method == "GET":
        if states.ERASE not in queries.powers_over(reader, case):
            raise NotAllowed(
                "access.not_allowed",
                _("Your posting does not let you do this here. Ask the office whom it belongs to."),
            )
        return _page(request, case, erasing={"words": words, "contact": uid})
    if uid is not None:
        operations.erase_contact(queries.report_on(case, uid), by=reader)
    else:
        known = words.isascii() and words.isdigit() and len(words) < 19
        operations.erase_words(case, by=reader, words_id=int(words) if known else 0)
    messages.success(request, _("Erased. The record still shows that something was said."))
    return redirect("desk:record", number=case.number)
