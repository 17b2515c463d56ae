"""The record of a case on the desk."""

from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.states import State
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", list(State))
def test_it_shows_a_case_in_every_state(
    cast: Cast, kinds: Kinds, as_user: SignedIn, state: State
) -> None:
    case = a_case(cast, kinds.rubbish, state=state)
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/")
    assert page.status_code == 200
    assert case.number in page.text


def test_it_asks_the_database_as_often_however_long_the_story_is(
    cast: Cast, kinds: Kinds, as_user: SignedIn, django_assert_max_num_queries: Any
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    for n in range(6):
        operations.note_case(case, by=cast.lin if n % 2 else cast.guo, words=f"第 {n} 次")
    client = as_user(cast.guo)
    with django_assert_max_num_queries(55):
        assert client.get(f"/desk/cases/{case.number}/").status_code == 200
