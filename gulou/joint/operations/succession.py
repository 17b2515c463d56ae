"""What a unit that is dissolved hands over."""

from django.db import transaction

from gulou.cases import operations as case_operations
from gulou.cases.operations.ground import unit_in_use
from gulou.joint import facts
from gulou.joint.queries import operations_with
from gulou.joint.states import TaskState
from gulou.kit import rows
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import Unit, User
from gulou.people.verbs import MANAGE

from .ground import put


@transaction.atomic
def hand_over_all(unit: Unit, *, to: Unit, by: User) -> tuple[int, int]:
    """Hand over what waits with a unit that is to be dissolved: its open cases, and its parts in
    operations; how many of each."""
    return case_operations.hand_over_cases(unit, to=to, by=by), hand_over_parts(unit, to=to, by=by)


@transaction.atomic
def hand_over_parts(unit: Unit, *, to: Unit, by: User) -> int:
    """Let `to` lead what a unit leads that is to be dissolved, and have its open parts; how many
    operations that touches. Deadlines stay."""
    access.require(by, MANAGE, unit_id=unit.pk)
    access.require(by, MANAGE, unit_id=to.pk)
    unit_in_use(to.pk)
    mine = list(operations_with(unit.pk).select_for_update(of=("self",)).order_by("pk"))
    for operation in mine:
        tasks = operation.tasks.filter(unit=unit, state=TaskState.OPEN)
        moved, leads = list(tasks.values_list("pk", flat=True)), operation.lead_id == unit.pk
        with rows.together():
            rows.update(tasks, unit=to)
            if leads:
                operation.lead = to
            put(operation, "lead")
            fact = facts.JointHandedOver(unit=to.pk, unit_before=unit.pk, tasks=moved, leads=leads)
            record(fact, subject=operation, actor=by.actor)
    return len(mine)
