"""Cases and work written down as they are, to be counted by hand."""

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from gulou.cases.models import Case, Recurrence, Step
from gulou.cases.states import State, StepKind
from gulou.insights.period import Period
from gulou.kit import clock
from gulou.people.models import Unit
from gulou.places.cells import cell_of
from gulou.places.operations import count_people
from tests.conftest import Cast, Kinds

Make = Callable[..., Case]
PER_DAY = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nothing_worked_out(db: None) -> None:
    cache.clear()


@pytest.fixture
def period() -> Period:
    return Period.last(30)


@pytest.fixture
def make(cast: Cast, kinds: Kinds) -> Make:
    """A case of the western street in W1, opened ten days ago, closed the day after."""
    numbers = itertools.count(1)

    def case(unit: Unit | None = None, *, days: float = 10, **given: Any) -> Case:
        at = clock.now() - timedelta(days=days)
        lat, lon = given.pop("lat", 26.07), given.pop("lon", 119.29)
        values: dict[str, Any] = {
            "number": f"T-{next(numbers)}", "uid": uuid.uuid4(), "state": State.CLOSED,
            "source": "resident", "district": cast.land.district, "street": cast.land.west,
            "community": cast.land.communities[0], "code_set": kinds.rubbish.code_set,
            "category": kinds.rubbish, "unit": unit or cast.street, "lat": lat, "lon": lon,
            "cell": cell_of(lat, lon), "opened_at": at, "changed_at": at + timedelta(days=1),
            "ended_at": at + timedelta(days=1),
        }  # fmt: skip
        return Case.objects.create(**{**values, **given})

    return case


def work(case: Case, kind: str = StepKind.HANDLE, outcome: str = "handled", **given: Any) -> Step:
    """A stretch of work of the case's unit that ended in time, half a day after the case began."""
    ended: datetime = given.pop("ended_at", case.opened_at + timedelta(hours=12))
    late = given.pop("late", False)
    values: dict[str, Any] = {
        "unit": case.unit, "started_at": case.opened_at, "ended_at": ended, "outcome": outcome,
        "due_at": ended + timedelta(hours=-1 if late else 1),
    }  # fmt: skip
    return Step.objects.create(case=case, kind=kind, **{**values, **given})


def came_back(cast: Cast, before: Case, case: Case, *, confirmed: bool | None = True) -> None:
    """The one is the other again, as a person says, or nobody yet."""
    said = {} if confirmed is None else {"decided_at": clock.now(), "decided_by": cast.guo}
    Recurrence.objects.create(
        case=case, before=before, unit=before.unit, metres=3, days=2, at=clock.now(),
        confirmed=confirmed, **said,
    )  # fmt: skip


def people(cast: Cast, *numbers: int) -> None:
    """How many live in W1, W2, E1, E2."""
    for area, number in zip(cast.land.communities, numbers, strict=True):
        count_people(area.pk, population=number, year=2020, source="人口普查", actor="system")
