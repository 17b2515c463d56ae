"""The record of a case on the desk."""

import re
from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.states import State
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, evidence

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


def test_it_says_who_chose_the_unit_where_no_rule_did(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/")
    assert "Chosen by the dispatcher." in page.text


@pytest.mark.parametrize("released", [True, False])
def test_nothing_is_the_next_move_once_its_pictures_are_released(
    cast: Cast, kinds: Kinds, as_user: SignedIn, released: bool
) -> None:
    shown = evidence(2)
    case = a_case(
        cast, kinds.rubbish, state=State.CLOSED, photos=tuple(shown.photos), draft=shown.draft
    )
    if released:
        uids = [photo.photo.uid for photo in case.photos.select_related("photo")]
        operations.release_photos(case, by=cast.guo, uids=uids)
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/")
    assert ("button-primary" in page.text) is not released
    beside = as_user(cast.guo).get(f"/desk/cases/?all=1&key={case.number}")
    assert "button-primary" not in beside.text or not released


def test_it_names_no_case_that_the_reader_may_not_see(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    hidden = a_case(cast, kinds.rubbish)
    operations.merge_case(hidden, into=case, by=cast.guo)
    assert hidden.number in as_user(cast.guo).get(f"/desk/cases/{case.number}/").text
    Case.objects.filter(pk=hidden.pk).update(restricted=True)
    page = as_user(cast.wu).get(f"/desk/cases/{case.number}/")
    assert page.status_code == 200
    # Its report now belongs to the open case too, and its receipt may have the same digits.
    assert hidden.number not in re.sub(r"R2\d{3}-\d{6}", "", page.text)
