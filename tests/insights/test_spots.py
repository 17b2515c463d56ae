"""Places where the same kind comes again, and cases that found no rest."""

from datetime import timedelta
from typing import Any

from gulou.cases.models import Case, Note, Plea
from gulou.cases.operations.ground import keep_words
from gulou.cases.states import State, StepKind
from gulou.insights import queries
from gulou.insights.period import Period
from gulou.insights.queries import Spot
from gulou.insights.queries.restless import Restless, restless
from gulou.insights.queries.spots import crowd_of, spots
from gulou.insights.states import Limits
from gulou.kit import clock
from gulou.people.models import User
from tests.conftest import Cast, Kinds

from .conftest import Make, came_back, work

METRE = 1 / 111_000


def found_by(reader: User, period: Period, **limits: int) -> list[Spot]:
    return spots(period, queries.scope_of(reader), Limits(**limits))


def scattered(make: Make, **given: Any) -> None:
    """Other cases here and there, so that there is a district around the place."""
    for n in range(30):
        make(lat=26.062 + n % 6 * 0.006, lon=119.282 + n // 6 * 0.004, **given)


def test_cases_of_one_kind_close_together_are_a_place(
    cast: Cast, kinds: Kinds, make: Make, period: Period
) -> None:
    scattered(make)
    here = [make(lat=26.0755 + n * 20 * METRE, reworks=n == 0, address="东街口") for n in range(5)]
    smoke = [make(lat=26.0755 + n * METRE, category=kinds.smoking) for n in range(4)]
    for state in (State.DECLINED, State.REDIRECTED):
        make(lat=26.0755, state=state)
    make(lat=26.0755, days=60)
    make(lat=26.0755, restricted=True)
    came_back(cast, here[0], here[1])
    (spot,) = found_by(cast.guo, period)
    assert [(one.category_id, one.count) for one in spot.kinds] == [
        (kinds.rubbish.pk, 5), (kinds.smoking.pk, 4)
    ]  # fmt: skip
    assert (spot.count, spot.returned, spot.reworked, spot.address) == (9, 1, 1, "东街口")
    assert 75 <= spot.metres <= 85
    assert set(spot.ids) == {one.pk for one in (*here, *smoke)}
    assert found_by(cast.guo, period, times=6) == []


def test_a_street_sees_the_places_of_its_own_cases(cast: Cast, make: Make, period: Period) -> None:
    scattered(make)
    scattered(make, unit=cast.other_street)
    for n in range(5):
        make(cast.other_street, lat=26.0755 + n * METRE)
    assert len(found_by(cast.zhao, period)) == 1
    assert found_by(cast.lin, period) == []


def test_what_chance_brings_together_is_no_place() -> None:
    # 1,000 cases on a square kilometre: 7.85 within 50 m of one by chance. 18 others have a chance of
    # 0.0013 (by every table of Poisson sums), 19 of 0.0005: with the one itself that makes 20.
    assert crowd_of(1000, 1e6, Limits()) == 20
    assert crowd_of(10, 1e7, Limits()) == 4


def test_it_is_the_same_place_when_its_middle_moves_a_little() -> None:
    spot = Spot(26.07, 119.29, 30, (), 0, 0, None, None, "", ())
    assert spot.is_near(26.07 + 90 * METRE, 119.29, Limits())
    assert not spot.is_near(26.07 + 110 * METRE, 119.29, Limits())


def turned(reader: User, period: Period) -> list[Restless]:
    return restless(period, queries.scope_of(reader), Limits())


def test_turns_of_the_period_are_counted(cast: Cast, make: Make, period: Period) -> None:
    case = make(returns=2)
    for kind in (StepKind.ACCEPT, StepKind.HANDLE):
        work(case, kind, "returned")
    work(case, StepKind.ACCEPT, "dispatched")
    words, _digest = keep_words("因故")
    for asked, outcome in (("extension", "granted"), ("extension", "refused"), ("suspension", "granted")):  # fmt: skip
        Plea.objects.create(
            case=case, kind=asked, words=words, by=cast.lin, unit=cast.street, at=case.opened_at,
            outcome=outcome, decided_at=case.opened_at,
        )  # fmt: skip
    Note.objects.create(case=case, words=words, move="reopen", by=cast.guo, at=case.opened_at)
    once = make(returns=1)
    work(once, StepKind.ACCEPT, "returned")
    long_ago = make(returns=2, days=60, changed_at=clock.now())
    for _n in range(2):
        work(long_ago, StepKind.ACCEPT, "returned")
    (found,) = turned(cast.guo, period)
    assert found.row.number == case.number
    assert found.turns == {
        "returned": 2, "passed_on": 1, "extended": 1, "suspended": 1, "reopened": 1
    }  # fmt: skip
    assert turned(cast.zhao, period) == []
    assert [one.row.number for one in turned(cast.lin, period)] == [case.number]


def test_what_was_restricted_since_is_not_told_from_what_was_kept(
    cast: Cast, make: Make, period: Period, clean_cache: None
) -> None:
    case = make(returns=2)
    for _n in range(3):
        work(case, StepKind.ACCEPT, "returned")
    assert len(queries.picture(cast.guo, period).restless) == 1
    Case.objects.filter(pk=case.pk).update(restricted=True)
    assert queries.picture(cast.guo, period).restless == []


def test_what_is_restricted_is_not_told(cast: Cast, make: Make, period: Period) -> None:
    case = make(returns=2, restricted=True, ended_at=clock.now() - timedelta(days=1))
    for _n in range(2):
        work(case, StepKind.ACCEPT, "returned")
    assert turned(cast.guo, period) == []
