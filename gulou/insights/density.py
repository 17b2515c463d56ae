"""Density clustering of places in metres: DBSCAN (Ester and others 1996), exact, by a grid.

The fields of the grid are so small that all in one are neighbours: a field with enough points needs
no distances, and a crowd at one spot costs no more than its size (Gunawan 2013).
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gulou.places.coordinates import metres_per_degree

Floats: TypeAlias = "npt.NDArray[np.float64]"
Ints: TypeAlias = "npt.NDArray[np.int64]"
Field: TypeAlias = tuple[int, int]
NOISE = -1
_PAIRS = 1_000_000
# Fields with sides of reach/√2: who is within reach lies in one of these around, the own one too.
_AROUND = [(x, y) for x in range(-2, 3) for y in range(-2, 3) if abs(x) + abs(y) < 4]


def in_metres(lats: Floats, lons: Floats) -> Floats:
    """WGS84 degrees as metres (n, 2) east and north of their middle: within some kilometres, flat."""
    if not len(lats):
        return np.zeros((0, 2))
    middle = float(np.mean(lats))
    north, east = metres_per_degree(middle)
    return np.column_stack([(lons - np.mean(lons)) * east, (lats - middle) * north])


def dbscan(points: Floats, *, reach: float, least: int) -> Ints:
    """The cluster of each point (n, 2), from 0 on in the order of their first points; NOISE for none.

    A point with at least `least` points within `reach`, itself too, is the core of a cluster; cores
    within reach of each other share it. Another point within reach of a core belongs to the cluster
    of the nearest one.
    """
    if not len(points):
        return np.zeros(0, dtype=np.int64)
    grid = _Grid(points, reach)
    is_core = grid.cores(least)
    fields = grid.members()
    cores = {f: m[is_core[m]] for f, m in fields.items() if is_core[m].any()}
    parents = {field: field for field in cores}
    for field in cores:
        for other in _beside(field, cores):
            one, two = _top(parents, field), _top(parents, other)
            if one != two and _near(points[cores[field]], points[cores[other]], reach):
                parents[max(one, two)] = min(one, two)
    found = np.full(len(points), NOISE, dtype=np.int64)
    numbers: dict[Field, int] = {}
    for field, members in cores.items():
        found[members] = numbers.setdefault(_top(parents, field), len(numbers))
    for field in {other for core in cores for other in (core, *_beside(core, fields))}:
        _join(points, found, field, fields[field], cores, reach)
    return _in_order(found)


class _Grid:
    """Points in fields so small that all in one are neighbours. Fields are numbered by their keys."""

    def __init__(self, points: Floats, reach: float) -> None:
        self.points, self.reach = points, reach
        # A hair smaller, so that rounding cannot put two that are too far apart into one field.
        places = np.floor(points / (reach / np.sqrt(2) * (1 - 1e-9))).astype(np.int64)
        places -= places.min(axis=0) - 2
        self.width = int(places[:, 1].max()) + 3
        keys = places[:, 0] * self.width + places[:, 1]
        self.keys, self.field, self.counts = np.unique(
            keys, return_inverse=True, return_counts=True
        )
        self.order = np.argsort(keys, kind="stable")
        self.starts = np.cumsum(self.counts) - self.counts

    def members(self) -> dict[Field, Ints]:
        """The points of each field."""
        names = [divmod(key, self.width) for key in self.keys.tolist()]
        return dict(zip(names, np.split(self.order, self.starts[1:]), strict=True))

    def cores(self, least: int) -> "npt.NDArray[np.bool_]":
        """Which points have so many within reach. Distances are asked only where it is not clear."""
        around = np.sum([self._filled(self._at(dx, dy)) for dx, dy in _AROUND], axis=0)
        enough = self.counts >= least
        is_core: npt.NDArray[np.bool_] = enough[self.field]
        asked = np.flatnonzero(~is_core & (around >= least)[self.field])
        within = self.counts[self.field[asked]]
        for dx, dy in _AROUND:
            if dx or dy:
                within += self._within(asked, self._at(dx, dy))
        is_core[asked] = within >= least
        return is_core

    def _at(self, dx: int, dy: int) -> Ints:
        """The number of the field that lies so from each; -1 where there is no point in it."""
        wanted = self.keys + dx * self.width + dy
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, at, -1)

    def _filled(self, fields: Ints) -> Ints:
        return np.where(fields >= 0, self.counts[fields], 0)

    def _within(self, asked: Ints, other: Ints) -> Ints:
        """How many points of another field lie within reach of each point that is asked for."""
        there = other[self.field[asked]]
        many = self._filled(there)
        found = np.zeros(len(asked), dtype=np.int64)
        # So many pairs at a time: beside a crowd there may be millions.
        for part in np.split(np.arange(len(asked)), self._cuts(many)):
            n = many[part]
            which = np.repeat(part, n)
            behind = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
            others = self.order[np.repeat(self.starts[there[part]], n) + behind]
            away = self.points[asked[which]] - self.points[others]
            close = (away * away).sum(axis=1) <= self.reach**2
            found += np.bincount(which[close], minlength=len(asked))
        return found

    @staticmethod
    def _cuts(many: Ints) -> Ints:
        piece = np.cumsum(many) // _PAIRS
        return np.flatnonzero(np.diff(piece)) + 1


def _beside(field: Field, known: Mapping[Field, Ints]) -> list[Field]:
    x, y = field
    return [(x + dx, y + dy) for dx, dy in _AROUND if (dx or dy) and (x + dx, y + dy) in known]


def _squares(ones: Floats, others: Floats) -> Floats:
    away = ones[:, None, :] - others[None, :, :]
    squares: Floats = (away * away).sum(axis=2)
    return squares


def _near(ones: Floats, others: Floats, reach: float) -> bool:
    """Whether any of the ones is within reach of any of the others."""
    # In pieces: two crowds are near by their first points already, or share no pair of pieces.
    return any(
        bool((_squares(ones[n : n + 256], others[m : m + 256]) <= reach**2).any())
        for n in range(0, len(ones), 256) for m in range(0, len(others), 256)
    )  # fmt: skip


def _join(
    points: Floats, found: Ints, field: Field, members: Ints, cores: Mapping[Field, Ints],
    reach: float,
) -> None:  # fmt: skip
    """Give the points of a field that are no cores to the cluster of the nearest core in reach."""
    left = members[found[members] == NOISE]
    near = [field, *_beside(field, cores)] if field in cores else _beside(field, cores)
    if not len(left) or not near:
        return
    known = np.concatenate([cores[one] for one in near])
    squares = _squares(points[left], points[known])
    nearest = squares.argmin(axis=1)
    close = squares[np.arange(len(left)), nearest] <= reach**2
    found[left[close]] = found[known[nearest[close]]]


def _top(parents: dict[Field, Field], field: Field) -> Field:
    while parents[field] != field:
        parents[field] = parents[parents[field]]
        field = parents[field]
    return field


def _in_order(found: Ints) -> Ints:
    """The same clusters, numbered as they come first."""
    numbers: dict[int, int] = {NOISE: NOISE}
    for label in found.tolist():
        numbers.setdefault(label, len(numbers) - 1)
    return np.array([numbers[label] for label in found.tolist()], dtype=np.int64)
