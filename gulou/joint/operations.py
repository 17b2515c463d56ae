"""Everything that can be done to a joint operation: lock, allow, check, change, record."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases import operations as case_operations
from gulou.cases import queries as case_queries
from gulou.cases import states as case_states
from gulou.cases.family import lock_together
from gulou.cases.models import Case, Words
from gulou.cases.operations import Evidence
from gulou.cases.operations.ground import check_nothing_personal, keep_words, unit_in_use
from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import Unit, User
from gulou.people.verbs import MANAGE
from gulou.photos import operations as photos
from gulou.places.cells import cell_of

from . import facts, states
from .models import Operation, OperationCase, Task, TaskPhoto
from .queries import operations_with
from .states import Move, State, TaskState

MOST_CASES = 200
MOST_TASKS = 60
_NOTHING = Evidence()
_NUMBERS = 0x4C48_0001
"""What is locked while a number is given."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When, where and what. The point is WGS84."""

    title: str
    begins_at: datetime
    ends_at: datetime
    address: str
    lat: float
    lon: float
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one unit is to do, until when."""

    unit_id: int
    words: str
    due_at: datetime


@rows.together()
def plan_operation(
    plan: Plan, *, by: User, lead_id: int, parts: Sequence[Part] = (),
    cases: Collection[Case] = (),
) -> Operation:  # fmt: skip
    """Plan one, with parts of units and cases. Whoever plans may lead for the unit that leads."""
    access.require(by, case_states.JOINT, unit_id=lead_id)
    lead = unit_in_use(lead_id)
    now = clock.now()
    operation = Operation(
        pk=rows.new(Operation), number=_next_number(now), lead=lead, planned_by=by, planned_at=now,
        changed_at=now, begins_at=plan.begins_at, ends_at=plan.ends_at,
    )  # fmt: skip
    _write_plan(operation, plan)
    kept, digest = _kept(plan.words, "words")
    operation.plan = kept
    rows.add(operation)
    fact = facts.JointPlanned(
        number=operation.number, unit=lead.pk, begins=plan.begins_at.isoformat(),
        ends=plan.ends_at.isoformat(), words=kept.pk if kept else None, words_digest=digest,
    )  # fmt: skip
    record(fact, subject=operation, actor=by.actor)
    for part in parts:
        _set_task(operation, part, by)
    _take_up(operation, cases, by)
    return operation


@rows.together()
def change_plan(
    operation: Operation, plan: Plan, *, by: User, seen: int | None = None
) -> Operation:
    """Another time, place, title or plan. Parts keep their deadlines."""
    operation = _moved(operation, states.CHANGE, by, seen)
    before = {name: getattr(operation, name) for name in _PLANNED}
    old = operation.plan.text if operation.plan else ""
    _write_plan(operation, plan)
    changed = [name for name in _PLANNED if getattr(operation, name) != before[name]]
    kept, digest = None, ""
    if clean(plan.words) != old:
        kept, digest = _kept(plan.words, "words")
        operation.plan = kept
        changed.append("plan")
    _put(operation, *_PLANNED, "cell", "plan")
    fact = facts.JointChanged(
        fields=changed, words=kept.pk if kept else None, words_digest=digest,
        begins=operation.begins_at.isoformat(), ends=operation.ends_at.isoformat(),
    )  # fmt: skip
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def add_task(operation: Operation, part: Part, *, by: User, seen: int | None = None) -> Operation:
    """Give a unit a part. One unit may have several."""
    operation = _moved(operation, states.ADD_TASK, by, seen)
    _set_task(operation, part, by)
    _put(operation)
    return operation


@rows.together()
def change_task(
    operation: Operation, task_id: int, *, by: User, words: str, due_at: datetime,
    seen: int | None = None,
) -> Operation:  # fmt: skip
    """Say otherwise what a unit is to do, or until when. With another time an earlier lateness is
    over; the same one, which may be past, forgives none."""
    operation, task = _of_task(operation, task_id, states.CHANGE_TASK, by, seen)
    kept, digest = _needed(words, "words")
    before, task.words = task.due_at, kept
    # Forms know no seconds.
    if abs(due_at - before) >= timedelta(minutes=1):
        task.due_at, task.told_late_at = _due(due_at), None
    rows.change(task, "words", "due_at", "told_late_at")
    _put(operation)
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
    kept, digest = _needed(words, "words")
    now = clock.now()
    shown = photos.keep_photos(evidence.photos, draft=evidence.draft, actor=by.actor) if evidence.photos else []  # fmt: skip
    rows.add(*(TaskPhoto(task=task, photo=one, added_at=now, added_by=by) for one in shown))
    _end_task(task, TaskState.DONE, kept, by)
    _put(operation)
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
    kept, digest = _needed(words, "words")
    task.state, task.ended_at, task.ended_by = TaskState.OPEN, None, None
    task.sent_back += 1
    task.due_at, task.told_late_at = _due(due_at), None
    rows.change(task, "state", "ended_at", "ended_by", "sent_back", "due_at", "told_late_at")
    _put(operation)
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
    kept, digest = _needed(words, "words")
    _end_task(task, TaskState.CALLED_OFF, kept, by)
    _put(operation)
    fact = facts.JointTaskCalledOff(
        task=task.pk, unit=task.unit_id, words=kept.pk, words_digest=digest
    )
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def add_cases(
    operation: Operation, cases: Collection[Case], *, by: User, seen: int | None = None
) -> Operation:
    """Let the operation be about these cases too."""
    operation = _moved(operation, states.CASES, by, seen)
    if not _take_up(operation, cases, by):
        raise Invalid("joint.no_case", _("Name at least one case that is not in it yet."), field="cases")  # fmt: skip
    _put(operation)
    return operation


@rows.together()
def drop_case(operation: Operation, case: Case, *, by: User, seen: int | None = None) -> Operation:
    """Let the operation be about this case no more."""
    operation = _moved(operation, states.DROP_CASE, by, seen)
    gone = OperationCase.objects.filter(operation=operation, case=case).delete()[0]
    if gone:
        locked = lock_together([case.pk])[case.pk]
        _put(operation)
        record(facts.JointCaseDropped(case=str(case.uid)), subject=operation, actor=by.actor)
        fact = facts.CaseLetOut(operation=str(operation.uid), number=operation.number)
        record(fact, subject=locked, actor=by.actor)
    return operation


@rows.together()
def begin_operation(operation: Operation, *, by: User, seen: int | None = None) -> Operation:
    """The units are on the spot."""
    operation = _moved(operation, states.BEGIN, by, seen)
    if not operation.tasks.exclude(state=TaskState.CALLED_OFF).exists():
        raise Refusal("joint.no_task", _("Give at least one unit a part first."))
    operation.begun_at = clock.now()
    _put(operation, "begun_at", state=State.UNDER_WAY)
    record(facts.JointBegun(unit=operation.lead_id), subject=operation, actor=by.actor)
    return operation


@rows.together()
def close_operation(
    operation: Operation, *, by: User, words: str, seen: int | None = None
) -> Operation:
    """One result, once every part is done or was called off."""
    operation = _moved(operation, states.CLOSE, by, seen)
    left = operation.tasks.filter(state=TaskState.OPEN).count()
    if left:
        raise Refusal(
            "joint.parts_open",
            _("%(n)d parts are still to do. Wait for them, or call them off with the reason.")
            % {"n": left},
        )
    kept, digest = _needed(words, "words")
    operation.result = kept
    _put(operation, "result", state=State.CLOSED)
    fact = facts.JointClosed(unit=operation.lead_id, words=kept.pk, words_digest=digest)
    record(fact, subject=operation, actor=by.actor)
    return operation


@rows.together()
def call_off_operation(
    operation: Operation, *, by: User, words: str, seen: int | None = None
) -> Operation:
    """It does not take place, or not to the end. What is still to do is called off with it."""
    operation = _moved(operation, states.CALL_OFF, by, seen)
    kept, digest = _needed(words, "words")
    for task in operation.tasks.filter(state=TaskState.OPEN):
        _end_task(task, TaskState.CALLED_OFF, kept, by)
    operation.result = kept
    _put(operation, "result", state=State.CALLED_OFF)
    fact = facts.JointCalledOff(unit=operation.lead_id, words=kept.pk, words_digest=digest)
    record(fact, subject=operation, actor=by.actor)
    return operation


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
            _put(operation, "lead")
            fact = facts.JointHandedOver(unit=to.pk, unit_before=unit.pk, tasks=moved, leads=leads)
            record(fact, subject=operation, actor=by.actor)
    return len(mine)


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


_PLANNED = ("title", "begins_at", "ends_at", "address", "lat", "lon")


def _write_plan(operation: Operation, plan: Plan) -> None:
    title, address = clean(plan.title)[:120], clean(plan.address)[:200]
    if not title:
        raise Invalid("joint.title_missing", _("Say in a few words what it is."), field="title")
    if not address:
        raise Invalid("joint.place_missing", _("Say where the units meet."), field="address")
    for name, text in (("title", title), ("address", address)):
        check_nothing_personal(text, field=name)
    if plan.ends_at <= plan.begins_at:
        raise Invalid("joint.ends_before", _("It ends after it begins."), field="ends_at")
    operation.title, operation.address = title, address
    operation.begins_at, operation.ends_at = plan.begins_at, plan.ends_at
    operation.lat, operation.lon = plan.lat, plan.lon
    operation.cell = cell_of(plan.lat, plan.lon)


def _set_task(operation: Operation, part: Part, by: User) -> None:
    unit = unit_in_use(part.unit_id)
    kept, digest = _needed(part.words, "task_words")
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


def _take_up(operation: Operation, cases: Collection[Case], by: User) -> int:
    """Link cases that the person sees, on their record too; how many were new."""
    known = set(operation.cases.values_list("case_id", flat=True))
    wanted = {case.pk for case in cases} - known
    seen = set(case_queries.cases_seen_by(by).filter(pk__in=wanted).values_list("pk", flat=True))
    if not wanted:
        return 0
    if wanted - seen:
        raise Invalid("joint.case_unknown", _("One of these cases is not yours to see."), field="cases")  # fmt: skip
    if len(known) + len(wanted) > MOST_CASES:
        raise Invalid("joint.too_many_cases", _("At most %(most)d cases in one operation.") % {"most": MOST_CASES}, field="cases")  # fmt: skip
    locked = lock_together(wanted)
    for case in locked.values():
        if case.restricted:
            raise Invalid("joint.case_restricted", _("%(case)s is restricted: several units would read of it.") % {"case": case.number}, field="cases")  # fmt: skip
        link = OperationCase(operation=operation, case=case, added_at=clock.now(), added_by=by)
        rows.add(link)
        fact = facts.CaseTakenUp(operation=str(operation.uid), number=operation.number)
        record(fact, subject=case, actor=by.actor)
    uids = [str(case.uid) for case in locked.values()]
    record(facts.JointCasesAdded(cases=uids), subject=operation, actor=by.actor)
    return len(locked)


def _moved(operation: Operation, move: Move, by: User, seen: int | None) -> Operation:
    """The operation, locked, on which the person may make this move now for the unit that leads."""
    operation = _locked(operation, seen)
    access.require(by, case_states.JOINT, unit_id=operation.lead_id)
    move.check(operation.state)
    return operation


def _of_task(
    operation: Operation, task_id: int, move: Move, by: User, seen: int | None
) -> tuple[Operation, Task]:
    """The same, and one of its parts that stands as the move needs it."""
    operation = _locked(operation, seen)
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


def _locked(operation: Operation, seen: int | None) -> Operation:
    found = Operation.objects.select_for_update(of=("self",)).get(pk=operation.pk)
    if seen is not None and seen != found.version:
        raise Conflict(
            "joint.changed_meanwhile",
            _("Somebody changed this operation while you looked at it. What you wrote is kept; look again and send it once more."),
        )  # fmt: skip
    return found


def _put(operation: Operation, *fields: str, state: State | None = None) -> None:
    now = clock.now()
    operation.version += 1
    operation.changed_at = now
    if state is not None:
        operation.state = state
        operation.ended_at = None if state in states.OPEN else now
    rows.change(operation, "version", "changed_at", "state", "ended_at", *fields)


def _end_task(task: Task, state: TaskState, kept: Words, by: User) -> None:
    task.state, task.report, task.ended_at, task.ended_by = state, kept, clock.now(), by
    rows.change(task, "state", "report", "ended_at", "ended_by")


def _due(due_at: datetime) -> datetime:
    if due_at <= clock.now():
        raise Invalid("joint.due_past", _("Choose a time to come."), field="due_at")
    return due_at


def _kept(text: str, field: str) -> tuple[Words | None, str]:
    """Words in a row that may be erased; None where there are none."""
    if not clean(text):
        return None, ""
    check_nothing_personal(text, field=field)
    return keep_words(text)


def _needed(text: str, field: str) -> tuple[Words, str]:
    kept, digest = _kept(text, field)
    if kept is None:
        raise Invalid("joint.words_missing", _("Say it in a few words."), field=field)
    return kept, digest


def _next_number(now: datetime) -> str:
    """LH2026-001: counted by the year, without gaps."""
    year = timezone.localtime(now).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    last = Operation.objects.filter(number__startswith=f"LH{year}-").count()
    return f"LH{year}-{last + 1:03d}"
