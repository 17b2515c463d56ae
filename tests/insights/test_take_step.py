"""Saying what is done about a finding, what became of it, and from what on something counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache

from gulou.catalogue.states import MANAGE
from gulou.insights import operations, queries
from gulou.insights.models import NextStep
from gulou.insights.period import Period
from gulou.insights.states import Limits, What
from gulou.insights.words import name_then
from gulou.kit.errors import Invalid, NotAllowed, NotFound
from gulou.outbox.models import Event
from gulou.people.models import Role
from tests.conftest import Cast, Kinds

from .conftest import Make, work


@pytest.fixture
def late(cast: Cast, make: Make) -> str:
    """The western street stands out by lateness."""
    for n in range(20):
        work(make(), late=n < 14)
        work(make(cast.department), late=n < 1)
    return f"unit-late:{cast.street.pk}"


def test_it_is_kept_with_its_numbers_and_on_record(cast: Cast, late: str, period: Period) -> None:
    step = operations.take_step(
        late, period=period, what=What.INSPECTION, words="下周督查", by=cast.guo
    )
    assert step.basis == {"hits": 14, "of": 20, "usual": 0.375}
    fact = Event.objects.get(name="insight.step_taken")
    assert (fact.payload["finding"], fact.payload["what"]) == (late, "inspection")
    assert "下周" not in str(fact.payload)
    taken = queries.taken_for(queries.picture(cast.guo, period))[late]
    assert [(one.what, one.words, one.by) for one in taken] == [("inspection", "下周督查", "Guo")]


def test_it_refuses_who_may_not(cast: Cast, late: str, period: Period) -> None:
    for person in (cast.lin, cast.wu):
        with pytest.raises(NotAllowed):
            operations.take_step(
                late, period=period, what=What.ORDER, words="督办", by=person
            )  # fmt: skip
    assert not NextStep.objects.exists()


@pytest.mark.parametrize(("what", "words", "field"), [("inspection", " ", "words"), ("sleep", "x", "what")])  # fmt: skip
def test_it_needs_words_and_a_known_step(
    cast: Cast, late: str, period: Period, what: str, words: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        operations.take_step(late, period=period, what=what, words=words, by=cast.guo)
    assert refused.value.field == field


def test_what_is_not_found_is_refused(cast: Cast, late: str, period: Period) -> None:
    for key in ("unit-late:0", f"unit-late:{cast.department.pk}", "nonsense", ""):
        with pytest.raises(NotFound):
            operations.take_step(key, period=period, what="nothing", words="x", by=cast.guo)


def test_a_street_acts_on_its_own_and_not_on_others(cast: Cast, late: str, period: Period) -> None:
    Role.objects.filter(code="handler").update(
        verbs=[*Role.objects.get(code="handler").verbs, "case.act_on_findings"]
    )
    operations.take_step(late, period=period, what="nothing", words="已整改", by=cast.lin)
    with pytest.raises(NotFound):
        operations.take_step(late, period=period, what="nothing", words="x", by=cast.zhao)
    assert late in queries.taken_for(queries.picture(cast.guo, period))


def test_the_next_period_says_what_became_of_it(
    cast: Cast, late: str, make: Make, period: Period
) -> None:
    operations.take_step(late, period=period, what="key_project", words="立项", by=cast.guo)
    assert queries.what_became(queries.picture(cast.guo, period)) == []
    then = Period(period.until + timedelta(days=1), period.until + timedelta(days=30))
    (became,) = queries.what_became(queries.picture(cast.guo, then))
    assert (became.taken.finding, became.now, became.still) == (late, None, False)
    # A period that holds days of the earlier one is no later one.
    wider = Period(period.since - timedelta(days=9), period.until + timedelta(days=1))
    assert queries.what_became(queries.picture(cast.guo, wider)) == []
    NextStep.objects.update(since=period.since - timedelta(30), until=period.since - timedelta(1))
    (became,) = queries.what_became(queries.picture(cast.guo, period))
    assert became.still
    assert became.now is not None
    assert became.now.basis["hits"] == 14
    # The department neither sees the street's finding nor what was done about it.
    assert queries.what_became(queries.picture(cast.chen, period)) == []


def test_names_stay_where_a_finding_is_not_compared(cast: Cast, kinds: Kinds) -> None:
    said = {
        f"unit-late:{cast.street.pk}": cast.street.name_en, "unit-late:0": "–",
        f"category-rework:{kinds.rubbish.pk}": "Exposed rubbish", "category-rework:0": "–",
        f"area:{cast.land.west.pk}": cast.land.west.name_en, "area:0": "–",
        "case:2026-000001": "2026-000001", "place:26.00000,119.00000": "26.00000,119.00000",
    }  # fmt: skip
    assert {key: name_then(key) for key in said} == said


def test_a_place_whose_middle_has_moved_is_found_by_what_is_near(
    cast: Cast, make: Make, period: Period
) -> None:
    for _n in range(8):
        make(lat=26.075)
    found = queries.picture(cast.guo, period)
    (spot,) = [one for one in found.spots if one.found]
    moved = f"place:{spot.lat + 0.00005:.5f},{spot.lon:.5f}"
    assert found.finding(moved) == spot
    for far in ("place:26.00000,119.00000", "place:x,y", "place:"):
        with pytest.raises(NotFound):
            found.finding(far)


def test_the_cases_behind_are_exactly_those(cast: Cast, late: str, period: Period) -> None:
    found = queries.picture(cast.guo, period)
    rows = queries.cases_of(found.finding(late), found)
    assert rows.count() == 14
    assert {case.unit_id for case in rows} == {cast.street.pk}


def test_the_office_sets_from_what_on_something_counts(
    cast: Cast, late: str, period: Period
) -> None:
    role = Role.objects.get(code="dispatcher")
    Role.objects.filter(pk=role.pk).update(verbs=[*role.verbs, MANAGE])
    keeper = cast.guo
    operations.set_limits(replace(Limits(), least=21), by=keeper)
    assert queries.limits().least == 21
    assert late not in {one.key for one in queries.picture(cast.guo, period).lines()}
    fact = Event.objects.get(name="insight.limits_set")
    assert (fact.payload["before"], fact.payload["after"]) == ({"least": 10}, {"least": 21})
    with pytest.raises(Invalid) as refused:
        operations.set_limits(replace(Limits(), least=1), by=keeper)
    assert refused.value.field == "least"
    with pytest.raises(NotAllowed):
        operations.set_limits(Limits(), by=cast.lin)


def test_it_is_worked_out_once_and_kept(
    cast: Cast, late: str, period: Period, django_assert_max_num_queries: object
) -> None:
    first = queries.picture(cast.guo, period)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert queries.picture(cast.guo, period).at == first.at
    cache.clear()
    assert queries.picture(cast.guo, period).at >= first.at
