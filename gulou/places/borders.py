"""Borders as geometry: repairing them, turning them to WGS84, finding overlaps. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from shapely import STRtree
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gulou.kit.errors import Invalid

from .coordinates import Floats, to_wgs84_many
from .index import border_size

# Borders are kept to a centimetre: seven decimals of a degree.
GRID = 1e-7


@dataclass(frozen=True)
class Overlap:
    """Two areas, by their place in the list, that share ground; `middle` is (lat, lon)."""

    first: int
    second: int
    square_metres: float
    middle: tuple[float, float]


def read_geometry(raw: Any) -> BaseGeometry:
    """The polygon of a GeoJSON geometry; heights are dropped. Raises Invalid with words."""
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise Invalid(
            "border.not_a_polygon",
            _("A border must be a Polygon or a MultiPolygon; this is: %(kind)s.")
            % {"kind": kind or "?"},
            field="geometry",
        )
    parts = raw.get("coordinates")
    try:
        rings = [parts] if kind == "Polygon" else parts
        polygons = [Polygon(_ring(part[0]), [_ring(r) for r in part[1:]]) for part in rings]
    except (TypeError, ValueError, IndexError, KeyError, shapely.GEOSException) as error:
        raise Invalid(
            "border.malformed",
            _("The coordinates of the border cannot be read: rings of [longitude, latitude]."),
            field="geometry",
        ) from error
    return MultiPolygon(polygons)


def in_wgs84(geometry: BaseGeometry, system: str) -> BaseGeometry:
    """The geometry with its points (x, y) turned from `system` to WGS84 (lon, lat)."""

    def turn(points: Floats) -> Floats:
        lats, lons = to_wgs84_many(points[:, 1], points[:, 0], system)
        return np.column_stack([lons, lats])

    turned: BaseGeometry = shapely.transform(geometry, turn)
    return turned


def repaired(geometry: BaseGeometry) -> tuple[MultiPolygon, str]:
    """A valid border on our grid, and what was wrong with it ("" if nothing).

    Crossing rings are taken apart; points and lines left over are dropped. Raises Invalid if no
    ground is left.
    """
    why = "" if geometry.is_valid else shapely.is_valid_reason(geometry)
    valid = (
        geometry
        if not why
        else shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    )
    polygons = _polygons(shapely.set_precision(_polygons(valid), GRID))
    if polygons.is_empty:
        raise Invalid("border.empty", _("The border encloses no ground."), field="geometry")
    return polygons, why


def as_geojson(border: MultiPolygon) -> dict[str, Any]:
    """The border as the database keeps it."""
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [_as_list(part.exterior), *(_as_list(hole) for hole in part.interiors)]
            for part in border.geoms
        ],
    }


def overlaps(
    borders: Sequence[BaseGeometry], *, tolerance_m2: float, new: set[int] | None = None
) -> list[Overlap]:
    """Pairs that share more ground than tolerated, largest first. `new`: only pairs with these."""
    shapes = np.array(borders, dtype=object)
    shapely.prepare(shapes)
    left, right = STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [
        (int(a), int(b))
        for a, b in zip(left, right, strict=True)
        if a < b and (new is None or int(a) in new or int(b) in new)
    ]
    found: list[Overlap] = []
    for first, second in pairs:
        shared = shapely.intersection(shapes[first], shapes[second])
        size = border_size(shared)
        if size > tolerance_m2:
            middle = shared.representative_point()
            found.append(Overlap(first, second, size, (middle.y, middle.x)))
    return sorted(found, key=lambda overlap: -overlap.square_metres)


def share_within(border: BaseGeometry, other: BaseGeometry) -> float:
    """The share of a border's ground that lies within another, 0 to 1."""
    return float(shapely.intersection(border, other).area / border.area) if border.area else 0.0


def _polygons(geometry: BaseGeometry) -> MultiPolygon:
    """Only the ground of a geometry: points and lines dropped."""
    parts = shapely.get_parts(shapely.get_parts(geometry)).tolist()
    return MultiPolygon([p for p in parts if isinstance(p, Polygon) and not p.is_empty])


def _ring(points: Any) -> Floats:
    ring = np.array([[float(point[0]), float(point[1])] for point in points], dtype=float)
    if len(ring) < 3:
        raise ValueError("a ring needs three points")
    return ring


def _as_list(ring: Any) -> list[list[float]]:
    return [[round(x, 7), round(y, 7)] for x, y in ring.coords]
