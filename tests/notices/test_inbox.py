"""The inbox at the desk: how many are unread, by day, read and unread, where each leads."""

from datetime import timedelta
from typing import Any

import pytest

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from gulou.notices import inbox
from gulou.notices.models import Item, Letter
from gulou.people.models import Posting
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case
from tests.notices.test_telling import Provider, provider, tell_of

__all__ = ["provider"]


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


def test_it_shows_what_was_told_by_day_and_leads_there(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    with clock.at(clock.now() - timedelta(days=1)):
        tell_of(case, cast.lin, n=1, what="mentioned")
    tell_of(case, cast.lin, n=2)
    assert [len(day.told) for day in inbox.inbox_of(cast.lin).days] == [1, 1]
    client = as_user(cast.lin)
    page = client.get("/desk/inbox/").content.decode()
    assert "80 % of the time for case" in page and "asks you to look" in page
    assert page.count("Area W · ") == 2, "each says where it is"
    newest = Item.objects.latest("pk")
    answer = client.get(f"/desk/inbox/{newest.pk}/")
    assert answer.headers["Location"] == f"/desk/cases/{case.number}/"
    newest.refresh_from_db()
    assert newest.read_at is not None and inbox.unread_count(cast.lin) == 1
    client.post(f"/desk/inbox/{newest.pk}/unread/")
    assert inbox.unread_count(cast.lin) == 2
    kind = client.get("/desk/inbox/?kind=asked&unread=1").content.decode()
    assert "asks you to look" in kind and "80 %" not in kind


def test_nobody_reads_or_marks_what_others_were_told(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    tell_of(case, cast.lin)
    item = Item.objects.get()
    client = as_user(cast.guo)
    assert client.get(f"/desk/inbox/{item.pk}/").status_code == 404
    assert client.post(f"/desk/inbox/{item.pk}/unread/").status_code == 404
    client.post("/desk/inbox/read/", {"until": item.pk})
    assert inbox.unread_count(cast.lin) == 1
    assert case.number not in client.get("/desk/inbox/").content.decode()


def test_marking_all_leaves_what_came_after_one_looked(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    tell_of(case, cast.lin, n=1)
    seen = inbox.inbox_of(cast.lin).newest
    tell_of(case, cast.lin, n=2)
    as_user(cast.lin).post("/desk/inbox/read/", {"until": seen})
    assert inbox.unread_count(cast.lin) == 1


def test_looking_at_a_case_reads_what_was_told_of_it(
    cast: Cast, kinds: Kinds, case: Case, as_user: SignedIn
) -> None:
    other = a_case(cast, kinds.rubbish, state=State.HANDLING)
    tell_of(case, cast.lin, n=1)
    tell_of(other, cast.lin, n=2)
    client = as_user(cast.lin)
    client.get(f"/desk/cases/{case.number}/")
    assert inbox.unread_count(cast.lin) == 1
    assert Item.objects.get(read_at=None).case == other


def test_the_bar_counts_by_one_question_of_an_index(
    cast: Cast, case: Case, as_user: SignedIn, django_assert_num_queries: Any
) -> None:
    for n in range(inbox.MANY + 3):
        tell_of(case, cast.lin, n=n)
    with django_assert_num_queries(1):
        assert inbox.unread_count(cast.lin) == inbox.MANY + 1
    assert "99+" in as_user(cast.lin).get("/desk/units/").content.decode()


def test_a_case_that_is_no_longer_ones_own_to_see_is_not_named(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    tell_of(case, cast.lin)
    Case.objects.update(restricted=True)
    page = as_user(cast.lin).get("/desk/inbox/").content.decode()
    assert case.number not in page and "no longer yours to see" in page


def test_what_was_told_of_a_case_before_a_posting_ended_is_not_named(
    cast: Cast, case: Case
) -> None:
    tell_of(case, cast.lin)
    Posting.objects.filter(user=cast.lin).delete()
    (told,) = inbox.inbox_of(cast.lin).days[0].told
    assert told.hidden and case.number not in told.title


def test_what_was_told_half_a_year_ago_is_gone_with_its_letters(
    cast: Cast, case: Case, provider: Provider
) -> None:
    with clock.at(clock.now() - timedelta(days=181)):
        tell_of(case, cast.lin, n=1)
    tell_of(case, cast.lin, n=2)
    assert inbox.forget_old() == 1
    assert Letter.objects.count() == Item.objects.count() == 1
