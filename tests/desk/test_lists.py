"""My queue, the queue of all cases, and the search."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from gulou.cases import operations
from gulou.cases.states import State
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def test_my_queue_groups_what_waits_by_what_there_is_to_do(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    received = a_case(cast, kinds.rubbish)
    dispatched = a_case(cast, kinds.smoking, state=State.DISPATCHED)
    page = as_user(cast.guo).get("/desk/")
    assert [group.words for group in page.context["groups"]][:1] == ["To file"]
    assert received.number in page.text
    mine = as_user(cast.lin).get("/desk/")
    assert dispatched.number in mine.text
    assert received.number not in mine.text


def test_an_empty_queue_says_what_would_appear(cast: Cast, as_user: SignedIn) -> None:
    page = as_user(cast.guo).get("/desk/")
    assert "Nothing waits for you" in page.text
    assert "/desk/cases/" in page.text


def test_an_objection_stands_first(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    operations.object_to_case(case.reports.get(), words="还是很脏")
    a_case(cast, kinds.rubbish)
    page = as_user(cast.guo).get("/desk/")
    assert page.context["groups"][0].words == "Objections to answer"
    record = as_user(cast.guo).get(f"/desk/cases/{case.number}/")
    assert "还是很脏" in record.text
    assert record.context["panel"].act.name == "reopen"


def test_the_shell_says_who_i_am(cast: Cast, as_user: SignedIn) -> None:
    page = as_user(cast.lin).get("/desk/")
    assert "Unit W" in page.text
    assert "Role handler" in page.text


@pytest.mark.parametrize("query", ["state=received", "street={west}", "category={rubbish}",
                                   "source=resident", "unit={office}", "q={number}", "all=1",
                                   "since=2020-01-01&until=2099-12-31", "sort=due"])  # fmt: skip
def test_a_filter_keeps_what_fits(cast: Cast, kinds: Kinds, as_user: SignedIn, query: str) -> None:
    case = a_case(cast, kinds.rubbish)
    other = a_case(cast, kinds.smoking, state=State.CLOSED)
    asked = query.format(west=cast.land.west.pk, rubbish=kinds.rubbish.pk, office=cast.office.pk,
                         number=case.number)  # fmt: skip
    page = as_user(cast.guo).get(f"/desk/cases/?{asked}")
    assert case.number in page.text
    assert (other.number in page.text) == (query == "all=1")


@pytest.mark.parametrize("name", ["state", "all", "late", "objected", "unit", "street", "category",
                                  "source", "since", "until", "q", "sort", "layout", "cols", "view",
                                  "mine", "back", "key", "at"])  # fmt: skip
def test_nonsense_in_the_address_is_ignored(
    cast: Cast, kinds: Kinds, as_user: SignedIn, name: str
) -> None:
    case, client = a_case(cast, kinds.rubbish), as_user(cast.guo)
    for nasty in ("\x00", "x" * 3000, "𠮷", "\u202e", "<script>", "-1", "9" * 40, "1e9", "9999-12-31",
                  "٣", "W10", '["x"]', "bnVsbA"):  # fmt: skip
        page = client.get(f"/desk/cases/?{name}={quote(nasty)}")
        assert page.status_code == 200, nasty
        assert "<script>&" not in page.text
        if name not in ("q",):
            assert case.number in page.text, nasty


def test_pages_go_older_and_back(
    cast: Cast, kinds: Kinds, as_user: SignedIn, monkeypatch: Any
) -> None:
    cases = [a_case(cast, kinds.smoking) for _ in range(52)]
    client = as_user(cast.guo)
    first = client.get("/desk/cases/?all=1")
    assert len(first.context["rows"]) == 50
    older = client.get("/desk/cases/" + first.context["older_url"])
    assert [row.number for row in older.context["rows"]] == [cases[1].number, cases[0].number]
    back = client.get("/desk/cases/" + older.context["newer_url"])
    assert [row.number for row in back.context["rows"]] == [r.number for r in first.context["rows"]]


def test_the_list_asks_the_database_as_often_however_long_it_is(
    cast: Cast, kinds: Kinds, as_user: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        a_case(cast, kinds.smoking)
    client = as_user(cast.guo)
    with django_assert_max_num_queries(22):
        client.get("/desk/cases/?all=1")
    with django_assert_max_num_queries(18):
        client.get("/desk/")


def test_the_part_beside_the_list_is_the_part_of_the_page(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, client = a_case(cast, kinds.rubbish), as_user(cast.guo)
    whole = client.get(f"/desk/cases/?at={case.number}")
    part = client.get(f"/desk/cases/?at={case.number}",
                      headers={"HX-Request": "true", "HX-Target": "beside"})  # fmt: skip
    assert part.text.strip() in whole.text
    assert "<html" not in part.text


def test_what_is_not_mine_is_neither_listed_nor_shown_beside(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, client = a_case(cast, kinds.rubbish), as_user(cast.zhao)
    assert case.number not in client.get("/desk/cases/?all=1").text
    assert client.get(f"/desk/cases/?at={case.number}").context.get("case") is None
    part = client.get(f"/desk/cases/?at={case.number}",
                      headers={"HX-Request": "true", "HX-Target": "beside"})  # fmt: skip
    assert part.status_code == 404


def test_the_map_has_the_cases_of_the_page(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish)
    assert "points.json" in as_user(cast.guo).get("/desk/cases/?layout=map").text
    points = json.loads(as_user(cast.guo).get("/desk/cases/points.json?all=1").content)
    assert points["features"][0]["properties"]["url"] == f"/desk/cases/{case.number}/"
    none = json.loads(as_user(cast.zhao).get("/desk/cases/points.json?all=1").content)
    assert none["features"] == []


def test_a_case_has_its_neighbours_around_it(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case, other = a_case(cast, kinds.rubbish, accuracy_m=30), a_case(cast, kinds.rubbish)
    around = json.loads(as_user(cast.guo).get(f"/desk/cases/{case.number}/around.json").content)
    ring, *near = around["features"]
    assert ring["geometry"]["type"] == "Polygon"
    assert [other.number in one["properties"]["url"] for one in near] == [True]
    assert as_user(cast.zhao).get(f"/desk/cases/{case.number}/around.json").status_code == 404


def test_the_search_jumps_to_a_number_and_else_narrows(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, client = a_case(cast, kinds.rubbish, address="南后街"), as_user(cast.guo)
    assert client.get("/desk/search", {"q": case.number})["Location"].endswith(f"/{case.number}/")
    found = client.get("/desk/search", {"q": "南后街"}, follow=True)
    assert case.number in found.text
    receipt = client.get("/desk/search", {"q": case.reports.get().receipt}, follow=True)
    assert case.number in receipt.text
    for nasty in ("\x00", "x" * 5000, "𠮷", "%", "_", "'"):
        assert client.get("/desk/search", {"q": nasty}, follow=True).status_code == 200


@pytest.mark.parametrize("path", ["/desk/", "/desk/cases/", "/desk/cases/points.json", "/desk/search",
                                  "/desk/views/", "/desk/units/", "/desk/map/areas.json", "/desk/map/places.json"])  # fmt: skip
def test_reading_is_for_get_only_and_for_who_is_signed_in(
    cast: Cast, as_user: SignedIn, client: Any, path: str
) -> None:
    assert as_user(cast.guo).post(path).status_code == 405
    assert client.get(path)["Location"].startswith("/accounts/login/")


def test_every_page_says_how_much_waits(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    for _each in range(3):
        a_case(cast, kinds.rubbish)
    client = as_user(cast.guo)
    for url in ("/desk/", "/desk/cases/", "/desk/units/", "/desk/enter/"):
        assert '<span class="count">3</span>' in client.get(url).text, url


def test_what_is_selected_may_be_put_under_supervision_by_who_gives_orders(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    give = 'formaction="/desk/orders/give/"'
    assert give in as_user(cast.guo).get("/desk/cases/").text
    assert give not in as_user(cast.lin).get("/desk/cases/").text
