"""What all operations stand on."""

from django.utils.translation import gettext_lazy as _

from gulou.cases import states as case_states
from gulou.cases.models import Words
from gulou.cases.operations.ground import check_nothing_personal, keep_words
from gulou.joint import states
from gulou.joint.models import Operation, Task
from gulou.joint.states import Move, State, TaskState
from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid
from gulou.kit.words import clean
from gulou.people import access
from gulou.people.models import User


def moved(operation: Operation, move: Move, by: User, seen: int | None) -> Operation:
    """The operation, locked, on which the person may make this move now for the unit that leads."""
    operation = locked(operation, seen)
    access.require(by, case_states.JOINT, unit_id=operation.lead_id)
    move.check(operation.state)
    return operation


def locked(operation: Operation, seen: int | None) -> Operation:
    found = Operation.objects.select_for_update(of=("self",)).get(pk=operation.pk)
    if seen is not None and seen != found.version:
        raise Conflict(
            "joint.changed_meanwhile",
            _("Somebody changed this operation while you looked at it. What you wrote is kept; look again and send it once more."),
        )  # fmt: skip
    return found


def put(operation: Operation, *fields: str, state: State | None = None) -> None:
    now = clock.now()
    operation.version += 1
    operation.changed_at = now
    if state is not None:
        operation.state = state
        operation.ended_at = None if state in states.OPEN else now
    rows.change(operation, "version", "changed_at", "state", "ended_at", *fields)


def end_task(task: Task, state: TaskState, kept: Words, by: User) -> None:
    task.state, task.report, task.ended_at, task.ended_by = state, kept, clock.now(), by
    rows.change(task, "state", "report", "ended_at", "ended_by")


def keep(text: str, field: str) -> tuple[Words | None, str]:
    """Words in a row that may be erased; None where there are none."""
    if not clean(text):
        return None, ""
    check_nothing_personal(text, field=field)
    return keep_words(text)


def needed(text: str, field: str) -> tuple[Words, str]:
    kept, digest = keep(text, field)
    if kept is None:
        raise Invalid("joint.words_missing", _("Say it in a few words."), field=field)
    return kept, digest
