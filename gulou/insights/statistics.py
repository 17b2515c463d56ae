"""The few formulas that the findings rest on. Pure, in plain floats; tested on published numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
"""The normal quantile of a two-sided interval of 95 %."""
_TINY = 1e-18


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both ends included."""

    low: float
    high: float


def wilson(hits: int, of: int, z: float = Z95) -> Interval:
    """The score interval of a proportion, 0 to 1 (Wilson 1927, without continuity correction)."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(
        0.0 if hits == 0 else max(0.0, middle - half),
        1.0 if hits == of else min(1.0, middle + half),
    )


def poisson_interval(count: int, error: float = 0.05) -> Interval:
    """The exact interval of the mean of a count (Garwood 1936)."""
    top = count + 10 * math.sqrt(count + 1) + 20
    high = _root(lambda mean: poisson_at_most(count, mean) - error / 2, count, top)
    if count == 0:
        return Interval(0.0, high)
    low = _root(lambda mean: error / 2 - (1 - poisson_at_most(count - 1, mean)), 0.0, count)
    return Interval(low, high)


def poisson_at_most(count: int, mean: float) -> float:
    """How likely a Poisson number with this mean is `count` or fewer."""
    if mean <= 0:
        return 1.0
    if count < 0:
        return 0.0
    log = -mean + count * math.log(mean) - math.lgamma(count + 1)
    if count <= mean:
        return min(1.0, _sum(math.exp(log), count, lambda k: k / mean, -1))
    above = math.exp(log + math.log(mean) - math.log(count + 1))
    return 1 - _sum(above, count + 1, lambda k: mean / (k + 1), 1)


def binomial_at_least(hits: int, of: int, share: float) -> float:
    """How likely `hits` or more of so many are hit where each is with this share, by chance."""
    if hits <= 0:
        return 1.0
    if share <= 0 or hits > of:
        return 0.0
    if share >= 1:
        return 1.0
    odds = share / (1 - share)
    if hits > of * share:
        return min(
            1.0,
            _sum(_binomial(hits, of, share), hits, lambda k: (of - k) / (k + 1) * odds, 1, top=of),
        )
    below = _binomial(hits - 1, of, share)
    return 1 - _sum(below, hits - 1, lambda k: k / ((of - k + 1) * odds), -1)


def adjusted(chances: Sequence[float]) -> list[float]:
    """The chances corrected for how many were looked at (Benjamini and Hochberg 1995).

    What is kept at or below a share of them is false in no more than that share, on average.
    """
    order = sorted(range(len(chances)), key=lambda n: chances[n])
    found, least = [1.0] * len(chances), 1.0
    for rank in range(len(order), 0, -1):
        at = order[rank - 1]
        least = min(least, chances[at] * len(order) / rank)
        found[at] = least
    return found


def _binomial(hits: int, of: int, share: float) -> float:
    ways = math.lgamma(of + 1) - math.lgamma(hits + 1) - math.lgamma(of - hits + 1)
    return math.exp(ways + hits * math.log(share) + (of - hits) * math.log1p(-share))


def _sum(
    term: float, at: int, ratio: Callable[[int], float], step: int, *, top: int | None = None
) -> float:
    """Terms from `at` on, away from the middle, each made from the one before it by `ratio`, until
    they no longer count."""
    total = 0.0
    while term > _TINY * max(total, _TINY) and at >= 0 and (top is None or at <= top):
        total += term
        term *= ratio(at)
        at += step
    return total


def _root(rising_down: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses nought between two places, by halving."""
    for _turn in range(100):
        middle = (low + high) / 2
        if rising_down(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
