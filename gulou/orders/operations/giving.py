"""Giving orders, naming somebody else, taking one back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case
from gulou.cases.operations.ground import keep_words, locked
from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.orders import facts
from gulou.orders.models import Order
from gulou.orders.states import State
from gulou.outbox.record import record
from gulou.people import queries as people
from gulou.people.models import Duty, User

from .ground import (
    check_due,
    check_not_ended,
    check_person,
    end,
    locked_order,
    mark,
    needed,
    next_mark,
    require_giver,
)

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Outcome:
    """What came of one case of a batch: its order, or why there is none."""

    case: Case
    order: Order | None = None
    refused: Any = ""


@rows.together()
def give_order(
    case: Case, *, by: User, words: str, due_at: datetime, person: User | None = None,
    batch: uuid.UUID | None = None,
) -> Order:  # fmt: skip
    """Put a case under supervision: what is to be done, by when, and who answers for it.

    Nobody named is the head of the unit that has the case.
    """
    case = locked(case)
    require_giver(by, case.unit_id)
    if case.ended_at is not None:
        raise Refusal("order.case_ended", _("The case has ended: there is nothing to supervise."))
    if Order.objects.filter(case=case, ended_at=None).exists():
        raise Conflict("order.open_already", _("It is under supervision already."))
    text = needed(words)
    check_due(due_at)
    person = person or _head_of(case.unit_id)
    check_person(person, case)
    kept, digest = keep_words(text)
    now = clock.now()
    order = Order(
        pk=rows.new(Order), case=case, words=kept, unit_id=case.unit_id, person=person, by=by,
        at=now, since=now, batch=batch or uuid.uuid4(), due_at=due_at,
    )  # fmt: skip
    order.watch_at = next_mark(order)
    rows.add(order)
    mark(case, order)
    fact = facts.OrderGiven(
        order=order.pk, words=kept.pk, words_digest=digest, unit=case.unit_id,
        person=str(person.uid), due=due_at.isoformat(),
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return order


def give_orders(
    cases: Sequence[Case], *, by: User, words: str, due_at: datetime, person: User | None = None
) -> list[Outcome]:
    """The same for many cases, each by itself; what is refused holds up no other."""
    batch, found = uuid.uuid4(), []
    for case in cases[:MOST_AT_ONCE]:
        try:
            order = give_order(case, by=by, words=words, due_at=due_at, person=person, batch=batch)
            found.append(Outcome(case, order))
        except Refusal as refusal:
            found.append(Outcome(case, refused=refusal.message))
    return found


@rows.together()
def hand_order_on(order: Order, *, by: User, person: User) -> Order:
    """Name somebody else who answers for it: who was named has left, or the case moved on."""
    case, order = locked_order(order)
    require_giver(by, case.unit_id, order)
    check_not_ended(order)
    if order.state == State.ANSWERED:
        raise Refusal("order.answered", _("It has been answered: judge the answer first."))
    if person.pk == order.person_id:
        raise Invalid("order.same_person", _("This is who was named already."), field="person")
    check_person(person, case)
    before, order.person, order.unit_id = order.person, person, case.unit_id
    rows.change(order, "person", "unit")
    fact = facts.OrderHandedOn(
        order=order.pk, unit=case.unit_id, person=str(person.uid), person_before=str(before.uid)
    )
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def withdraw_order(order: Order, *, by: User, words: str) -> Order:
    """Take an order back, with the reason. It stays on record."""
    case, order = locked_order(order)
    require_giver(by, case.unit_id, order)
    check_not_ended(order)
    kept, digest = keep_words(needed(words))
    end(order, case, State.WITHDRAWN)
    fact = facts.OrderWithdrawn(order=order.pk, words=kept.pk, words_digest=digest)
    record(fact, subject=case, actor=by.actor)
    return order


def _head_of(unit_id: int) -> User:
    """The head of a unit, else the deputy in charge, else the liaison."""
    group = {one.duty: one.user for one in people.leading_group(unit_id)}
    for duty in (Duty.HEAD, Duty.DEPUTY, Duty.LIAISON):
        user = group.get(duty)
        if user is not None and user.is_active:
            return user
    raise Invalid(
        "order.no_head",
        _("Nobody of the leading group of this unit signs in here. Name a person."),
        field="person",
    )
