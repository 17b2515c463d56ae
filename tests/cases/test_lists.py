"""Queues: what a person sees, in pages that neither skip nor repeat."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gulou.cases import operations, queries
from gulou.cases.queries import Filters
from gulou.cases.states import State
from gulou.kit import clock
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def many(cast: Cast, kinds: Kinds) -> list[str]:
    numbers = []
    for n in range(23):
        with clock.at(START + timedelta(hours=n // 2)):  # two of each hour: ties
            numbers.append(operations.receive_report(a_snap(kinds.rubbish)).case.number)
    return numbers


@pytest.mark.parametrize(
    "sort", ["new", "due", "-due", "changed", "street,-due", "-street,unit,opened", "state,due"]
)
def test_pages_neither_skip_nor_repeat(cast: Cast, many: list[str], sort: str) -> None:
    found: list[str] = []
    key, back = "", []
    while True:
        page = queries.queue(cast.guo, Filters(), key=key, sort=sort, size=5)
        found += [row.number for row in page.rows]
        back.append(page)
        if not page.older:
            break
        key = page.older
    assert sorted(found) == sorted(many) and len(found) == len(set(found))
    assert back[0].newer == ""
    before = queries.queue(cast.guo, Filters(), key=back[2].newer, sort=sort, size=5)
    assert [row.number for row in before.rows] == [row.number for row in back[1].rows]
    first = queries.queue(cast.guo, Filters(), key=before.newer, sort=sort, size=5)
    assert first.newer == "" and first.rows[0].number == back[0].rows[0].number


@pytest.mark.parametrize(
    ("sort", "found"),
    [("", ("-opened",)), ("new", ("-opened",)), ("due", ("due",)), ("x,--due", ("-opened",)),
     ("street,-due,unit,state", ("street", "-due", "unit")), ("due,-due", ("-due",))],
)  # fmt: skip
def test_nonsense_in_an_order_goes(sort: str, found: tuple[str, ...]) -> None:
    assert queries.sorts_of(sort) == found


def test_a_case_has_its_neighbours_of_the_list(cast: Cast, many: list[str]) -> None:
    for sort in ("new", "street,due"):
        page = [row.number for row in queries.queue(cast.guo, Filters(), sort=sort).rows]
        for place in (0, 7, len(page) - 1):
            case = queries.case_seen_by(cast.guo, page[place])
            assert queries.beside(cast.guo, Filters(), case, sort=sort) == (
                page[place - 1] if place else "",
                page[place + 1] if place + 1 < len(page) else "",
            )


def test_the_first_of_a_list_come_with_their_versions(cast: Cast, many: list[str]) -> None:
    page = queries.queue(cast.guo, Filters(), sort="due").rows
    first = queries.first_of(cast.guo, Filters(), most=5, sort="due")
    assert first == [(row.number, row.version) for row in page[:5]]


@pytest.mark.parametrize(
    "key", ["x", "%%%", "e30", "WzEsMl0", "IA" * 500, "\x00", "WyJhIiwiYiIsImMiXQ"]
)
def test_a_nonsense_key_is_the_first_page(cast: Cast, many: list[str], key: str) -> None:
    page = queries.queue(cast.guo, Filters(), key=key, size=5)
    assert len(page.rows) == 5 and page.newer == ""


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"states": ("filed",)}, 1),
        ({"open": True}, 2),
        ({"text": "五四路"}, 1),
        ({"text": "%"}, 0),
        ({"source": "hotline"}, 1),
        ({"late": True}, 2),
        ({"since": START + timedelta(days=1)}, 0),
        ({"until": START + timedelta(days=1)}, 3),
    ],
)
def test_filters_narrow(cast: Cast, kinds: Kinds, given: dict[str, Any], count: int) -> None:
    with clock.at(START):
        a_case(cast, kinds.rubbish)
        a_case(cast, kinds.smoking, state=State.FILED, address="五四路恒力城", source="hotline")
        a_case(cast, kinds.smoking, state=State.DECLINED)
    assert len(queries.queue(cast.guo, Filters(**given)).rows) == count


def test_chips_count_what_the_filters_leave(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    a_case(cast, kinds.smoking, state=State.FILED)
    counts = queries.chips(cast.guo, Filters(category_id=kinds.a_class.pk))
    assert (counts["received"], counts["filed"], counts["all"]) == (1, 1, 2)
    counts = queries.chips(cast.guo, Filters(category_id=kinds.smoking.pk, states=("closed",)))
    assert (counts["received"], counts["filed"], counts["open"]) == (0, 1, 1)


def test_each_sees_what_is_theirs(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    sees = {
        name: case in queries.cases_seen_by(getattr(cast, name))
        for name in ("lin", "chen", "wu", "zhao", "guo", "he")
    }
    assert sees == {
        "lin": True, "chen": False, "wu": True, "zhao": False, "guo": True, "he": False,
    }  # fmt: skip


def test_an_assisting_unit_sees_it(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = operations.dispatch_case(
        case, by=cast.guo, unit_id=cast.street.pk, assisting=[cast.department.pk]
    )
    assert case in queries.cases_seen_by(cast.chen)
    assert queries.moves_open_to(cast.chen, case) == []


def test_my_work_is_what_waits_for_me(cast: Cast, kinds: Kinds) -> None:
    received = a_case(cast, kinds.rubbish)
    handling = a_case(cast, kinds.rubbish, state=State.HANDLING)
    handled = a_case(cast, kinds.rubbish, state=State.HANDLED)
    a_case(cast, kinds.rubbish, state=State.CLOSED)

    def waits_for(name: str) -> set[str]:
        return {row.number for row in queries.my_work(getattr(cast, name))}

    assert waits_for("lin") == {handling.number}
    assert waits_for("he") == {handled.number}
    assert received.number in waits_for("guo")
    assert waits_for("wu") == waits_for("zhao") == set()


def test_rows_cost_no_query_each(
    cast: Cast, many: list[str], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        queries.queue(cast.guo, Filters(), size=20)
    with django_assert_max_num_queries(60):
        queries.my_work(cast.guo)


def test_a_case_with_several_reports_is_counted_once(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED, address="五四路恒力城")
    for _ in range(3):
        operations.receive_report(a_snap(kinds.rubbish, joins=case.uid))
    filters = Filters(text="五四路")
    assert queries.chips(cast.guo, filters)["all"] == 1
    assert len(queries.queue(cast.guo, filters).rows) == 1
    receipt = case.reports.latest("id").receipt
    assert queries.chips(cast.guo, Filters(text=receipt.lower()))["filed"] == 1


def test_chips_tell_what_is_late_open_and_objected(cast: Cast, kinds: Kinds) -> None:
    with clock.at(START):
        a_case(cast, kinds.rubbish)
        a_case(cast, kinds.smoking, state=State.FILED)
        a_case(cast, kinds.smoking, state=State.DECLINED)
    counts = queries.chips(cast.guo, Filters(late=True))
    assert (counts["late"], counts["open"], counts["objected"], counts["all"]) == (2, 2, 0, 3)
    with clock.at(START):
        assert queries.chips(cast.guo, Filters())["late"] == 0
