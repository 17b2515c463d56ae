"""Lateness, rework and recurrence of units and categories, counted by hand."""

from datetime import timedelta

import pytest

from gulou.cases.states import StepKind
from gulou.insights import queries
from gulou.insights.period import Period
from gulou.insights.queries import RateLine
from gulou.insights.queries.rates import count, rates
from gulou.insights.states import Limits, Measure
from gulou.insights.statistics import binomial_at_least
from gulou.people.models import User
from tests.conftest import Cast, Kinds

from .conftest import Make, came_back, work


def lines(reader: User, period: Period, least: int = 10) -> dict[str, RateLine]:
    scope = queries.scope_of(reader)
    found = rates(count(period), scope, Limits(least=least))
    return {one.key: one for one in found.lines}


def test_lateness_is_compared_with_the_district(
    cast: Cast, kinds: Kinds, make: Make, period: Period
) -> None:
    for n in range(20):
        work(make(), late=n < 14)
        work(make(cast.department), late=n < 1)
    # Excused, without a limit, still to be done, taken back, outside of the period: none counts.
    for given in ({"excused": True}, {"due_at": None}, {"outcome": "returned"},
                  {"outcome": "undone"}):  # fmt: skip
        work(make(), late=True, **given)
    old = make(days=60)
    work(old, late=True)
    work(make(restricted=True), late=True)
    found = lines(cast.guo, period)
    west = found[f"unit-late:{cast.street.pk}"]
    assert (west.hits, west.of, west.usual) == (14, 20, 15 / 40)
    assert (round(west.interval.low, 3), round(west.interval.high, 3)) == (0.481, 0.855)
    assert west.chance == pytest.approx(2 * binomial_at_least(14, 20, 15 / 40))
    assert (west.found, west.beyond) == (True, 6.5)
    other = found[f"unit-late:{cast.department.pk}"]
    assert (other.hits, other.of, other.found) == (1, 20, False)
    assert found[f"category-late:{kinds.rubbish.pk}"].of == 40


def test_a_part_handed_down_counts_for_the_unit_that_had_it(
    cast: Cast, make: Make, period: Period
) -> None:
    for _n in range(10):
        case = make()
        work(case)
        work(case, StepKind.PART, "reported", unit=cast.community, late=True)
    found = lines(cast.guo, period)
    assert found[f"unit-late:{cast.street.pk}"].hits == 0
    assert found[f"unit-late:{cast.community.pk}"].hits == 10


def test_rework_is_of_the_unit_that_answers(
    cast: Cast, kinds: Kinds, make: Make, period: Period
) -> None:
    for n in range(12):
        work(make(), StepKind.RECHECK, "failed" if n < 9 else "passed", unit=cast.team)
        work(make(cast.department, category=kinds.smoking), StepKind.RECHECK, "passed")
    found = lines(cast.guo, period)
    west = found[f"unit-rework:{cast.street.pk}"]
    assert (west.hits, west.of, west.found) == (9, 12, True)
    assert found[f"category-rework:{kinds.smoking.pk}"].hits == 0
    assert f"unit-rework:{cast.team.pk}" not in found


def test_recurrence_counts_a_closed_case_once_and_only_if_confirmed(
    cast: Cast, make: Make, period: Period
) -> None:
    first = [make() for _n in range(10)]
    came_back(cast, first[0], first[1])
    came_back(cast, first[0], first[2])
    came_back(cast, first[3], first[4], confirmed=None)
    came_back(cast, first[5], first[6], confirmed=False)
    west = lines(cast.guo, period)[f"unit-recurrence:{cast.street.pk}"]
    assert (west.hits, west.of) == (1, 10)


def test_small_numbers_are_not_shown(cast: Cast, make: Make, period: Period) -> None:
    for _n in range(9):
        work(make(), late=True)
    assert lines(cast.guo, period) == {}
    assert len(lines(cast.guo, period, least=9)) == 4
    # A unit and a kind, each by lateness and by recurrence.
    assert rates(count(period), queries.scope_of(cast.guo), Limits()).few == 4


def test_a_street_sees_itself_and_the_districts_rate(
    cast: Cast, kinds: Kinds, make: Make, period: Period
) -> None:
    for n in range(20):
        work(make(), late=n < 14)
        work(make(cast.other_street), late=n < 2)
    mine = lines(cast.lin, period)
    assert f"unit-late:{cast.other_street.pk}" not in mine
    west = mine[f"unit-late:{cast.street.pk}"]
    assert (west.hits, west.of, west.usual) == (14, 20, 0.4)
    kind = mine[f"category-late:{kinds.rubbish.pk}"]
    assert (kind.hits, kind.of, kind.usual) == (14, 20, 0.4)
    assert west.chance == lines(cast.guo, period)[west.key].chance


def test_the_last_instant_of_the_period_counts_and_the_next_does_not(
    cast: Cast, make: Make
) -> None:
    day = Period.last(10).since
    one = Period(day, day)
    begin, end = one.span
    for at in (begin - timedelta(seconds=1), begin, end - timedelta(seconds=1), end):
        work(make(changed_at=end + timedelta(days=1)), ended_at=at)
    assert sum(of for _hits, of in count(one)[Measure.LATE].values()) == 2
