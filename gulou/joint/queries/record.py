"""The whole of one operation, for one reader."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gulou.cases import queries as case_queries
from gulou.cases import states as case_states
from gulou.cases.models import Case, Words
from gulou.cases.queries import Row
from gulou.joint import states
from gulou.joint.facts import JointWordsErased
from gulou.joint.models import Operation, Task, TaskPhoto
from gulou.joint.states import Move, State, TaskState
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.outbox.queries import story
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User


@dataclass(frozen=True)
class TaskSeen:
    """The part of one unit, and what the reader may do with it now."""

    id: int
    unit: str
    unit_id: int
    state: TaskState
    words: str
    words_id: int
    due_at: datetime
    report: str
    report_id: int | None
    ended_at: datetime | None
    ended_by: str
    sent_back: int
    late: bool
    photos: tuple[str, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class CaseSeen:
    """A case of an operation; `mine` where the reader may open it."""

    row: Row
    mine: bool


@dataclass(frozen=True)
class Entry:
    """One line of the story. `name` is the fact's; the face finds the words for it."""

    name: str
    at: datetime
    who: str
    unit: str
    to_unit: str
    text: str
    words_id: int | None
    erased: bool
    photos: tuple[str, ...]
    told: dict[str, object]


@dataclass(frozen=True)
class OperationSeen:
    """All of it, for one reader."""

    operation: Operation
    lead: str
    tasks: list[TaskSeen]
    cases: list[CaseSeen]
    story: list[Entry]
    moves: list[Move]
    may_erase: bool

    def may(self, name: str) -> bool:
        """Whether a move is open to the reader, by its name."""
        return any(move.name == name for move in self.moves)

    @property
    def state(self) -> State:
        """How it stands."""
        return State(self.operation.state)

    @property
    def done(self) -> int:
        """How many parts are done."""
        return sum(task.state == TaskState.DONE for task in self.tasks)

    @property
    def wanted(self) -> int:
        """How many parts were not called off."""
        return sum(task.state != TaskState.CALLED_OFF for task in self.tasks)

    @property
    def units(self) -> list[str]:
        """The units that have a part, each once, beside the one that leads."""
        return [unit for unit in dict.fromkeys(t.unit for t in self.tasks) if unit != self.lead]


def operation_of(operation: Operation, *, reader: User) -> OperationSeen:
    """The record of an operation that the reader was found to see."""
    reach, units = access.reach_of(reader), people.unit_refs()
    leads = operation.lead_id in reach.unit_ids_where(case_states.JOINT)
    tasks = _tasks(operation, reach, leads=leads)
    open_here = states.open_moves(operation.state) if leads else []
    moves = [move for move in open_here if move not in states.OF_TASKS]
    if any(task.state == TaskState.OPEN for task in tasks) or not tasks:
        moves = [move for move in moves if move != states.CLOSE]
    return OperationSeen(
        operation, name_of(units[operation.lead_id]), tasks, _cases(operation, reader),
        _story(operation), moves,
        operation.lead_id in reach.unit_ids_where(case_states.ERASE),
    )  # fmt: skip


def _tasks(operation: Operation, reach: access.Reach, *, leads: bool) -> list[TaskSeen]:
    now, units = clock.now(), people.unit_refs()
    shown: dict[int, list[str]] = {}
    pictures = TaskPhoto.objects.filter(task__operation=operation).order_by("pk")
    for task_id, uid in pictures.values_list("task_id", "photo__uid"):
        shown.setdefault(task_id, []).append(str(uid))
    found = operation.tasks.select_related("words", "report", "ended_by")
    return [
        TaskSeen(
            id=one.pk, unit=name_of(units[one.unit_id]), unit_id=one.unit_id,
            state=TaskState(one.state), words=one.words.text, words_id=one.words_id,
            due_at=one.due_at,
            report=one.report.text if one.report and one.state != TaskState.OPEN else "",
            report_id=one.report_id if one.state != TaskState.OPEN else None,
            ended_at=one.ended_at, ended_by=str(one.ended_by or ""), sent_back=one.sent_back,
            late=one.state != TaskState.CALLED_OFF and (one.ended_at or now) > one.due_at,
            photos=tuple(shown.get(one.pk, ())),
            moves=_task_moves(operation, one, reach, leads=leads),
        )
        for one in found.order_by("pk")
    ]  # fmt: skip


def _task_moves(
    operation: Operation, task: Task, reach: access.Reach, *, leads: bool
) -> tuple[Move, ...]:
    ours = task.unit_id in reach.unit_ids_where(case_states.HANDLE.verb)
    return tuple(
        move
        for move in states.open_moves(operation.state, states.OF_TASKS)
        if task.state in states.OF_TASKS[move] and (ours if move.by_unit else leads)
    )


def _cases(operation: Operation, reader: User) -> list[CaseSeen]:
    linked = Case.objects.filter(pk__in=operation.cases.values("case_id"), restricted=False)
    rows = case_queries.rows_of(linked.order_by("pk"))
    mine = set(
        case_queries.cases_seen_by(reader).filter(pk__in=[row.id for row in rows])
        .values_list("pk", flat=True)
    )  # fmt: skip
    return [CaseSeen(row, row.id in mine) for row in rows]


def _story(operation: Operation) -> list[Entry]:
    events = story(operation.subject_kind, operation.uid)
    said = {e.payload["words"] for e in events if e.payload.get("words")}
    words = Words.objects.in_bulk(said)
    uids = {UUID(e.actor[5:]) for e in events if e.actor.startswith("user:")}
    persons = people.people_by_uid(list(uids))
    posted, units = people.units_of(list(persons.values())), people.unit_refs()
    who = {
        f"user:{uid}": (str(user), name_of(posted[user.pk]) if user.pk in posted else "")
        for uid, user in persons.items()
    }
    quoted = [
        (e, words.get(e.payload.get("words") or 0) if e.name != JointWordsErased.name else None)
        for e in events
    ]
    return [
        Entry(
            name=e.name, at=e.at, who=who.get(e.actor, ("", ""))[0],
            unit=who.get(e.actor, ("", ""))[1],
            to_unit=name_of(units[e.payload["unit"]]) if e.payload.get("unit") else "",
            text=said_.text if said_ else "", words_id=said_.pk if said_ else None,
            erased=said_ is not None and said_.erased_at is not None,
            photos=tuple(e.payload.get("photos") or ()), told=dict(e.payload),
        )
        for e, said_ in quoted
    ]  # fmt: skip
