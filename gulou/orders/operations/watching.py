"""Telling who is to know that the time of an order runs out."""

from datetime import datetime

from django.db.models import QuerySet

from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.orders import facts
from gulou.orders.models import Order
from gulou.orders.states import State
from gulou.outbox.record import record

from .ground import SYSTEM, locked_order, mark_at, marks, next_mark

AT_ONCE = 200


def watch_orders() -> int:
    """Tell who is to know that the time of an order runs out; how many were looked at."""
    return sum(_warn(order) for order in _due(clock.now()))


@Compiled
def _due(now: datetime) -> QuerySet[Order]:
    return Order.objects.filter(watch_at__lte=now).order_by("watch_at")[:AT_ONCE]


@rows.together()
def _warn(order: Order) -> int:
    case, order = locked_order(order)
    now = clock.now()
    if order.watch_at is None or order.watch_at > now or order.state != State.OPEN:
        return 0
    reached = [p for p in marks() if p > order.warned and mark_at(order, p) <= now]
    if reached:
        order.warned = reached[-1]
        told = [order.person] if order.warned < 100 else [order.person, order.by]
        uids = list(dict.fromkeys(str(one.uid) for one in told if one.is_active))
        fact = facts.OrderWarned(order=order.pk, percent=order.warned, people=uids)
        record(fact, subject=case, actor=SYSTEM)
    order.watch_at = next_mark(order)
    rows.change(order, "warned", "watch_at")
    return 1
