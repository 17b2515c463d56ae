"""What all operations on orders stand on."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case
from gulou.cases.operations.ground import locked
from gulou.cases.queries import cases_seen_by
from gulou.catalogue import queries as catalogue
from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.kit.words import clean
from gulou.orders.models import Order
from gulou.orders.states import GIVE, State
from gulou.people import access
from gulou.people.models import User

FAR = timedelta(days=366)


SYSTEM = "system"


def marks() -> list[int]:
    """The shares at which somebody is told, as the office set them for all limits."""
    return [percent for percent, _level in catalogue.warning_marks()]


def mark_at(order: Order, percent: int) -> datetime:
    return order.since + (order.due_at - order.since) * percent / 100


def next_mark(order: Order) -> datetime | None:
    return next((mark_at(order, p) for p in marks() if p > order.warned), None)


def locked_order(order: Order) -> tuple[Case, Order]:
    """The case and then its order, locked: always in this turn."""
    case = locked(Case(pk=Order.objects.values_list("case_id", flat=True).get(pk=order.pk)))
    found = Order.objects.select_for_update(of=("self",)).select_related("person", "by")
    order = found.get(pk=order.pk)
    if order.case_id != case.pk:
        raise Conflict("order.case_moved", _("Its case was merged or split just now. Try again."))
    return case, order


def require_giver(by: User, unit_id: int, order: Order | None = None) -> None:
    """Who gave an order keeps it in hand while they may give any where they gave it."""
    if (
        order is not None and order.by_id == by.pk
        and access.holds(by, GIVE, unit_id=order.unit_id)
    ):  # fmt: skip
        return
    access.require(by, GIVE, unit_id=unit_id)


def end(order: Order, case: Case, state: State) -> None:
    order.state, order.ended_at, order.watch_at = state, clock.now(), None
    rows.change(order, "state", "ended_at", "watch_at")
    mark(case, order)


def mark(case: Case, order: Order) -> None:
    """Let lists show that the case is under supervision, or is no more: `order` has changed."""
    others = Order.objects.filter(case=case, ended_at=None).exclude(pk=order.pk)
    until = [others.aggregate(due=Min("due_at"))["due"]]
    if order.ended_at is None:
        until.append(order.due_at)
    case.ordered_until = min((one for one in until if one), default=None)
    rows.change(case, "ordered_until")


def check_not_ended(order: Order) -> None:
    if order.ended_at is not None:
        raise Refusal("order.ended", _("This order has ended."))


def check_due(due_at: datetime) -> None:
    now = clock.now()
    if due_at <= now:
        raise Invalid("order.due_past", _("Choose a day to come."), field="due")
    if due_at > now + FAR:
        raise Invalid("order.due_far", _("At most a year from now."), field="due")


def check_person(person: User, case: Case) -> None:
    if not person.is_active or not cases_seen_by(person).filter(pk=case.pk).exists():
        raise Invalid(
            "order.person_blind",
            _("This person does not see the case. Name somebody of the unit that has it."),
            field="person",
        )


def needed(words: str) -> str:
    text = clean(words)
    if not text:
        raise Invalid("order.words_missing", _("Say it in a few words."), field="words")
    return text
