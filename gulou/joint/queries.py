"""Every way of reading joint operations. Each takes the reader, and shows what that reader may see.

Who reads the cases of a unit reads the operations that it leads or has a part of; whoever takes part
sees the whole plan and which cases it is about, and opens those that are theirs to see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries as case_queries
from gulou.cases import states as case_states
from gulou.cases.models import Case, Words
from gulou.cases.queries import Row
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.kit.paging import Page, page_of
from gulou.kit.words import clean, name_of
from gulou.outbox.queries import story
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.queries import Use
from gulou.photos.models import Photo
from gulou.places import queries as places

from . import states
from .models import Operation, OperationCase, Task, TaskPhoto
from .states import Move, State, TaskState

PAGE = 30
TABS = (State.UNDER_WAY, State.PLANNED, State.CLOSED, State.CALLED_OFF)


def operations_seen_by(user: User) -> QuerySet[Operation]:
    """The operations of the units whose cases the person reads."""
    reach = access.reach_of(user)
    units = reach.unit_ids_where(case_states.READ)
    if not units or not user.is_active:
        return Operation.objects.none()
    if case_queries.sees_every_unit(reach):
        return Operation.objects.all()
    parts = Task.objects.filter(unit_id__in=units).values("operation_id")
    return Operation.objects.filter(Q(lead_id__in=units) | Q(pk__in=parts))


def operation_seen_by(user: User, number: str) -> Operation:
    """The operation with this number. Raises NotFound, also where the user may not know of it."""
    seen = operations_seen_by(user).filter(number=clean(number))
    found = seen.select_related("plan", "result", "planned_by").first()
    if found is None:
        raise NotFound(
            "joint.not_found", _("There is no such operation, or it is not yours to see.")
        )
    return found


def may_plan(user: User) -> bool:
    """Whether the person may plan an operation that some unit leads."""
    return bool(access.unit_ids_where(user, case_states.JOINT))


def leading_units(user: User) -> list[people.UnitRef]:
    """The units in use for which the person may plan one, their own first."""
    refs, own = people.unit_refs(), access.posted_unit_ids(user)
    reached = access.unit_ids_where(user, case_states.JOINT)
    found = [refs[pk] for pk in reached if refs[pk].active]
    return sorted(found, key=lambda unit: (unit.id not in own, unit.code))


@dataclass(frozen=True)
class Line:
    """One operation in a list."""

    number: str
    title: str
    state: State
    lead: str
    begins_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    address: str
    parts: int
    done: int
    late: int
    cases: int


def lines(user: User, tab: str, *, page: int = 0) -> Page[Line]:
    """A page of the operations that the person sees in a state. What is to come stands first by its
    time; what has ended, the last first."""
    found = operations_seen_by(user).filter(state=tab)
    order = ("begins_at", "id") if tab in states.OPEN else ("-begins_at", "-id")
    rows = page_of(found.order_by(*order), page, size=PAGE)
    return rows.of(_lines(rows))


def tab_counts(user: User) -> dict[str, int]:
    """How many operations stand under each tab."""
    by_state = dict(
        operations_seen_by(user).order_by().values_list("state").annotate(n=Count("pk"))
    )
    return {tab: by_state.get(tab, 0) for tab in TABS}


def _lines(rows: Sequence[Operation]) -> list[Line]:
    now, units, pks = clock.now(), people.unit_refs(), [one.pk for one in rows]
    open_, done = Q(state=TaskState.OPEN), Q(state=TaskState.DONE)
    parts = {
        row["operation"]: row
        for row in Task.objects.filter(operation__in=pks).order_by().values("operation").annotate(
            all=Count("pk", filter=~Q(state=TaskState.CALLED_OFF)),
            done=Count("pk", filter=done),
            late=Count("pk", filter=open_ & Q(due_at__lt=now)),
        )
    }  # fmt: skip
    cases = dict(
        OperationCase.objects.filter(operation__in=pks).order_by().values_list("operation")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    none = {"all": 0, "done": 0, "late": 0}
    return [
        Line(
            number=one.number, title=one.title, state=State(one.state),
            lead=name_of(units[one.lead_id]), begins_at=one.begins_at, ends_at=one.ends_at,
            ended_at=one.ended_at, address=one.address, parts=parts.get(one.pk, none)["all"],
            done=parts.get(one.pk, none)["done"], late=parts.get(one.pk, none)["late"],
            cases=cases.get(one.pk, 0),
        )
        for one in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class TaskSeen:
    """The part of one unit, and what the reader may do with it now."""

    id: int
    unit: str
    unit_id: int
    state: TaskState
    words: str
    due_at: datetime
    report: str
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
            state=TaskState(one.state), words=one.words.text, due_at=one.due_at,
            report=one.report.text if one.report and one.state != TaskState.OPEN else "",
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
    words = dict(Words.objects.filter(pk__in=said).values_list("pk", "text"))
    uids = {UUID(e.actor[5:]) for e in events if e.actor.startswith("user:")}
    persons = people.people_by_uid(list(uids))
    posted, units = people.units_of(list(persons.values())), people.unit_refs()
    who = {
        f"user:{uid}": (str(user), name_of(posted[user.pk]) if user.pk in posted else "")
        for uid, user in persons.items()
    }
    return [
        Entry(
            name=e.name, at=e.at, who=who.get(e.actor, ("", ""))[0],
            unit=who.get(e.actor, ("", ""))[1],
            to_unit=name_of(units[e.payload["unit"]]) if e.payload.get("unit") else "",
            text=words.get(e.payload.get("words") or 0, ""),
            photos=tuple(e.payload.get("photos") or ()), told=dict(e.payload),
        )
        for e in events
    ]  # fmt: skip


def task_photo_seen_by(user: User, uid: UUID) -> Photo:
    """A picture of a part of an operation that the person sees. Raises NotFound."""
    seen = operations_seen_by(user).values("pk")
    found = TaskPhoto.objects.filter(photo__uid=uid, task__operation__in=seen)
    picture = found.select_related("photo").first()
    if picture is None:
        raise NotFound("photo.not_found", _("There is no such picture."))
    return picture.photo


@dataclass(frozen=True)
class Due:
    """An open part of a unit of the reader: for their day."""

    number: str
    title: str
    unit: str
    words: str
    due_at: datetime
    begins_at: datetime
    address: str
    late: bool


def due_for(user: User) -> list[Due]:
    """The open parts that the person may report, the most urgent first."""
    units = sorted(access.unit_ids_where(user, case_states.HANDLE.verb))
    now, refs = clock.now(), people.unit_refs()
    return [
        Due(
            one.operation.number, one.operation.title, name_of(refs[one.unit_id]), one.words.text,
            one.due_at, one.operation.begins_at, one.operation.address, one.due_at < now,
        )
        for one in (_due_at(units) if units else ())
    ]  # fmt: skip


@Compiled
def _due_at(units: list[int]) -> QuerySet[Task]:
    tasks = Task.objects.filter(
        unit_id__any=units, state=TaskState.OPEN, operation__state__in=sorted(states.OPEN)
    )
    return tasks.select_related("operation", "words").order_by("due_at", "pk")[:20]


@dataclass(frozen=True)
class About:
    """An operation that a case is in: for the record of the case."""

    number: str
    title: str
    state: State
    begins_at: datetime
    mine: bool = field(default=True)


def operations_about(case: Case, *, reader: User) -> list[About]:
    """The operations that a case is in, the last first, and which of them the reader may open."""
    found = list(Operation.objects.filter(cases__case=case).order_by("-begins_at"))
    mine = set(
        operations_seen_by(reader).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
    )  # fmt: skip
    return [
        About(one.number, one.title, State(one.state), one.begins_at, one.pk in mine)
        for one in found
    ]


@dataclass(frozen=True)
class PartFigures:
    """How one unit kept its time with its parts: each counts for itself. Called off counts neither
    way."""

    unit_id: int
    on_time: int
    late: int
    open: int
    open_late: int
    called_off: int
    sent_back: int


def part_figures(*, since: datetime, until: datetime) -> list[PartFigures]:
    """For each unit, of the parts of operations that began in a stretch of time."""
    now, done = clock.now(), Q(state=TaskState.DONE)
    parts = Task.objects.filter(operation__begins_at__gte=since, operation__begins_at__lt=until)
    counted = parts.order_by().values("unit_id").annotate(
        on_time=Count("pk", filter=done & Q(ended_at__lte=F("due_at"))),
        late=Count("pk", filter=done & Q(ended_at__gt=F("due_at"))),
        open=Count("pk", filter=Q(state=TaskState.OPEN)),
        open_late=Count("pk", filter=Q(state=TaskState.OPEN, due_at__lt=now)),
        called_off=Count("pk", filter=Q(state=TaskState.CALLED_OFF)),
        sent_back=Count("pk", filter=Q(sent_back__gt=0)),
    )  # fmt: skip
    return [PartFigures(**row) for row in counted.order_by("unit_id")]


def operations_with(unit_id: int) -> QuerySet[Operation]:
    """The open operations that a unit leads or has an open part of."""
    parts = Task.objects.filter(unit_id=unit_id, state=TaskState.OPEN).values("operation_id")
    return Operation.objects.filter(
        Q(lead_id=unit_id) | Q(pk__in=parts), state__in=sorted(states.OPEN)
    )


def uses_of_unit(unit_id: int) -> list[Use]:
    """That open operations need the unit."""
    count = operations_with(unit_id).count()
    if not count:
        return []
    words = _(
        "%(count)s joint operations need this unit. Hand its parts over to another one first."
    )
    goes = _("What it leads or has to do in %(count)s joint operations")
    return [Use("unit.has_operations", words % {"count": count}, goes % {"count": count})]


def cases_named(user: User, numbers: Iterable[str]) -> tuple[list[Case], list[str]]:
    """The cases with these numbers that the person sees, and the numbers that lead to none."""
    wanted = list(dict.fromkeys(found for one in numbers if (found := clean(one)[:24])))
    seen = {
        case.number: case for case in case_queries.cases_seen_by(user).filter(number__in=wanted)
    }
    return list(seen.values()), [one for one in wanted if one not in seen]


def case_in(operation: Operation, number: str) -> Case:
    """A case that an operation is about, by its number. Raises NotFound."""
    link = operation.cases.filter(case__number=clean(number)).select_related("case").first()
    if link is None:
        raise NotFound("joint.case_unknown", _("This case is not in the operation."))
    return link.case


@dataclass(frozen=True)
class Concerned:
    """Who is told of an operation: its number, the unit that leads, the units with a part; and the
    street or community where they meet."""

    number: str
    lead_id: int
    unit_ids: tuple[int, ...]
    area_id: int | None


def concerned(uid: UUID) -> Concerned:
    """What messages about an operation need."""
    one = Operation.objects.get(uid=uid)
    units = one.tasks.order_by("unit_id").values_list("unit_id", flat=True).distinct()
    where = places.locate(one.lat, one.lon)
    area = where.community or where.street
    return Concerned(one.number, one.lead_id, tuple(units), area.id if area else None)
