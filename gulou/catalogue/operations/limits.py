"""Changing how long things may take. What is under way keeps the limit it began with."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current, facts
from gulou.catalogue.models import CodeSet, Condition, StepLimit
from gulou.catalogue.states import TimeUnit
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.outbox.record import record
from gulou.people.models import User

from . import allow

_LARGEST = 32767


@transaction.atomic
@current.changing()
def set_condition_limit(
    condition_id: int, *, amount: int, time_unit: str, by: User | str
) -> Condition:
    """How long handling may take under this condition, from now on."""
    actor = allow.actor_of(by)
    condition = Condition.objects.select_for_update().filter(pk=condition_id).first()
    if condition is None:
        raise NotFound("catalogue.no_such_condition", _("There is no such condition."))
    fact = _changed(condition, amount, time_unit, condition_id=condition.pk)
    code_set = CodeSet.objects.select_for_update().get(categories__conditions=condition)
    record(fact, subject=code_set, actor=actor)
    return condition


@transaction.atomic
@current.changing()
def set_step_limit(step_kind: str, *, amount: int, time_unit: str, by: User | str) -> StepLimit:
    """How long a kind of step may take, from now on."""
    actor = allow.actor_of(by)
    limit = StepLimit.objects.select_for_update().filter(step_kind=step_kind).first()
    if limit is None:
        raise NotFound("catalogue.no_such_step", _("No limit is kept for this kind of step."))
    fact = _changed(limit, amount, time_unit, step_kind=step_kind)
    code_set = CodeSet.objects.select_for_update().filter(current=True).first()
    if code_set is None:
        raise Refusal(
            "catalogue.no_code_set",
            _("No list of categories is loaded yet. On the server, `gulou prepare` loads it."),
        )
    record(fact, subject=code_set, actor=actor)
    return limit


def _changed(
    row: Condition | StepLimit, amount: int, time_unit: str, *,
    condition_id: int | None = None, step_kind: str = "",
) -> facts.LimitSet:  # fmt: skip
    if time_unit not in TimeUnit.values:
        raise Invalid("catalogue.unit_of_time", _("Choose a unit of time."), field="time_unit")
    if not 1 <= amount <= _LARGEST:
        raise Invalid(
            "catalogue.amount",
            _("A limit is a whole number from 1 to %(most)s.") % {"most": _LARGEST},
            field="amount",
        )
    if (row.amount, row.time_unit) == (amount, time_unit):
        raise Refusal("catalogue.same_limit", _("That is the limit already."))
    fact = facts.LimitSet(
        condition_id=condition_id, step_kind=step_kind, amount=amount, time_unit=str(time_unit),
        amount_before=row.amount, time_unit_before=str(row.time_unit),
    )  # fmt: skip
    row.amount, row.time_unit = amount, time_unit
    row.save(update_fields=["amount", "time_unit"])
    return fact
