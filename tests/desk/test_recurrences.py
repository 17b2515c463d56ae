"""Deciding on a record whether a closed problem has come back."""

import pytest

from gulou.cases.models import Case
from gulou.cases.operations import suspect_recurrences
from gulou.cases.states import State
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def test_it_stands_on_both_records_and_is_decided_there(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    closed: Case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    (link,) = suspect_recurrences(case.uid)
    url = f"/desk/cases/{case.number}/"
    page = as_user(cast.guo).get(url).text
    assert "Has it come back?" in page and closed.number in page
    assert f"May be {closed.number} again" in page
    post = f"{url}recurrences/{link.pk}/"
    assert post not in as_user(cast.wu).get(url).text
    assert as_user(cast.wu).post(post, {"confirmed": "1"}).status_code == 403
    assert as_user(cast.guo).post(post, {"confirmed": "1"}).status_code == 302
    assert f"Confirmed: {closed.number} has come back" in as_user(cast.guo).get(url).text
    assert case.number in as_user(cast.guo).get(f"/desk/cases/{closed.number}/").text
