"""A unit that is to be dissolved hands its open cases to another one."""

import pytest

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit.errors import NotAllowed
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.people.queries import uses_of_unit
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.people.conftest import boss as boss
from tests.people.conftest import clerk as clerk
from tests.people.conftest import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


def test_the_other_unit_answers_and_owes_the_step_until_the_same_time(
    cast: Cast, case: Case, boss: User
) -> None:
    due, version = case.due_at, case.version
    unit = case.unit
    other = cast.other_street
    assert operations.hand_over_cases(unit, to=other, by=boss) == 1
    case.refresh_from_db()
    assert (case.unit, case.step_unit, case.due_at) == (other, other, due)
    assert case.version == version + 1
    event = Event.objects.get(name="case.handed_over")
    assert (event.payload["unit"], event.payload["unit_before"]) == (other.pk, unit.pk)
    assert [use.code for use in uses_of_unit(unit.pk) if use.code == "unit.has_cases"] == []


def test_it_leaves_ended_cases_where_they_ended(cast: Cast, kinds: Kinds, boss: User) -> None:
    ended = a_case(cast, kinds.rubbish, state=State.CLOSED)
    unit = ended.unit
    assert operations.hand_over_cases(unit, to=cast.other_street, by=boss) == 0
    ended.refresh_from_db()
    assert ended.unit == unit


def test_an_open_case_stands_in_the_way_of_dissolving(case: Case) -> None:
    (use,) = (use for use in uses_of_unit(case.unit_id) if use.code == "unit.has_cases")
    assert "1 open cases" in str(use.words)


def test_it_refuses_who_does_not_manage_both(cast: Cast, case: Case, clerk: User) -> None:
    for unit, to in ((cast.street, cast.department), (cast.department, cast.street)):
        with pytest.raises(NotAllowed):
            operations.hand_over_cases(unit, to=to, by=clerk)


def test_it_refuses_the_unit_itself_and_a_dissolved_one(cast: Cast, case: Case, boss: User) -> None:
    with refused("case.same_unit"):
        operations.hand_over_cases(cast.department, to=cast.department, by=boss)
    cast.community.active = False
    cast.community.save()
    with refused("case.unit_unknown"):
        operations.hand_over_cases(cast.department, to=cast.community, by=boss)
