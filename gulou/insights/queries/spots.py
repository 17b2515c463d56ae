"""Places where the same kind of problem comes again and again: clusters of cases on the ground."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gulou.cases.models import Case, Recurrence
from gulou.cases.queries import cases_seen_by
from gulou.cases.states import State
from gulou.insights.density import NOISE, dbscan, in_metres
from gulou.insights.period import Period
from gulou.insights.states import Limits
from gulou.insights.statistics import poisson_at_most
from gulou.places.coordinates import distance_m

from .scope import Scope

_CHANCE = 0.001

_NOT_THERE = (State.MERGED, State.DECLINED, State.REDIRECTED)
MOST_CASES = 500
"""As many cases of a place are linked; the latest ones."""


@dataclass(frozen=True)
class Kind:
    """How many cases of one category make a cluster at a place."""

    category_id: int
    count: int


@dataclass(frozen=True)
class Spot:
    """A place with repeated cases. `lat`, `lon`: WGS84 degrees; `metres`: how far they lie apart.

    `returned`: cases confirmed to have come back; `reworked`: those whose recheck failed.
    """

    lat: float
    lon: float
    metres: int
    kinds: tuple[Kind, ...]
    returned: int
    reworked: int
    street_id: int | None
    community_id: int | None
    address: str
    ids: tuple[int, ...]
    found: bool = True

    @property
    def count(self) -> int:
        """How many cases there are."""
        return sum(one.count for one in self.kinds)

    @property
    def key(self) -> str:
        """What the finding is called in addresses and on record."""
        return f"place:{self.lat:.5f},{self.lon:.5f}"

    @property
    def basis(self) -> dict[str, str | int | float | None]:
        """The numbers that it rests on."""
        return {"hits": self.count, "returned": self.returned, "lat": self.lat, "lon": self.lon}

    def is_near(self, lat: float, lon: float, limits: Limits) -> bool:
        """Whether that is the same place."""
        reach = max(2 * limits.metres, self.metres)
        return distance_m(self.lat, self.lon, lat, lon) <= reach


def spots(period: Period, scope: Scope, limits: Limits) -> list[Spot]:
    """The places with most cases first. At each there are at least `limits.times` cases of one kind,
    with as many others of it within `limits.metres`; kinds at one place are told together."""
    begin, end = period.span
    rows = list(
        cases_seen_by(scope.reader)
        .filter(opened_at__gte=begin, opened_at__lt=end, restricted=False)
        .exclude(state__in=_NOT_THERE)
        .order_by("category_id", "id")
        .values_list("id", "category_id", "lat", "lon")
    )
    if not rows:
        return []
    table = np.array(rows, dtype=float)
    points = in_metres(table[:, 2], table[:, 3])
    ground = _lived_in(points)
    crowds = []
    starts = np.flatnonzero(np.diff(table[:, 1], prepend=-1.0))
    for members in np.split(np.arange(len(rows)), starts[1:]):
        least = crowd_of(len(members), ground, limits)
        if len(members) >= least:
            found = dbscan(points[members], reach=limits.metres, least=least)
            crowds += [members[found == n] for n in range(found.max() + 1) if n != NOISE]
    crowds.sort(key=lambda one: (-len(one), one[0]))
    return _described([_spot(group, table, points) for group in _grouped(crowds, points, limits)])


def _lived_in(points: Any) -> float:
    """The ground on which anything happens at all, in m²: squares of 250 m with any case."""
    return 250.0**2 * len(np.unique(np.floor(points / 250).astype(np.int64), axis=0))


def crowd_of(cases: int, ground: float, limits: Limits) -> int:
    """How many cases of a kind within reach are a cluster: as many as the office says, and more than
    chance brings together where so many cases lie anywhere on the ground (one in a thousand)."""
    others = cases * math.pi * limits.metres**2 / ground
    least = limits.times
    while 1 - poisson_at_most(least - 2, others) > _CHANCE:
        least += 1
    return least


def _grouped(crowds: list[Any], points: Any, limits: Limits) -> list[list[Any]]:
    """Clusters of several kinds whose middles lie within reach of a larger one are one place."""
    middles = np.array([points[one].mean(axis=0) for one in crowds]).reshape(-1, 2)
    left, groups = np.ones(len(crowds), dtype=bool), []
    for n, middle in enumerate(middles):
        if left[n]:
            near = left & (((middles - middle) ** 2).sum(axis=1) <= limits.metres**2)
            left &= ~near
            groups.append([crowds[m] for m in np.flatnonzero(near)])
    return groups


def _spot(group: Sequence[Any], table: Any, points: Any) -> Spot:
    members = np.concatenate(group)
    width = np.ptp(points[members], axis=0)
    kinds = tuple(Kind(int(table[one[0], 1]), len(one)) for one in group)
    middle = table[members, 2:].mean(axis=0)
    ids = sorted(table[members, 0].astype(int).tolist(), reverse=True)[:MOST_CASES]
    return Spot(
        float(middle[0]), float(middle[1]), round(float(np.hypot(*width))), kinds, 0, 0, None, None,
        "", tuple(ids),
    )  # fmt: skip


MOST = 50


def _described(found: list[Spot]) -> list[Spot]:
    """The places with what else is known of their cases, the largest of them."""
    found = sorted(found, key=lambda one: (-one.count, one.key))[:MOST]
    ids = [pk for one in found for pk in one.ids]
    fields = ("street_id", "community_id", "address", "reworks")
    known = {pk: told for pk, *told in Case.objects.filter(pk__in=ids).values_list("id", *fields)}
    back = set(
        Recurrence.objects.filter(before__in=ids, confirmed=True).values_list(
            "before_id", flat=True
        )
    )
    return [_told(one, known, back) for one in found]


def _told(spot: Spot, known: dict[int, list[Any]], back: set[int]) -> Spot:
    told = [known[pk] for pk in spot.ids if pk in known]
    street, community, address = (_most(row[n] for row in told) for n in range(3))
    return Spot(
        spot.lat, spot.lon, spot.metres, spot.kinds, len(back & set(spot.ids)),
        sum(1 for row in told if row[3]), street, community, address or "", spot.ids,
    )  # fmt: skip


def _most(values: Any) -> Any:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None
