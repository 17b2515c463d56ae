"""Cells: one 62-bit number per place, so that a map tile is a range of numbers.

The world in Web Mercator is a square of 2³¹ × 2³¹ cells (about 2 cm at the equator); the bits of
column and row are interleaved (Morton order, row bit above column bit, as in a quadkey). A tile
of zoom z is every cell that shares its first 2z bits. Beyond 85.05° of latitude the last row is
used. Latitudes and longitudes are WGS84 degrees; ranges include both ends.
"""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid

from .coordinates import check_degrees, check_place

LEVEL = 31
SIDE = 1 << LEVEL
Range: TypeAlias = tuple[int, int]
# The smallest radius of curvature of the ellipsoid: a circle drawn with it covers the real one.
_SMALLEST_RADIUS = 6_335_000.0


def cell_of(lat: float, lon: float) -> int:
    """The cell of a place. Raises Invalid on what is not a place on the globe."""
    check_place(lat, lon)
    return _interleave(_column(lon), _row(lat))


def cells_of(
    lats: "npt.NDArray[np.float64]", lons: "npt.NDArray[np.float64]"
) -> "npt.NDArray[np.int64]":
    """`cell_of` for arrays of one shape."""
    check_degrees(lats, lons)
    columns = np.floor((lons + 180.0) / 360.0 * SIDE)
    with np.errstate(divide="ignore", over="ignore"):
        rows = np.floor((1.0 - np.arcsinh(np.tan(np.radians(lats))) / math.pi) / 2.0 * SIDE)
    x = np.clip(columns, 0, SIDE - 1).astype(np.uint64)
    y = np.clip(rows, 0, SIDE - 1).astype(np.uint64)
    return (_spread_many(x) | (_spread_many(y) << np.uint64(1))).astype(np.int64)


def point_of(cell: int) -> tuple[float, float]:
    """The middle of a cell, (lat, lon)."""
    x, y = _gather(cell), _gather(cell >> 1)
    lon = (x + 0.5) / SIDE * 360.0 - 180.0
    lat = math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * (y + 0.5) / SIDE))))
    return lat, lon


def ranges_of_tile(z: int, x: int, y: int) -> list[Range]:
    """The one range of cells of a map tile. Raises Invalid if there is no such tile."""
    if not (0 <= z <= LEVEL and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Invalid("cells.no_such_tile", _("There is no such map tile."), field="tile")
    return [_range_of(z, x, y)]


def ranges_around(lat: float, lon: float, metres: float) -> list[Range]:
    """At most nine ranges that hold every cell within `metres` of a place, and some more.

    The tiles used are as wide as the circle's radius up to twice that. Whoever needs the exact
    circle measures distances afterwards. Raises Invalid on a bad place or a negative distance.
    """
    check_place(lat, lon)
    if not 0 <= metres < math.inf:
        raise Invalid("cells.bad_distance", _("A distance is 0 metres or more."), field="metres")
    reach = math.degrees(metres / _SMALLEST_RADIUS)
    # Where the circle touches a pole, or is wide as the world, every cell is near enough.
    if abs(lat) + reach >= 85 or reach >= 45:
        return [(0, SIDE * SIDE - 1)]
    # A circle is widest, counted in degrees, a little poleward of its middle.
    aside = math.degrees(
        math.asin(min(1.0, math.sin(math.radians(reach)) / math.cos(math.radians(lat))))
    )
    top, bottom = _row(lat + reach), _row(lat - reach)
    left, right = _column_unbound(lon - aside), _column_unbound(lon + aside)
    zoom = _zoom_of_width(max(bottom - top, right - left) + 1)
    size = LEVEL - zoom
    ranges = sorted(
        _range_of(zoom, x % (1 << zoom), y)
        for x in range(left >> size, (right >> size) + 1)
        for y in range(top >> size, (bottom >> size) + 1)
    )
    return _joined(ranges)


def _zoom_of_width(cells: int) -> int:
    """The zoom whose tiles are at least half as wide as so many cells: three in a row cover it."""
    half = max(1, (cells + 1) // 2)
    return max(0, LEVEL - (half - 1).bit_length())


def _range_of(z: int, x: int, y: int) -> Range:
    shift = 2 * (LEVEL - z)
    first = _interleave(x, y) << shift
    return first, first + (1 << shift) - 1


def _joined(ranges: list[Range]) -> list[Range]:
    """Sorted ranges with neighbours and doubles made one."""
    joined: list[Range] = []
    for low, high in ranges:
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _column_unbound(lon: float) -> int:
    return math.floor((lon + 180.0) / 360.0 * SIDE)


def _column(lon: float) -> int:
    return min(_column_unbound(lon), SIDE - 1)


def _row(lat: float) -> int:
    part = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0
    return min(max(math.floor(part * SIDE), 0), SIDE - 1)


# Bit by bit in five doublings: each step moves the upper half of every group up by its width.
_STEPS = [
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
]


def _spread(number: int) -> int:
    for shift, mask in _STEPS:
        number = (number | number << shift) & mask
    return number


def _spread_many(numbers: "npt.NDArray[np.uint64]") -> "npt.NDArray[np.uint64]":
    for shift, mask in _STEPS:
        numbers = (numbers | (numbers << np.uint64(shift))) & np.uint64(mask)
    return numbers


def _gather(number: int) -> int:
    """The even bits of a number, moved together: undoes `_spread`."""
    number &= 0x5555555555555555
    for shift, mask in [(1, 0x3333333333333333), (2, 0x0F0F0F0F0F0F0F0F)]:
        number = (number | number >> shift) & mask
    for shift, mask in [(4, 0x00FF00FF00FF00FF), (8, 0x0000FFFF0000FFFF), (16, 0xFFFFFFFF)]:
        number = (number | number >> shift) & mask
    return number


def _interleave(x: int, y: int) -> int:
    return _spread(x) | _spread(y) << 1
