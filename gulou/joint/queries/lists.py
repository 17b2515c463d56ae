"""Operations in lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from gulou.joint import states
from gulou.joint.models import Operation, OperationCase, Task
from gulou.joint.states import State, TaskState
from gulou.kit import clock
from gulou.kit.paging import Page, page_of
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.models import User

from .seen import operations_seen_by

PAGE = 30


TABS = (State.UNDER_WAY, State.PLANNED, State.CLOSED, State.CALLED_OFF)


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
