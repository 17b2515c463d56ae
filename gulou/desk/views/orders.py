"""Supervision orders: the lists of mine, giving one or many, answering and judging."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.desk import drafts, paging
from gulou.desk.drafts import Draft
from gulou.desk.forms import orders as forms
from gulou.desk.selection import Picked, picked
from gulou.desk.shell import page, reader_of
from gulou.kit.errors import NotAllowed, NotFound
from gulou.kit.paging import Page
from gulou.orders import operations, queries
from gulou.orders.states import GIVE
from gulou.papers import orders as papers
from gulou.ui.forms import refused_in
from gulou.ui.guards import needs, signed_in

_READ: dict[str, Callable[..., Page[Any]]] = {
    "mine": queries.to_answer,
    "judge": queries.to_judge,
    "all": queries.open_orders,
    "late": partial(queries.open_orders, late=True),
    "ended": queries.ended_orders,
}


@signed_in
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """Orders: mine to answer, mine to accept, all that are open, late ones, ended ones."""
    reader, here = reader_of(request), reverse("desk:orders")
    counts = queries.counts(reader)
    asked = request.GET.get("tab", "")
    # What waits for the reader; else all. Notices stand on a list of their own.
    tab = (
        asked if asked in counts else next((one for one in ("mine", "judge") if counts[one]), "all")
    )
    at = paging.asked(request)
    found: Page[Any] = Page()
    notices: Page[Any] = Page()
    if tab in _READ:
        found = _READ[tab](reader, page=at)
    else:
        notices = queries.notices_seen_by(reader, page=at)
    context = {
        "found": found, "notices": notices, "tab": tab, "papers": papers.offered(reader),
        "may_give": queries.may_give_any(reader),
        "chips": [{"words": words, "count": counts[name], "on": name == tab,
                   "url": f"{here}?tab={name}"} for name, words in _tabs() if name in counts],
        **paging.links(request, found or notices),
    }  # fmt: skip
    return page(request, "desk/orders.html", context)


@needs(GIVE)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Put the picked cases under supervision. A POST without `give` brings a selection along."""
    reader = reader_of(request)
    if request.method == "GET" and "number" not in request.GET:
        return _choose(request)
    found = picked(request.POST if request.method == "POST" else request.GET)
    cases = list(found.selection.cases(reader)[: operations.MOST_AT_ONCE + 1])
    if not cases:
        raise NotFound("order.no_case", _("Choose at least one case that you see."))
    sent = request.method == "POST" and "give" in request.POST
    form = forms.GiveForm(
        request.POST if sent else None, persons=queries.persons_for(cases),
        first=_first(cases),
    )  # fmt: skip
    many = len(cases) > operations.MOST_AT_ONCE
    outcomes: Sequence[operations.Outcome] = ()
    status = 200
    if sent:
        status = 422
        due_at = form.due_at() if form.is_valid() else None
        if due_at is not None and not many:
            given = {"by": reader, "words": form.cleaned_data["words"], "due_at": due_at,
                     "person": form.chosen()}  # fmt: skip
            if len(cases) == 1:
                with refused_in(form) as outcome:
                    order = operations.give_order(cases[0], **given)
                    messages.success(request, _("The order is given. Who answers for it is told."))
                    return redirect("desk:order", uid=order.uid)
                status = outcome.status
            else:
                outcomes = operations.give_orders(cases, **given)
                done = sum(one.order is not None for one in outcomes)
                if done == len(outcomes):
                    said = ngettext("%(n)d order is given.", "%(n)d orders are given.", done)
                    messages.success(request, said % {"n": done})
                    return redirect(reverse("desk:orders") + "?tab=all")
                status = 200
    return _give_page(request, form, found, cases, outcomes, many, status)


def _choose(request: HttpRequest) -> HttpResponse:
    """Which cases: their numbers, one or many. The list of cases leads to the same form."""
    form = forms.NumbersForm(request.GET or None, by=reader_of(request))
    if form.is_bound and form.is_valid():
        numbers = [("number", case.number) for case in form.named]
        return redirect(f"{reverse('desk:order_give')}?{urlencode(numbers)}")
    return page(
        request, "desk/order_choose.html", {"form": form}, status=422 if form.is_bound else 200
    )


def _give_page(
    request: HttpRequest, form: Any, found: Picked, cases: Sequence[Any],
    outcomes: Sequence[operations.Outcome], many: bool, status: int,
) -> HttpResponse:  # fmt: skip
    left = [one.case.number for one in outcomes if one.order is None]
    context = {
        "form": form, "cases": cases, "outcomes": outcomes, "many": many,
        "most": operations.MOST_AT_ONCE, "done": sum(one.order is not None for one in outcomes),
        # What was given already is not given twice.
        "carried": [("number", number) for number in left] if outcomes else found.carried,
    }  # fmt: skip
    return page(request, "desk/order_give.html", context, status=status)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("mine", _("Mine to answer")), ("judge", _("Mine to accept")), ("all", _("All open ones")),
        ("late", _("Late")), ("ended", pgettext("supervision orders", "Ended")),
        ("notices", _("Notices issued")),
    ]  # fmt: skip


def _first(cases: Sequence[Any]) -> str:
    """What stands for nobody chosen: the head of each unit."""
    if len(cases) > 1:
        return _("The head of each unit")
    head = queries.head_of(cases[0])
    return _("The head of the unit: %(name)s") % {"name": head} if head else _("Choose a person")


@signed_in
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One order: what it asks, what was answered, and what may be done now."""
    reader = reader_of(request)
    found = queries.order_seen_by(reader, uid)
    if request.method == "GET":
        return _order_page(request, found)
    act = request.POST.get("act", "")
    if act not in _ACTS:
        raise NotFound("order.no_such_act", _("There is no such move."))
    form_class, run, done, needed = _ACTS[act]
    if needed not in queries.order_of(found, reader=reader).may:
        raise NotAllowed(
            "access.not_allowed",
            _("This is not yours to do, or was done already. Look at the order again."),
        )
    form = form_class(request.POST, persons=queries.persons_for([found.case]))
    draft = drafts.draft_of(request, by=reader) if act == "answer" else Draft("")
    if draft.changed:
        return _order_page(request, found, act, form, draft)
    for words in draft.refusals:
        form.add_error(None, words)
    status = 422
    if form.is_valid():
        with refused_in(form) as outcome:
            run(found, form, draft, reader)
            messages.success(request, str(done()))
            here = reverse("desk:order", kwargs={"uid": uid})
            return redirect(f"{here}?sent=order-{uid}" if act == "answer" else here)
        status = outcome.status
    return _order_page(request, found, act, form, draft, status)


def _answer(found: Any, form: Any, draft: Draft, by: Any) -> Any:
    return operations.answer_order(
        found, by=by, words=form.cleaned_data["words"], evidence=draft.evidence
    )


def _accept(found: Any, form: Any, draft: Draft, by: Any) -> Any:
    return operations.accept_answer(found, by=by, words=form.cleaned_data["words"])


def _send_back(found: Any, form: Any, draft: Draft, by: Any) -> Any:
    return operations.send_back(
        found, by=by, words=form.cleaned_data["words"], due_at=form.due_at()
    )


def _hand_on(found: Any, form: Any, draft: Draft, by: Any) -> Any:
    return operations.hand_order_on(found, by=by, person=form.chosen())


def _withdraw(found: Any, form: Any, draft: Draft, by: Any) -> Any:
    return operations.withdraw_order(found, by=by, words=form.cleaned_data["words"])


_Act = tuple[type[forms.OrderForm], Callable[..., Any], Callable[[], str], str]
_ACTS: dict[str, _Act] = {
    "answer": (forms.AnswerForm, _answer, lambda: _("Answered. Who gave the order is told."), "answer"),
    "accept": (forms.AcceptForm, _accept, lambda: _("Accepted. The order is done with."), "judge"),
    "back": (forms.SendBackForm, _send_back, lambda: _("Sent back to be answered again."), "judge"),
    "hand_on": (forms.HandOnForm, _hand_on, lambda: _("Somebody else answers for it now."), "hand_on"),
    "withdraw": (forms.WithdrawForm, _withdraw, lambda: _("The order is withdrawn."), "manage"),
}  # fmt: skip


def _order_page(
    request: HttpRequest, found: Any, act: str = "", form: Any = None, draft: Draft | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    reader = reader_of(request)
    seen = queries.order_of(found, reader=reader)
    persons = queries.persons_for([found.case]) if "manage" in seen.may else ()
    shown = {
        name: form if name == act else form_class(persons=persons)
        for name, (form_class, _run, _done, needed) in _ACTS.items() if needed in seen.may
    }  # fmt: skip
    context = {
        "order": seen, "forms": shown, "open": act, "papers": papers.offered(reader),
        "draft": draft or drafts.new_draft(),
    }  # fmt: skip
    return page(request, "desk/order.html", context, status=status)


@signed_in
@require_POST
def order_paper(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A paper from the orders that were ticked: list, sheets, reminders, or an official notice."""
    uids = [uid for text in request.POST.getlist("order")[:300] if (uid := drafts.uuid_of(text))]
    ready = papers.make(kind, uids, by=reader_of(request))
    return _file(ready)


@signed_in
@require_GET
def notice(request: HttpRequest, uid: UUID, form: str) -> HttpResponseBase:
    """An official notice again, with the number that it has."""
    return _file(papers.notice_again(uid, form, by=reader_of(request)))


def _file(ready: papers.Ready) -> HttpResponseBase:
    answer = FileResponse(
        ready.file, as_attachment=True, filename=ready.name, content_type=ready.made.mime
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
