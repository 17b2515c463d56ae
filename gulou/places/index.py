"""The areas in memory: which of them a point lies in, and how far their border is. No database.

Borders are WGS84 with straight edges in degrees, as GeoJSON has them. Ties are settled by order:
every level keeps its areas in the order of precedence (by code; smallest first where areas may
overlap), and the first that holds the point or has it on its border wins. So every point has one
answer, and the same one each time.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from .coordinates import Floats, check_degrees, check_place, metres_per_degree

Ids: TypeAlias = "npt.NDArray[np.int64]"
NOWHERE = -1
_MERCATOR_RADIUS = 6378137.0


@dataclass(frozen=True, slots=True)
class AreaRef:
    """An area as other rooms know it."""

    id: int
    code: str
    level: str
    name_zh: str
    name_en: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Where:
    """Where a point lies.

    `chain` runs from coarse to fine over all levels. `border_m` is the distance in metres to the
    nearest border of the finest of community and street (outside the district: to the district).
    `ambiguous` says that the point, with its accuracy, may as well lie on the other side.
    """

    district: AreaRef | None
    street: AreaRef | None
    community: AreaRef | None
    grid: AreaRef | None
    chain: tuple[AreaRef, ...]
    inside: bool
    border_m: float
    ambiguous: bool


@dataclass(frozen=True)
class LevelRows:
    """What an index is built from: one level and the borders of its areas."""

    code: str
    rank: int
    overlapping: bool
    ids: list[int]
    codes: list[str]
    borders: list[BaseGeometry]


class LevelIndex:
    """The areas of one level that have a border."""

    def __init__(self, rows: LevelRows) -> None:
        self.code, self.rank, self.overlapping = rows.code, rows.rank, rows.overlapping
        order = _precedence(rows)
        self._ids: list[int] = [rows.ids[i] for i in order]
        self._id_array = np.array([*self._ids, NOWHERE], dtype=np.int64)
        self._place = {area_id: n for n, area_id in enumerate(self._ids)}
        self._borders: list[BaseGeometry] = [rows.borders[i] for i in order]
        self._border_array = np.array(self._borders, dtype=object)
        shapely.prepare(self._border_array)
        self._tree = STRtree(self._border_array)
        self._raster = _Raster(self._tree, self._borders)

    def __len__(self) -> int:
        return len(self._ids)

    def at(self, lat: float, lon: float) -> int | None:
        """The id of the area at a point, or None."""
        candidates = self._raster.candidates(lat, lon)
        if isinstance(candidates, int):
            return self._ids[candidates]
        for n in candidates:
            if shapely.intersects_xy(self._borders[n], lon, lat):
                return self._ids[n]
        return None

    def at_many(self, points: Floats) -> Ids:
        """The ids of the areas at points (n, 2) of lon, lat; -1 where there is none."""
        first = np.full(len(points), len(self._ids), dtype=np.int64)
        near, candidates = self._tree.query(shapely.points(points))
        hit = shapely.intersects_xy(self._border_array[candidates], points[near])
        np.minimum.at(first, near[hit], candidates[hit])
        return self._id_array[first]

    def border_m(self, lat: float, lon: float, area_id: int | None) -> float:
        """Metres to the border of the area that holds the point, else to the nearest border.

        Measured in Web Mercator, which is conformal, and scaled at the point: within half a
        percent up to some kilometres; to the millimetre, so that a point on the border has 0.
        """
        if area_id is None or self.overlapping:
            n = int(self._outline_tree.nearest(shapely.points(_mercator(lon, lat))))
        else:
            n = self._place[area_id]
        return self._distance(lat, lon, n)

    def _distance(self, lat: float, lon: float, n: int) -> float:
        point = shapely.points(_mercator(lon, lat))
        north, east = metres_per_degree(lat)
        per_unit = (north * math.cos(math.radians(lat)) + east) / 2 / math.radians(_MERCATOR_RADIUS)
        return round(float(shapely.distance(self._outlines[n], point)) * per_unit, 3)

    @cached_property
    def neighbours(self) -> dict[int, frozenset[int]]:
        """Which areas share a piece of border, or lie within a metre of each other."""
        metre = 1 / 111_320
        ones, others = self._tree.query(self._border_array, predicate="dwithin", distance=metre)
        found: dict[int, set[int]] = {area_id: set() for area_id in self._ids}
        for one, other in zip(ones.tolist(), others.tolist(), strict=True):
            if one != other:
                found[self._ids[one]].add(self._ids[other])
        return {area_id: frozenset(beside) for area_id, beside in found.items()}

    def metres_to(self, lat: float, lon: float, area_id: int) -> float | None:
        """Metres from a point to one of these areas, 0 within it; None where it is not known."""
        if area_id not in self._place:
            return None
        if shapely.intersects_xy(self._borders[self._place[area_id]], lon, lat):
            return 0.0
        return self._distance(lat, lon, self._place[area_id])

    @cached_property
    def _outlines(self) -> "npt.NDArray[np.object_]":
        lines: npt.NDArray[np.object_] = shapely.boundary(self._border_array)
        flat: npt.NDArray[np.object_] = shapely.transform(lines, _mercator_many)
        return flat

    @cached_property
    def _outline_tree(self) -> STRtree:
        return STRtree(self._outlines)


class _Raster:
    """A grid over a level that remembers, per field, which areas can hold a point in it.

    A field that lies wholly inside one area answers without any geometry. Fields are
    worked out when first asked for. The answer is always the exact one.
    """

    def __init__(self, tree: STRtree, borders: Sequence[BaseGeometry]) -> None:
        self._tree, self._borders = tree, borders
        self._fields: dict[int, int | tuple[int, ...]] = {}
        box = shapely.total_bounds(np.array(borders, dtype=object)) if borders else [0, 0, 0, 0]
        self._west, self._south, self._east, self._north = (float(edge) for edge in box)
        self._side = min(max(32, 4 * math.isqrt(len(borders) + 1)), 512)
        self._width = max((self._east - self._west) / self._side, 1e-12)
        self._height = max((self._north - self._south) / self._side, 1e-12)

    def candidates(self, lat: float, lon: float) -> int | tuple[int, ...]:
        """One place in the order of precedence that is right for sure, or those to be tried."""
        if not (self._west <= lon <= self._east and self._south <= lat <= self._north):
            return ()
        column = int((lon - self._west) / self._width)
        row = int((lat - self._south) / self._height)
        field = row * (self._side + 1) + column
        known = self._fields.get(field)
        if known is None:
            known = self._fields[field] = self._work_out(row, column)
        return known

    def _work_out(self, row: int, column: int) -> int | tuple[int, ...]:
        # A little wider than the field, so that rounding cannot put a point outside of it.
        west = self._west + (column - 1e-6) * self._width
        south = self._south + (row - 1e-6) * self._height
        east, north = west + self._width * (1 + 2e-6), south + self._height * (1 + 2e-6)
        box = shapely.box(west, south, east, north)
        found: list[int] = sorted(self._tree.query(box, predicate="intersects").tolist())
        if len(found) == 1 and shapely.covers(self._borders[found[0]], box):
            return found[0]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Chain:
    """What a set of hits means, worked out once per set."""

    district: AreaRef | None
    street: AreaRef | None
    community: AreaRef | None
    grid: AreaRef | None
    chain: tuple[AreaRef, ...]


class AreaIndex:
    """All levels together.

    The finest level that holds a point speaks first, and its parents are the rest of the chain;
    levels that the parents do not reach are asked for themselves. So a chain never contradicts the
    tree of areas, even where borders of two levels were drawn apart by some metres.
    """

    def __init__(
        self, refs: Mapping[int, AreaRef], ranks: Mapping[str, int], levels: Iterable[LevelRows]
    ) -> None:
        self.refs, self.ranks = refs, ranks
        known = sorted((LevelIndex(rows) for rows in levels), key=lambda level: -level.rank)
        self.levels = {level.code: level for level in known if len(level)}
        self._plain = [level for level in self.levels.values() if not level.overlapping]
        self._aside = [level for level in self.levels.values() if level.overlapping]
        self._lines = {area_id: tuple(_line(area_id, refs)) for area_id in refs}
        self._covers = {i: {ref.level for ref in line} for i, line in self._lines.items()}
        self._chains: dict[tuple[int, ...], _Chain] = {}
        tops = sorted((r for r in refs.values() if ranks[r.level] == 0), key=lambda r: r.code)
        self.districts: tuple[AreaRef, ...] = tuple(tops)
        fine = [c for c in ("community", "street", "district") if c in self.levels]
        self._bordering = self.levels[fine[0]] if fine else None

    def where(self, lat: float, lon: float, accuracy_m: float = 0) -> Where:
        """Where a WGS84 point lies. Raises Invalid on what is not a place on the globe."""
        check_place(lat, lon)
        hits = self._hits(lat, lon)
        found = self._chain_of(hits)
        if found.district is None and self._district_unbounded():
            return self._assumed(found)
        border_m = self._border_m(lat, lon, found, hits)
        return Where(
            found.district,
            found.street,
            found.community,
            found.grid,
            found.chain,
            found.district is not None,
            border_m,
            border_m <= accuracy_m,
        )

    def metres_to(self, area_id: int, lat: float, lon: float) -> float:
        """Metres from a point to an area, 0 within it, and where its border is not known."""
        found = (level.metres_to(lat, lon, area_id) for level in self.levels.values())
        return next((metres for metres in found if metres is not None), 0.0)

    def ids_at(self, points: Floats, level: str) -> Ids:
        """The ids of the areas of one level at points (n, 2) of lon, lat, as `where` has them."""
        check_degrees(points[:, 1], points[:, 0])
        ids = np.full(len(points), NOWHERE, dtype=np.int64)
        wanted = self.levels.get(level)
        if wanted is not None and wanted.overlapping:
            return wanted.at_many(points)
        for finer in self._plain:
            if finer.rank < self.ranks[level]:
                break
            left = np.flatnonzero(ids == NOWHERE)
            ids[left] = self._ancestors(finer.at_many(points[left]), level)
        return ids

    def _hits(self, lat: float, lon: float) -> tuple[int, ...]:
        hits: list[int] = []
        covered: set[str] = set()
        for level in self._plain:
            if level.code in covered:
                continue
            area_id = level.at(lat, lon)
            if area_id is not None:
                hits.append(area_id)
                covered = covered | self._covers[area_id] if covered else self._covers[area_id]
        for level in self._aside:
            area_id = level.at(lat, lon)
            if area_id is not None:
                hits.append(area_id)
        return tuple(hits)

    def _chain_of(self, hits: tuple[int, ...]) -> _Chain:
        known = self._chains.get(hits)
        if known is None:
            by_level: dict[str, AreaRef] = {}
            for area_id in hits:
                for ref in self._lines[area_id]:
                    by_level.setdefault(ref.level, ref)
            chain = sorted(by_level.values(), key=lambda ref: (self.ranks[ref.level], ref.level))
            known = self._chains[hits] = _Chain(
                by_level.get("district"),
                by_level.get("street"),
                by_level.get("community"),
                by_level.get("grid"),
                tuple(chain),
            )
        return known

    def _border_m(self, lat: float, lon: float, found: _Chain, hits: tuple[int, ...]) -> float:
        level = self._bordering
        if level is None:
            return math.inf
        if found.district is None:
            level = self.levels.get("district", level)
            return level.border_m(lat, lon, None)
        own = found.community if level.code == "community" else found.street
        own = found.district if level.code == "district" else own
        if own is None:
            return level.border_m(lat, lon, None)
        # An area named by its part may not hold the point itself: then any border is near.
        held = own.id in hits or level.at(lat, lon) == own.id
        return level.border_m(lat, lon, own.id if held else None)

    def _district_unbounded(self) -> bool:
        return len(self.districts) == 1 and self._bordering is None

    def _assumed(self, found: _Chain) -> Where:
        """Without a border of the district nobody can say: assume it, and let a person look."""
        top = self.districts[0]
        chain = (top, *found.chain)
        return Where(top, found.street, found.community, found.grid, chain, True, 0.0, True)

    def _ancestors(self, ids: Ids, level: str) -> Ids:
        def ancestor(area_id: int) -> int:
            line = self._lines.get(area_id, ())
            return next((ref.id for ref in line if ref.level == level), NOWHERE)

        unique, places = np.unique(ids, return_inverse=True)
        ancestors = np.array([ancestor(int(i)) for i in unique], dtype=np.int64)
        return ancestors[places] if len(unique) else ids


def border_size(border: BaseGeometry) -> float:
    """The size of an area on the ground, m², by the length of a degree at its middle."""
    if border.is_empty:
        return 0.0
    north, east = metres_per_degree(border.centroid.y)
    return float(border.area) * north * east


def _precedence(rows: LevelRows) -> list[int]:
    sizes = [border_size(border) if rows.overlapping else 0.0 for border in rows.borders]
    return sorted(range(len(rows.ids)), key=lambda i: (sizes[i], rows.codes[i]))


def _line(area_id: int, refs: Mapping[int, AreaRef]) -> Iterable[AreaRef]:
    """An area and its parents, fine to coarse."""
    next_id: int | None = area_id
    while next_id is not None and next_id in refs:
        yield refs[next_id]
        next_id = refs[next_id].parent_id


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    y = math.asinh(math.tan(math.radians(min(max(lat, -89.0), 89.0))))
    return math.radians(lon) * _MERCATOR_RADIUS, y * _MERCATOR_RADIUS


def _mercator_many(points: Floats) -> Floats:
    radians = np.radians(np.column_stack([points[:, 0], np.clip(points[:, 1], -89.0, 89.0)]))
    flat: Floats = np.column_stack([radians[:, 0], np.arcsinh(np.tan(radians[:, 1]))])
    return flat * _MERCATOR_RADIUS
