"""The formulas, on numbers that others have published and on plain sums."""

import math

import pytest

from gulou.insights.statistics import (
    adjusted,
    binomial_at_least,
    poisson_at_most,
    poisson_interval,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilsons_interval_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    other = wilson(of - hits, of)
    assert (other.low, other.high) == pytest.approx((1 - found.high, 1 - found.low))


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Garwood, Biometrika 28 (1936); as in every table of exact Poisson limits.
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390),
     (100, 81.364, 121.627)],
)  # fmt: skip
def test_the_interval_of_a_count_is_the_published_one(count: int, low: float, high: float) -> None:
    found = poisson_interval(count)
    assert found.low == pytest.approx(low, abs=6e-4)
    assert found.high == pytest.approx(high, abs=6e-4)


@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0])
def test_poisson_sums_as_term_by_term(mean: float) -> None:
    for count in range(120):
        by_hand = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count + 1))
        assert poisson_at_most(count, mean) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_the_binomial_sums_as_term_by_term(share: float) -> None:
    for hits in range(42):
        by_hand = sum(
            math.comb(40, k) * share**k * (1 - share) ** (40 - k) for k in range(hits, 41)
        )
        assert binomial_at_least(hits, 40, share) == pytest.approx(by_hand, abs=1e-12)


def test_nothing_and_everything_are_no_surprise() -> None:
    assert (binomial_at_least(0, 5, 0.3), binomial_at_least(3, 5, 0.0)) == (1.0, 0.0)
    assert (binomial_at_least(5, 5, 1.0), poisson_at_most(3, 0.0)) == (1.0, 1.0)
    assert binomial_at_least(60_000, 100_000, 0.5) < 1e-300
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_many_comparisons_are_corrected_as_in_the_paper() -> None:
    # Benjamini and Hochberg (1995), the example of section 3.1: four of fifteen stay at 0.05.
    chances = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
               0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    found = adjusted(chances)
    assert [q <= 0.05 for q in found] == [True] * 4 + [False] * 11
    assert found[3] == pytest.approx(0.0095 * 15 / 4)
    turned = adjusted(chances[::-1])
    assert turned == found[::-1]
    assert adjusted([]) == []
