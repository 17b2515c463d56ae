"""Areas from which little is heard, against numbers worked out by hand."""

import math
from datetime import timedelta

import pytest

from gulou.insights.period import Period
from gulou.insights.queries import Visited, area_lines
from gulou.insights.queries.areas import AreaLine
from gulou.insights.states import Limits
from gulou.kit import clock
from tests.conftest import Cast

from .conftest import Make, people


def lines(period: Period, **given: object) -> dict[int, AreaLine]:
    return {one.area_id: one for one in area_lines(period, Limits(), **given)}  # type: ignore[arg-type]


def test_an_area_is_named_where_reports_would_be_expected(
    cast: Cast, make: Make, period: Period
) -> None:
    w1, w2, e1, e2 = cast.land.communities
    people(cast, 10_000, 10_000, 400, 10_000)
    for n in range(12):
        make(days=1 + n % 3, source="inspection" if n < 2 else "resident")
    for _n in range(6):
        make(community=e2, street=cast.land.east)
    found = lines(period)
    quiet = found[w2.pk]
    # All: 18 reports of 30,000 people. Around W2 live 20,000 with 18 reports, which is more: so the
    # lower rate counts, 6 for 10,000. Nothing at all has a chance of e^-6, times three compared.
    assert quiet.reports == 0
    assert quiet.expected == pytest.approx(6.0)
    assert quiet.chance == pytest.approx(3 * math.exp(-6))
    assert (quiet.found, quiet.rate, quiet.silent_days) == (True, 0.0, 30)
    assert quiet.interval is not None
    assert quiet.interval.high == pytest.approx(3.689, abs=1e-3)
    loud = found[w1.pk]
    assert (loud.reports, loud.inspected, loud.silent_days, loud.found) == (12, 2, 27, False)
    small = found[e1.pk]
    assert (small.people, small.expected, small.chance, small.found) == (400, None, None, False)


def test_without_people_nothing_is_expected(cast: Cast, make: Make, period: Period) -> None:
    make()
    assert {one.expected for one in lines(period).values()} == {None}
    assert not any(one.found for one in lines(period).values())


def test_who_was_visited_and_sampled_is_no_blind_spot(
    cast: Cast, make: Make, period: Period
) -> None:
    w2 = cast.land.communities[1]
    people(cast, 10_000, 10_000, 10_000, 10_000)
    for n in range(40):
        make(community=cast.land.communities[n % 2 * 2], days=n % 20)
    assert lines(period)[w2.pk].found
    assert lines(period, visits={w2.pk: Visited(30, 0)})[w2.pk].found
    assert not lines(period, visits={w2.pk: Visited(90, 4)})[w2.pk].found


def test_what_is_true_of_a_street_is_not_said_of_each_community(
    cast: Cast, make: Make, period: Period
) -> None:
    people(cast, 10_000, 10_000, 10_000, 10_000)
    for street in (cast.land.west, cast.land.east):
        count = cast.land.communities[0].__class__.objects.filter(pk=street.pk)
        count.update(population=20_000, population_year=2020)
    for _n in range(40):
        make()
    named = {pk for pk, one in lines(period).items() if one.found}
    assert cast.land.east.pk in named
    assert not named & {one.pk for one in cast.land.communities[2:]}


def test_days_to_come_are_not_silent(cast: Cast, make: Make) -> None:
    today = Period.last(1).until
    begun = Period(today - timedelta(days=4), today + timedelta(days=10))
    make(days=0, opened_at=clock.now(), changed_at=clock.now(), ended_at=clock.now())
    assert lines(begun)[cast.land.west.pk].silent_days == 4


def test_restricted_cases_are_not_counted(cast: Cast, make: Make, period: Period) -> None:
    make(restricted=True)
    assert lines(period)[cast.land.west.pk].reports == 0
