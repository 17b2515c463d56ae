"""Beginning an operation, closing it, calling it off."""

from django.utils.translation import gettext_lazy as _

from gulou.joint import facts, states
from gulou.joint.models import Operation
from gulou.joint.states import State, TaskState
from gulou.kit import clock, rows
from gulou.kit.errors import Refusal
from gulou.outbox.record import record
from gulou.people.models import User

from .ground import end_task, moved, needed, put


@rows.together()
def begin_operation(operation: Operation, *, by: User, seen: int | None = None) -> Operation:
    """The units are on the spot."""
    operation = moved(operation, states.BEGIN, by, seen)
    if not operation.tasks.exclude(state=TaskState.CALLED_OFF).exists():
        raise Refusal("joint.no_task", _("Give at least one unit a part first."))
    operation.begun_at = clock.now()
    put(operation, "begun_at", state=State.UNDER_WAY)
    record(facts.JointBegun(unit=operation.lead_id), subject=operation, actor=by.actor)
    return operation


@rows.together()
def close_operation(
    operation: Operation, *, by: User, words: str, seen: int | None = None
) -> Operation:
    """One result, once every part is done or was called off."""
    operation = moved(operation, states.CLOSE, by, seen)
    left = operation.tasks.filter(state=TaskState.OPEN).count()
    if left:
        raise Refusal(
            "joint.parts_open",
            _("%(n)d parts are still to do. Wait for them, or call them off with the reason.")
            % {"n": left},
        )
    kept, digest = needed(words, "words")
    operation.result = kept
    put(operation, "result", state=State.CLOSED)
    fact = facts.JointClosed(unit=operation.lead_id, words=kept.pk, words_digest=digest)
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def call_off_operation(
    operation: Operation, *, by: User, words: str, seen: int | None = None
) -> Operation:
    """It does not take place, or not to the end. What is still to do is called off with it."""
    operation = moved(operation, states.CALL_OFF, by, seen)
    kept, digest = needed(words, "words")
    for task in operation.tasks.filter(state=TaskState.OPEN):
        end_task(task, TaskState.CALLED_OFF, kept, by)
    operation.result = kept
    put(operation, "result", state=State.CALLED_OFF)
    fact = facts.JointCalledOff(unit=operation.lead_id, words=kept.pk, words_digest=digest)
    record(fact, subject=operation, actor=by.actor)
    return operation
