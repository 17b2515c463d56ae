"""Changing how long things may take. What is under way keeps the limit it began with."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import current, facts
from gulou.catalogue.models import CodeSet, Condition, SpecialLimit, StepLimit, WarningMark
from gulou.catalogue.states import STEP_NAMES, Level, TimeUnit
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.outbox.record import record
from gulou.people.models import User

from . import allow

_LARGEST = 32767
_MOST_PERCENT = 1000


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
    record(fact, subject=_code_set(), actor=actor)
    return limit


@transaction.atomic
@current.changing()
def set_special_limit(
    step_kind: str, *, category_id: int, condition_id: int | None = None, amount: int,
    time_unit: str, by: User | str,
) -> None:  # fmt: skip
    """How long a kind of step may take for a category, or one of its conditions; 0 ends that."""
    actor = allow.actor_of(by)
    if step_kind not in STEP_NAMES:
        raise NotFound("catalogue.no_such_step", _("No limit is kept for this kind of step."))
    conditions = Condition.objects.filter(category=category_id)
    if condition_id is not None and not conditions.filter(pk=condition_id).exists():
        words = _("This condition does not belong to the category. Choose one from the list.")
        raise Invalid("catalogue.condition_unknown", words, field="condition")
    if amount:
        _check(amount, time_unit)
    of: dict[str, Any] = {
        "step_kind": step_kind, "category_id": category_id, "condition_id": condition_id
    }  # fmt: skip
    row = SpecialLimit.objects.select_for_update().filter(**of).first()
    was = (row.amount, row.time_unit) if row else (0, "")
    if was == (amount, time_unit) or was[0] == amount == 0:
        raise Refusal("catalogue.same_limit", _("That is the limit already."))
    if amount:
        told = {"amount": amount, "time_unit": time_unit}
        SpecialLimit.objects.update_or_create(**of, defaults=told)
    elif row is not None:
        row.delete()
    fact = facts.SpecialLimitSet(
        step_kind=step_kind, category_id=category_id, condition_id=condition_id, amount=amount,
        time_unit=time_unit if amount else "", amount_before=was[0], time_unit_before=str(was[1]),
    )  # fmt: skip
    record(fact, subject=_code_set(), actor=actor)


@transaction.atomic
@current.changing()
def set_warning_marks(marks: Sequence[tuple[int, str]], *, by: User | str) -> None:
    """Who is told when so many percent of a limit have gone by. Clocks that run heed it too."""
    actor = allow.actor_of(by)
    code_set = _code_set()
    if len({percent for percent, _level in marks}) != len(marks) or not marks:
        raise Invalid("catalogue.marks", _("Give at least one share, and each once."))
    if any(not 1 <= percent <= _MOST_PERCENT for percent, _level in marks):
        raise Invalid("catalogue.marks", _("A share is between 1 and 1000 percent."))
    if any(level not in Level.values for _percent, level in marks):
        raise Invalid("catalogue.marks", _("Choose who is told."))
    before, after = current.registry().marks, tuple(sorted(marks))
    if before == after:
        raise Refusal("catalogue.same_limit", _("Nothing would change."))
    WarningMark.objects.all().delete()
    WarningMark.objects.bulk_create([WarningMark(percent=p, level=level) for p, level in after])
    fact = facts.WarningMarksSet(before=_marks_told(before), after=_marks_told(after))
    record(fact, subject=code_set, actor=actor)


def _marks_told(marks: Sequence[tuple[int, str]]) -> facts.Particulars:
    return {"marks": [f"{percent} {level}" for percent, level in marks]}


def _code_set() -> CodeSet:
    """The current edition, locked: what is told of limits is told of it."""
    code_set = CodeSet.objects.select_for_update().filter(current=True).first()
    if code_set is None:
        raise Refusal(
            "catalogue.no_code_set",
            _("No list of categories is loaded yet. On the server, `gulou prepare` loads it."),
        )
    return code_set


def _check(amount: int, time_unit: str) -> None:
    if time_unit not in TimeUnit.values:
        raise Invalid("catalogue.unit_of_time", _("Choose a unit of time."), field="time_unit")
    if not 1 <= amount <= _LARGEST:
        raise Invalid(
            "catalogue.amount",
            _("A limit is a whole number from 1 to %(most)s.") % {"most": _LARGEST},
            field="amount",
        )


def _changed(
    row: Condition | StepLimit, amount: int, time_unit: str, *,
    condition_id: int | None = None, step_kind: str = "",
) -> facts.LimitSet:  # fmt: skip
    _check(amount, time_unit)
    if (row.amount, row.time_unit) == (amount, time_unit):
        raise Refusal("catalogue.same_limit", _("That is the limit already."))
    fact = facts.LimitSet(
        condition_id=condition_id, step_kind=step_kind, amount=amount, time_unit=str(time_unit),
        amount_before=row.amount, time_unit_before=str(row.time_unit),
    )  # fmt: skip
    row.amount, row.time_unit = amount, time_unit
    row.save(update_fields=["amount", "time_unit"])
    return fact
