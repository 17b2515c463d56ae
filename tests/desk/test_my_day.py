"""My day: by what the postings of a person let them do, never by the name of a role."""

from datetime import UTC, datetime, timedelta

import pytest

from gulou.cases import operations, queries, states
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, a_snap, reason
from tests.factories.people import PostingFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_its_numbers_lead_to_their_cases(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    back = a_case(cast, kinds.smoking, state=State.DISPATCHED)
    operations.return_case(back, by=cast.lin, reason_id=reason("return").pk, words="不归我们")
    other = a_case(cast, kinds.rubbish)
    client = as_user(cast.guo)
    tiles = {tile.words: tile for tile in client.get("/desk/").context["tiles"]}
    assert (tiles["Wait for me"].count, tiles["Came back"].count) == (2, 1)
    shown = client.get(tiles["Came back"].url)
    assert [row.number for row in shown.context["rows"]] == [back.number]
    assert {row.number for row in client.get(tiles["Wait for me"].url).context["rows"]} == {
        back.number, other.number}  # fmt: skip


def test_a_long_group_ends_with_the_way_to_the_rest(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    for _ in range(14):
        a_case(cast, kinds.smoking)
    client = as_user(cast.guo)
    page = client.get("/desk/")
    (group,) = page.context["groups"]
    assert (len(group.rows), group.beyond) == (14, 2)
    assert page.text.count('class="row-title"') == 12
    assert len(client.get(group.all_url).context["rows"]) == 14


def test_who_only_reads_sees_how_it_stands(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    late = a_case(cast, kinds.rubbish)
    late.due_at = clock.now().replace(year=2020)
    late.save(update_fields=["due_at"])
    a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    a_case(cast, kinds.rubbish, state=State.DECLINED)
    page = as_user(cast.wu).get("/desk/")
    found = page.context["overview"]
    assert (found.open, found.late, found.back) == (2, 1, 0)
    assert [(one.open, one.late) for one in found.streets] == [(2, 1)]
    assert {one.name: one.open for one in found.units}.keys() == {"Unit OFFICE", "Unit W"}
    assert (found.week[-1].opened, found.week[-1].ended) == (3, 1)
    assert f"street={cast.land.west.pk}&amp;late=1" in page.text


def test_it_counts_only_what_one_sees(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    a_case(cast, kinds.rubbish)
    leader = UserFactory.create(username="leader")
    role = RoleFactory.create(
        code="quiet", verbs=[states.READ, states.NOTE.verb], reaches_below=True
    )
    PostingFactory.create(user=leader, role=role, unit=cast.street)
    assert queries.overview(leader).open == 1
    assert "overview" in as_user(leader).get("/desk/").context


def test_who_works_on_cases_sees_their_work_and_no_overview(cast: Cast, as_user: SignedIn) -> None:
    for person in (cast.guo, cast.lin, cast.he):
        assert "overview" not in as_user(person).get("/desk/").context


def test_who_enters_sees_what_they_entered(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = operations.receive_report(a_snap(kinds.rubbish), entered_by=cast.guo).case
    a_case(cast, kinds.rubbish)
    entered = as_user(cast.guo).get("/desk/").context["entered"]
    assert [row.number for row in entered] == [case.number]
    assert "entered" not in as_user(cast.lin).get("/desk/").context


def test_what_was_reopened_came_back(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DECLINED)
    operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    a_case(cast, kinds.rubbish)
    page = as_user(cast.guo).get("/desk/cases/?back=1")
    assert [row.number for row in page.context["rows"]] == [case.number]


def test_what_is_due_today_is_a_list_of_its_own(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)
    with clock.at(noon):
        due, tomorrow = a_case(cast, kinds.rubbish), a_case(cast, kinds.smoking)
        Case.objects.filter(pk=due.pk).update(due_at=noon + timedelta(hours=5))
        Case.objects.filter(pk=tomorrow.pk).update(due_at=noon + timedelta(hours=13))
        client = as_user(cast.guo)
        (tile,) = [one for one in client.get("/desk/").context["tiles"] if one.words == "Due today"]
        shown = client.get(tile.url).context["rows"]
    assert (tile.count, [row.number for row in shown]) == (1, [due.number])
