"""Taking a move back from the page, and who else is at a case."""

from datetime import timedelta

import pytest

from gulou.cases.states import State
from gulou.kit import clock
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def test_after_a_move_a_plain_button_takes_it_back(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, client = a_case(cast, kinds.rubbish, state=State.DISPATCHED), as_user(cast.lin)
    page = client.post(f"/desk/cases/{case.number}/accept/", {}, follow=True)
    case.refresh_from_db()
    url = f"/desk/cases/{case.number}/undo/?seen={case.version}"
    assert f'action="{url}"' in page.text
    back = client.post(url, follow=True)
    assert "stands as before" in back.text and "taken back" in back.text
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


def test_too_late_is_said_honestly(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case, client = a_case(cast, kinds.rubbish, state=State.FILED), as_user(cast.guo)
    with clock.at(clock.now() + timedelta(seconds=30)):
        answer = client.post(f"/desk/cases/{case.number}/undo/")
    assert answer.status_code == 409 and "too late" in answer.text
    assert client.get(f"/desk/cases/{case.number}/undo/").status_code == 405
    assert as_user(cast.zhao).post(f"/desk/cases/{case.number}/undo/").status_code == 404


def test_a_move_that_is_for_good_offers_nothing(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish)
    page = as_user(cast.guo).post(f"/desk/cases/{case.number}/release/", {}, follow=True)
    assert "/undo/" not in page.text


def test_two_people_on_one_case_see_each_other(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    url = f"/desk/cases/{case.number}/here/"
    assert as_user(cast.guo).post(url).text.strip() == ""
    seen = as_user(cast.lin).post(url, {"writing": "1"}).text
    assert str(cast.guo) in seen
    assert "is writing here" in as_user(cast.guo).post(url).text
    assert str(cast.lin) in as_user(cast.guo).get("/desk/cases/").text
    assert as_user(cast.lin).post(url, {"gone": "1"}).status_code == 204
    assert as_user(cast.guo).post(url).text.strip() == ""
    assert as_user(cast.zhao).post(url).status_code == 404
