"""Orders go where their cases go."""

import uuid

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from gulou.cases.family import chain_of, family_of, lock_together
from gulou.cases.models import Case
from gulou.kit.errors import Conflict
from gulou.kit.facts import salted_digest
from gulou.orders import facts
from gulou.orders.models import Order
from gulou.outbox.record import record

from .ground import SYSTEM


@transaction.atomic
def follow_case(case_uid: uuid.UUID) -> int:
    """Let the open orders of a case that was merged, or split off again, be with the case that
    answers for it now: who was named answers there; how many moved. Raises Conflict."""
    case = Case.objects.get(uid=case_uid)
    top, family = chain_of(case.pk)[-1], family_of(case)
    of_it = Q(given_on__in=family) | Q(given_on=None, case__in=family)
    moving = Order.objects.filter(of_it, ended_at=None).exclude(case=top)
    held = lock_together({case.pk, top, *moving.values_list("case_id", flat=True)})
    found = list(moving.select_for_update(of=("self",)).select_related("words").order_by("pk"))
    if chain_of(case.pk)[-1] != top or any(one.case_id not in held for one in found):
        raise Conflict("order.case_moved", _("Its case was merged or split just now. Try again."))
    for order in found:
        before, said = held[order.case_id], order.words
        order.given_on_id = order.given_on_id or order.case_id
        Order.objects.filter(pk=order.pk).update(case=top, given_on=order.given_on_id)
        fact = facts.OrderFollowed(
            order=order.pk, other=str(before.uid), words=said.pk,
            words_digest="" if said.erased_at else salted_digest(said.salt, said.text),
        )  # fmt: skip
        record(fact, subject=held[top], actor=SYSTEM)
    for one in held.values() if found else ():
        still = Order.objects.filter(case=one, ended_at=None).aggregate(due=Min("due_at"))
        Case.objects.filter(pk=one.pk).update(ordered_until=still["due"])
    return len(found)
