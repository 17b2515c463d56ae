"""When who was named in an order has left, somebody has to name another person."""

from gulou.kit import rows
from gulou.orders import facts
from gulou.orders.models import Order
from gulou.orders.states import State
from gulou.outbox.queries import story
from gulou.outbox.record import record
from gulou.people.access import has_no_post

from .ground import SYSTEM, locked_order


def tell_who_left() -> int:
    """Put on record that who is to answer an open order holds no posting any more; how many. Each
    is told once: until somebody else is named, or the order goes to another case."""
    waiting = Order.objects.filter(state=State.OPEN).select_related("person")
    gone = {person.pk for person in {one.person for one in waiting} if has_no_post(person)}
    return sum(_tell(one) for one in waiting if one.person_id in gone)


@rows.together()
def _tell(order: Order) -> bool:
    case, order = locked_order(order)
    about = [
        one for one in story(case.subject_kind, case.uid) if one.payload.get("order") == order.pk
    ]
    left = facts.OrderPersonLeft.name
    last = [one.name for one in about if one.name in (facts.OrderHandedOn.name, left)][-1:]
    if order.state != State.OPEN or last == [left] or not has_no_post(order.person):
        return False
    fact = facts.OrderPersonLeft(
        order=order.pk, unit=case.unit_id, person_before=str(order.person.uid)
    )
    record(fact, subject=case, actor=SYSTEM)
    return True
