"""Counts that are kept: always what one would count, whoever looks and however cases moved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from gulou.cases import operations, queries, tallies
from gulou.cases.models import Case, TallyChange
from gulou.cases.queries import Filters
from gulou.cases.queries.counts import _counted
from gulou.cases.queries.filters import narrowed
from gulou.cases.states import MOVES, OPEN, State
from gulou.kit import clock
from tests.cases.test_moves import DOER, HOW, about_time, thrown_back
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, assign_from_above


def _differ() -> list[str]:
    return list(tallies.differences())


def _as_counted(cast: Cast, filters: Filters) -> None:
    """Everybody's chips are what one finds by looking at each case they see."""
    for who in ("guo", "lin", "chen", "wu", "zhao", "he"):
        user = getattr(cast, who)
        told = queries.chips(user, filters)
        counted = _counted(narrowed(queries.cases_seen_by(user), filters))
        assert {name: n for name, n in told.items() if n and name not in ("open", "all")} == {
            name: n for name, n in counted.items() if n
        }
        assert told["open"] == sum(counted.get(state, 0) for state in OPEN)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_they_are_right_after_every_move(cast: Cast, kinds: Kinds, move: object) -> None:
    name = move.name  # type: ignore[attr-defined]
    for state in [s for s in State if s in move.sources]:  # type: ignore[attr-defined]
        case = a_case(cast, kinds.rubbish, state=state)
        if name == "verify":
            case = operations.task_verification(case, by=cast.guo, unit_id=cast.community.pk)
        if name == "uphold":
            operations.object_to_case(case.reports.get(), words="还在")
        if name == "arbitrate":
            case = thrown_back(cast, case)
        if name == "reply":
            assign_from_above(case)
        about_time(cast, case, move)  # type: ignore[arg-type]
        HOW[name](cast, case, getattr(cast, DOER.get(name, "guo")))
    assert _differ() == []
    _as_counted(cast, Filters())
    assert tallies.fold() > 0 and tallies.fold() == 0
    assert _differ() == []
    _as_counted(cast, Filters())


@pytest.fixture
def some(cast: Cast, kinds: Kinds) -> Cast:
    """Cases in every state, some late, one restricted, one on which another unit assists."""
    now = clock.now()
    for days, state in enumerate(State):
        with clock.at(now - timedelta(days=days)):
            a_case(cast, kinds.rubbish, state=state)
            a_case(cast, kinds.smoking, state=state, source="hotline")
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    operations.dispatch_case(
        case, by=cast.guo, unit_id=cast.department.pk, assisting=[cast.other_street.pk]
    )
    tallies.fold()
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    return cast


def test_they_are_right_under_every_filter_that_is_kept(some: Cast, kinds: Kinds) -> None:
    land = some.land
    for filters in (
        Filters(),
        Filters(street_id=land.west.pk),
        Filters(street_id=land.east.pk),
        Filters(category_id=kinds.rubbish.pk),
        Filters(category_id=kinds.a_class.pk, source="hotline"),
        Filters(source="hotline"),
        Filters(unit_id=some.department.pk),
        Filters(unit_id=some.street.pk, category_id=kinds.smoking.pk),
        Filters(unit_id=some.team.pk),
        Filters(states=("closed",), late=True),
        Filters(since=clock.now() - timedelta(days=3)),
    ):
        plain = Filters(**{**vars(filters), "states": (), "late": False})
        _as_counted(some, plain)


def test_what_is_due_today_is_late_when_its_hour_has_come(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    assert case.due_at is not None
    for step in (timedelta(minutes=-1), timedelta(minutes=1), timedelta(days=2)):
        with clock.at(case.due_at + step):
            assert queries.chips(cast.guo, Filters())["late"] == int(step > timedelta(0))


def test_what_is_taken_back_is_not_counted(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        a_case(cast, kinds.rubbish)
        raise ZeroDivisionError
    assert queries.chips(cast.guo, Filters())["all"] == 0 and _differ() == []


def test_a_wrong_count_is_found_and_mended(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    TallyChange.objects.all().delete()
    assert _differ() != []
    tallies.rebuild()
    assert _differ() == [] and queries.chips(cast.guo, Filters())["all"] == 1


@pytest.mark.django_db(transaction=True)
def test_moves_and_folding_at_the_same_time_lose_nothing(cast: Cast, kinds: Kinds) -> None:
    cases = [a_case(cast, kinds.rubbish) for _ in range(12)]
    start = Barrier(4)

    def file(mine: list[Case]) -> None:
        start.wait()
        for case in mine:
            operations.file_case(case, by=cast.guo)
        connection.close()

    def fold() -> None:
        start.wait()
        for _ in range(20):
            tallies.fold()
            told = queries.chips(cast.guo, Filters())
            assert (told["all"], told["received"] + told["filed"]) == (12, 12)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(file, cases[:6]), pool.submit(file, cases[6:]),
                    pool.submit(fold), pool.submit(fold)]:  # fmt: skip
            one.result()
    assert _differ() == []
    tallies.fold()
    assert _differ() == [] and queries.chips(cast.guo, Filters())["filed"] == 12
