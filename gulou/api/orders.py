"""Supervision orders for programs of the staff: the lists, giving one, answering, judging."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from ninja.security import django_auth
from pydantic import AwareDatetime, Field

from gulou.cases import queries as cases
from gulou.cases.operations import Evidence
from gulou.kit.errors import Invalid
from gulou.kit.paging import Page
from gulou.orders import operations, queries
from gulou.people import queries as people
from gulou.ui.answers import as_json

from .cases import reader_of
from .moves import Draft

if TYPE_CHECKING:
    from gulou.people.models import User

router = Router(auth=django_auth)
Words = Annotated[str, Field(max_length=4000)]


_READ: Mapping[str, Callable[..., Page[queries.OrderSeen]]] = {
    "mine": queries.to_answer,
    "judge": queries.to_judge,
    "open": queries.open_orders,
    "late": partial(queries.open_orders, late=True),
    "ended": queries.ended_orders,
}


class Given(Schema):
    """An order. Nobody in `person` is the head of the unit that has the case."""

    case: Annotated[str, Field(max_length=24)]
    words: Words
    due: AwareDatetime
    person: UUID | None = None


class Act(Schema):
    """What is done to an order. Photos were staged under `draft`; `due` is a new deadline, for
    what is sent back; `person` is who answers from now on."""

    words: Words = ""
    due: AwareDatetime | None = None
    person: UUID | None = None
    photos: Annotated[list[UUID], Field(max_length=50)] = []
    draft: Draft = ""


@router.get("", url_name="orders", summary="Supervision orders")
def orders(
    request: HttpRequest, which: Literal["mine", "judge", "open", "late", "ended"] = "open",
    page: Annotated[int, Field(ge=0, le=9999)] = 0,
) -> HttpResponse:  # fmt: skip
    """`mine` to answer, `judge` to accept or send back, all that are `open`, `late` or `ended`.
    `more` tells whether there is another page."""
    reader = reader_of(request)
    found = _READ[which](reader, page=page)
    return as_json({"orders": found, "more": found.more})


@router.post("", url_name="give_order", summary="Put a case under supervision")
def give(request: HttpRequest, given: Given) -> HttpResponse:
    """One open order a case."""
    by = reader_of(request)
    order = operations.give_order(
        cases.case_seen_by(by, given.case), by=by, words=given.words, due_at=given.due,
        person=_person(given.person),
    )  # fmt: skip
    return as_json(queries.order_of(order, reader=by), status=201)


@router.get("/{uid}", url_name="order", summary="One order with its answers")
def order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What it asks, what was answered, and what you may do."""
    reader = reader_of(request)
    return as_json(queries.order_of(queries.order_seen_by(reader, uid), reader=reader))


@router.post("/{uid}/{act}", url_name="order_act", summary="Answer, accept, send back, ...")
def act(
    request: HttpRequest, uid: UUID,
    act: Literal["answer", "accept", "send_back", "hand_on", "withdraw"], given: Act,
) -> HttpResponse:  # fmt: skip
    """The order after it."""
    by = reader_of(request)
    found = queries.order_seen_by(by, uid)
    if act == "answer":
        evidence = Evidence(photos=given.photos, draft=given.draft)
        operations.answer_order(found, by=by, words=given.words, evidence=evidence)
    elif act == "accept":
        operations.accept_answer(found, by=by, words=given.words)
    elif act == "send_back":
        operations.send_back(found, by=by, words=given.words, due_at=given.due)
    elif act == "withdraw":
        operations.withdraw_order(found, by=by, words=given.words)
    else:
        person = _person(given.person)
        if person is None:
            raise Invalid("api.missing", _("A value is missing."), field="person")
        operations.hand_order_on(found, by=by, person=person)
    return as_json(queries.order_of(found, reader=by))


def _person(uid: UUID | None) -> "User | None":
    if uid is None:
        return None
    found = people.people_by_uid([uid]).get(uid)
    if found is None:
        raise Invalid("api.person", _("There is no such person."), field="person")
    return found
