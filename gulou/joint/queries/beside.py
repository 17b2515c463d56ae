"""What other pages ask of operations: the day of a person, a case, a unit, messages."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import states as case_states
from gulou.cases.models import Case
from gulou.joint import states
from gulou.joint.models import Operation, Task
from gulou.joint.states import State, TaskState
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.paging import Page
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.queries import Use
from gulou.places import queries as places

from .seen import operations_seen_by


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


MOST_DUE = 20


def due_for(user: User) -> Page[Due]:
    """The open parts that the person may report, the most urgent first: so many of them."""
    units = sorted(access.unit_ids_where(user, case_states.HANDLE.verb))
    now, refs = clock.now(), people.unit_refs()
    found = list(_due_at(units)) if units else []
    shown = Page(found[:MOST_DUE], more=len(found) > MOST_DUE)
    return shown.of(
        Due(
            one.operation.number, one.operation.title, name_of(refs[one.unit_id]), one.words.text,
            one.due_at, one.operation.begins_at, one.operation.address, one.due_at < now,
        )
        for one in shown
    )  # fmt: skip


@Compiled
def _due_at(units: list[int]) -> QuerySet[Task]:
    tasks = Task.objects.filter(
        unit_id__any=units, state=TaskState.OPEN, operation__state__in=sorted(states.OPEN)
    )
    return tasks.select_related("operation", "words").order_by("due_at", "pk")[: MOST_DUE + 1]


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
