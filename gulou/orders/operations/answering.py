"""Answering an order, and judging the answer."""

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case, PhotoKind, Words
from gulou.cases.operations import Evidence
from gulou.cases.operations.ground import NOTHING, add_photos, keep_words
from gulou.kit import clock, rows
from gulou.kit.errors import NotAllowed, Refusal
from gulou.kit.words import clean
from gulou.orders import facts
from gulou.orders.models import Order, OrderAnswer
from gulou.orders.states import State
from gulou.outbox.record import record
from gulou.people.models import User

from .ground import check_due, end, locked_order, mark, needed, next_mark, require_giver


@rows.together()
def answer_order(
    order: Order, *, by: User, words: str, evidence: Evidence = NOTHING
) -> Order:  # fmt: skip
    """The person responsible says what was done. Pictures go to the record of the case."""
    case, order = locked_order(order)
    if order.person_id != by.pk:
        raise NotAllowed(
            "order.not_yours", _("Who was named answers it. Who gave it may name somebody else.")
        )
    if order.state != State.OPEN:
        raise Refusal("order.not_open", _("This order does not wait for an answer now."))
    kept, digest = keep_words(needed(words))
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.REFERENCE, actor=by.actor, by=by
    )
    now = clock.now()
    late = now > order.due_at
    rows.add(
        OrderAnswer(
            order=order, words=kept, photos=[uuid.UUID(uid) for uid in photos], by=by, at=now,
            late=late,
        )
    )  # fmt: skip
    order.state, order.answered_at, order.watch_at = State.ANSWERED, now, None
    rows.change(order, "state", "answered_at", "watch_at")
    fact = facts.OrderAnswered(
        order=order.pk, words=kept.pk, words_digest=digest, photos=photos, late=late
    )
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def accept_answer(order: Order, *, by: User, words: str = "") -> Order:
    """The answer does: the order is done with."""
    case, order, answer = _to_judge(order, by)
    kept, digest = _maybe(words)
    _judge(answer, by, kept, accepted=True)
    end(order, case, State.ACCEPTED)
    fact = facts.OrderAccepted(order=order.pk, words=kept.pk if kept else None, words_digest=digest)
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def send_back(
    order: Order, *, by: User, words: str, due_at: datetime | None = None
) -> Order:  # fmt: skip
    """The answer does not do: say why. The time is as before unless another one is set."""
    case, order, answer = _to_judge(order, by)
    kept, digest = keep_words(needed(words))
    _judge(answer, by, kept, accepted=False)
    order.state, order.answered_at = State.OPEN, None
    if due_at is not None:
        check_due(due_at)
        order.due_at, order.since, order.warned = due_at, clock.now(), 0
        mark(case, order)
    order.watch_at = next_mark(order)
    rows.change(order, "state", "answered_at", "due_at", "since", "warned", "watch_at")
    fact = facts.OrderSentBack(
        order=order.pk, words=kept.pk, words_digest=digest, due=order.due_at.isoformat()
    )
    record(fact, subject=case, actor=by.actor)
    return order


def _to_judge(order: Order, by: User) -> tuple[Case, Order, OrderAnswer]:
    case, order = locked_order(order)
    require_giver(by, case.unit_id, order)
    answer = order.answers.filter(accepted=None).first()
    if by.pk in (order.person_id, answer and answer.by_id):
        raise NotAllowed("order.own_answer", _("Somebody else judges what you have answered."))
    if answer is None or order.state != State.ANSWERED:
        raise Refusal("order.nothing_to_judge", _("There is no answer to be judged now."))
    return case, order, answer


def _judge(answer: OrderAnswer, by: User, words: Words | None, *, accepted: bool) -> None:
    answer.accepted, answer.judged_by, answer.judged_at = accepted, by, clock.now()
    answer.judged_words = words
    rows.change(answer, "accepted", "judged_by", "judged_at", "judged_words")


def _maybe(words: str) -> tuple[Words | None, str]:
    return keep_words(words) if clean(words) else (None, "")
