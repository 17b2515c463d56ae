"""Opening the public side on a page: asked by one, approved by another, closed by either."""

import pytest

from gulou.openings.queries import is_open
from gulou.openings.states import APPROVE, ASK, Part
from tests.conftest import Cast
from tests.desk.conftest import SignedIn, as_user
from tests.factories.openings import who_opens

__all__ = ["as_user"]
pytestmark = pytest.mark.django_db
PAGE = "/setup/openings/"


def test_one_asks_another_approves_and_either_closes(as_user: SignedIn, cast: Cast) -> None:
    asker = as_user(who_opens(cast.office, ASK))
    approver = as_user(who_opens(cast.office, APPROVE))
    assert 'href="/setup/"' in asker.get("/desk/").content.decode()
    assert "Ask for its opening" in asker.get(PAGE).content.decode()
    answer = asker.post(f"{PAGE}list/ask/", {"list-note": "试运行结束"})
    assert answer["Location"] == PAGE
    assert "Approve and open" in approver.get(PAGE).content.decode()
    approver.post(f"{PAGE}list/approve/", {"list-note": "第 12 次会议"})
    assert is_open(Part.LIST)
    page = asker.get(PAGE).content.decode()
    assert "第 12 次会议" in page
    asker.post(f"{PAGE}list/close/", {"list-note": ""})
    assert not is_open(Part.LIST)


def test_a_refusal_stands_beside_what_was_typed(as_user: SignedIn, cast: Cast) -> None:
    both = who_opens(cast.office, ASK, APPROVE)
    as_user(who_opens(cast.office, ASK)).post(f"{PAGE}map/ask/", {"map-note": ""})
    answer = as_user(both).post(f"{PAGE}map/approve/", {"map-note": " "})
    assert answer.status_code == 422
    assert "Say by what it was approved" in answer.content.decode()
    assert not is_open(Part.MAP)


def test_it_is_nobody_elses_page(as_user: SignedIn, cast: Cast) -> None:
    lin = as_user(cast.lin)
    assert lin.get(PAGE).status_code == 403
    assert lin.post(f"{PAGE}list/ask/", {"list-note": ""}).status_code == 403
    asker = as_user(who_opens(cast.office, ASK))
    assert asker.post(f"{PAGE}nothing/ask/").status_code == 404
    assert asker.post(f"{PAGE}list/erase/").status_code == 404
