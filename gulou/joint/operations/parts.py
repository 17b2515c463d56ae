"""The part of each unit: given, changed, reported, sent back, called off, late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.cases import states as case_states
from gulou.cases.operations import Evidence
from gulou.cases.operations.ground import unit_in_use
from gulou.joint import facts, states
from gulou.joint.models import Operation, Task, TaskPhoto
from gulou.joint.states import Move, TaskState
from gulou.kit import clock, rows
from gulou.kit.errors import Invalid, Refusal
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import User
from gulou.photos import operations as photos

from .ground import end_task, locked, moved, needed, put

MOST_TASKS = 60


_NOTHING = Evidence()


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one unit is to do, until when."""

    unit_id: int
    words: str
    due_at: datetime


@rows.together()
def add_task(operation: Operation, part: Part, *, by: User, seen: int | None = None) -> Operation:
    """Give a unit a part. One unit may have several."""
    operation = moved(operation, states.ADD_TASK, by, seen)
    set_task(operation, part, by)
    put(operation)
    return operation


@rows.together()
def change_task(
    operation: Operation, task_id: int, *, by: User, words: str, due_at: datetime,
    seen: int | None = None,
) -> Operation:  # fmt: skip
    """Say otherwise what a unit is to do, or until when. With another time an earlier lateness is
    over; the same one, which may be past, forgives none."""
    operation, task = _of_task(operation, task_id, states.CHANGE_TASK, by, seen)
    kept, digest = needed(words, "words")
    before, task.words = task.due_at, kept
    # Forms know no seconds.
    if abs(due_at - before) >= timedelta(minutes=1):
        task.due_at, task.told_late_at = _due(due_at), None
    rows.change(task, "words", "due_at", "told_late_at")
    put(operation)
    fact = facts.JointTaskChanged(
        task=task.pk, unit=task.unit_id, due_before=before.isoformat(), due=task.due_at.isoformat(),
        words=kept.pk, words_digest=digest,
    )  # fmt: skip
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def report_task(
    operation: Operation, task_id: int, *, by: User, words: str, evidence: Evidence = _NOTHING,
    seen: int | None = None,
) -> Operation:  # fmt: skip
    """The unit says what it did, in words and pictures. It counts for the unit by its own time."""
    operation, task = _of_task(operation, task_id, states.REPORT, by, seen)
    kept, digest = needed(words, "words")
    now = clock.now()
    shown = photos.keep_photos(evidence.photos, draft=evidence.draft, actor=by.actor) if evidence.photos else []  # fmt: skip
    rows.add(*(TaskPhoto(task=task, photo=one, added_at=now, added_by=by) for one in shown))
    end_task(task, TaskState.DONE, kept, by)
    put(operation)
    fact = facts.JointTaskReported(
        task=task.pk, unit=task.unit_id, late=task.due_at < now, words=kept.pk,
        words_digest=digest, photos=[str(one.uid) for one in shown],
    )  # fmt: skip
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def send_task_back(
    operation: Operation, task_id: int, *, by: User, words: str, due_at: datetime,
    seen: int | None = None,
) -> Operation:  # fmt: skip
    """The lead unit finds it not done: the unit has its part again, until another time."""
    operation, task = _of_task(operation, task_id, states.SEND_BACK, by, seen)
    kept, digest = needed(words, "words")
    task.state, task.ended_at, task.ended_by = TaskState.OPEN, None, None
    task.sent_back += 1
    task.due_at, task.told_late_at = _due(due_at), None
    rows.change(task, "state", "ended_at", "ended_by", "sent_back", "due_at", "told_late_at")
    put(operation)
    fact = facts.JointTaskSentBack(
        task=task.pk, unit=task.unit_id, due=due_at.isoformat(), words=kept.pk, words_digest=digest
    )
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def call_off_task(
    operation: Operation, task_id: int, *, by: User, words: str, seen: int | None = None
) -> Operation:
    """A part is not needed or not possible, for a reason. It counts neither way."""
    operation, task = _of_task(operation, task_id, states.CALL_OFF_TASK, by, seen)
    kept, digest = needed(words, "words")
    end_task(task, TaskState.CALLED_OFF, kept, by)
    put(operation)
    fact = facts.JointTaskCalledOff(
        task=task.pk, unit=task.unit_id, words=kept.pk, words_digest=digest
    )
    record(fact, subject=operation, actor=by.actor)
    return operation


@transaction.atomic
def tell_late(now: datetime) -> int:
    """Put on record which parts have become late, once each; how many."""
    late = Task.objects.filter(state=TaskState.OPEN, told_late_at=None, due_at__lte=now)
    count = 0
    for task in late.filter(operation__state__in=states.OPEN).order_by("operation_id", "pk")[:200]:
        operation = Operation.objects.select_for_update().get(pk=task.operation_id)
        if late.filter(pk=task.pk).update(told_late_at=now):
            with rows.together():
                fact = facts.JointTaskLate(task=task.pk, unit=task.unit_id)
                record(fact, subject=operation, actor="system")
            count += 1
    return count


def set_task(operation: Operation, part: Part, by: User) -> None:
    unit = unit_in_use(part.unit_id)
    kept, digest = needed(part.words, "task_words")
    if operation.tasks.count() >= MOST_TASKS:
        raise Refusal("joint.too_many_tasks", _("At most %(most)d parts.") % {"most": MOST_TASKS})
    task = Task(
        pk=rows.new(Task), operation=operation, unit=unit, words=kept, due_at=_due(part.due_at),
        set_at=clock.now(),
    )  # fmt: skip
    rows.add(task)
    fact = facts.JointTaskSet(
        task=task.pk, unit=unit.pk, due=part.due_at.isoformat(), words=kept.pk, words_digest=digest
    )
    record(fact, subject=operation, actor=by.actor)


def _of_task(
    operation: Operation, task_id: int, move: Move, by: User, seen: int | None
) -> tuple[Operation, Task]:
    """The same, and one of its parts that stands as the move needs it."""
    operation = locked(operation, seen)
    task = operation.tasks.filter(pk=task_id).first()
    if task is None:
        raise Refusal("joint.no_such_task", _("There is no such part in this operation."))
    if move.by_unit:
        access.require(by, case_states.HANDLE.verb, unit_id=task.unit_id)
    else:
        access.require(by, case_states.JOINT, unit_id=operation.lead_id)
    move.check(operation.state)
    if task.state not in states.OF_TASKS[move]:
        raise Refusal(
            "joint.task_not_open",
            _("“%(move)s” is not possible now: the part is “%(state)s”.")
            % {"move": move.label, "state": TaskState(task.state).label},
        )
    return operation, task


def _due(due_at: datetime) -> datetime:
    if due_at <= clock.now():
        raise Invalid("joint.due_past", _("Choose a time to come."), field="due_at")
    return due_at
