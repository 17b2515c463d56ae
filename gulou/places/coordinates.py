"""Coordinate systems: what a pair of numbers means, and the same place in another system.

Everything stored is WGS84 degrees. GCJ-02 is the shifted system of Chinese map services, BD-09
shifts it once more, CGCS2000 equals WGS84 within decimetres and is treated as the same. Any other
system is named by its code in the EPSG registry ("epsg:4547") and left to PROJ.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid

if TYPE_CHECKING:
    from pyproj import Transformer

Floats: TypeAlias = "npt.NDArray[np.float64]"
Shift: TypeAlias = Callable[[Floats, Floats], "tuple[Floats, Floats]"]

# Krasovsky 1940, the ellipsoid of the GCJ-02 shift.
_A = 6378245.0
_EE = 0.00669342162296594323
# Outside this box the shifted systems do not shift (degrees).
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
_BAIDU = math.pi * 3000 / 180
# WGS84, for metres.
_WGS_A = 6378137.0
_WGS_EE = 0.00669437999014
_EARTH_RADIUS = 6371008.8


def to_wgs84(lat: float, lon: float, system: str) -> tuple[float, float]:
    """The place as WGS84 degrees (lat, lon).

    For a projected system ("epsg:…") `lat` is the northing and `lon` the easting, in its unit.
    Raises Invalid on NaN, infinity, what lies outside the globe, and an unknown system.
    """
    lats, lons = to_wgs84_many(np.array([lat], float), np.array([lon], float), system)
    return float(lats[0]), float(lons[0])


def from_wgs84(lat: float, lon: float, system: str) -> tuple[float, float]:
    """A WGS84 place (degrees) in another system; the inverse of `to_wgs84`. Raises Invalid."""
    lats, lons = from_wgs84_many(np.array([lat], float), np.array([lon], float), system)
    return float(lats[0]), float(lons[0])


def to_wgs84_many(lats: Floats, lons: Floats, system: str) -> tuple[Floats, Floats]:
    """`to_wgs84` for arrays of one shape. One bad pair refuses them all."""
    if (shift := _shift(system)) is not None:
        check_degrees(lats, lons)
        return _unshift(shift, lats, lons)
    east_north = _transformer(epsg_of(system), inverse=False)
    wgs_lons, wgs_lats = east_north.transform(lons, lats)
    check_degrees(wgs_lats, wgs_lons)
    return wgs_lats, wgs_lons


def from_wgs84_many(lats: Floats, lons: Floats, system: str) -> tuple[Floats, Floats]:
    """`from_wgs84` for arrays of one shape. One bad pair refuses them all."""
    check_degrees(lats, lons)
    if (shift := _shift(system)) is not None:
        return shift(lats, lons)
    eastings, northings = _transformer(epsg_of(system), inverse=True).transform(lons, lats)
    if not (np.isfinite(eastings).all() and np.isfinite(northings).all()):
        raise _out_of_range()
    return northings, eastings


def check_degrees(lats: Floats, lons: Floats) -> None:
    """Raises Invalid unless every pair is a place on the globe."""
    # NaN compares false, so it is caught here too.
    if not (np.abs(lats) <= 90).all() or not (np.abs(lons) <= 180).all():
        raise _out_of_range()


def check_place(lat: float, lon: float) -> None:
    """`check_degrees` for one place."""
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise _out_of_range()


def check_system(system: str) -> str:
    """The system's name as we store it. Raises Invalid if nobody knows it."""
    system = system.strip().lower()
    if _shift(system) is None:
        _transformer(epsg_of(system), inverse=False)
    return system


def is_degrees(system: str) -> bool:
    """Whether numbers in this system are degrees of latitude and longitude."""
    if _shift(system) is not None:
        return True
    source = _transformer(epsg_of(system), inverse=False).source_crs
    return bool(source is not None and source.is_geographic)


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Length of one degree (northwards, eastwards) at a latitude of the WGS84 ellipsoid, metres.

    From the radii of curvature in the meridian and the prime vertical (Snyder, Map Projections,
    USGS 1395, equations 4-18 and 4-20).
    """
    sine = math.sin(math.radians(lat))
    root = 1 - _WGS_EE * sine * sine
    meridian = _WGS_A * (1 - _WGS_EE) / root**1.5
    vertical = _WGS_A / math.sqrt(root)
    return math.radians(meridian), math.radians(vertical) * math.cos(math.radians(lat))


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in metres between two WGS84 places, by the haversine formula."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    a = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS * math.asin(min(1.0, math.sqrt(a)))


def _out_of_range() -> Invalid:
    return Invalid(
        "coordinates.out_of_range",
        _("These coordinates are not a place on the globe. Latitude runs to 90, longitude to 180."),
        field="place",
    )


# The shifted systems ---------------------------------------------------------------------------


def _shift(system: str) -> Shift | None:
    return _SHIFTS.get(system)


def _in_china(lats: Floats, lons: Floats) -> "npt.NDArray[np.bool_]":
    inside: npt.NDArray[np.bool_] = (
        (lats >= _SOUTH) & (lats <= _NORTH) & (lons >= _WEST) & (lons <= _EAST)
    )
    return inside


def _wgs84_to_gcj02(lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
    """The GCJ-02 shift, a sum of sines over the offset from 35°N 105°E.

    The state publishes no formula; this is the derivation found by comparison with map services
    and published in open projects since 2013 (github.com/googollee/eviltransform). It ignores the
    random term of some metres that devices add.
    """
    x, y = lons - 105.0, lats - 35.0
    root = np.sqrt(np.abs(x))
    fine = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (fine + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2 / 3
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (fine + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lats)
    magic = 1 - _EE * np.sin(phi) ** 2
    d_lat = np.degrees(north * magic**1.5 / (_A * (1 - _EE)))
    d_lon = np.degrees(east * np.sqrt(magic) / (_A * np.cos(phi)))
    inside = _in_china(lats, lons)
    return np.where(inside, lats + d_lat, lats), np.where(inside, lons + d_lon, lons)


def _wgs84_to_bd09(lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
    """Baidu's further shift: GCJ-02 turned and stretched by small sines, then moved.

    The derivation published with the projects named above (e.g. wandergis/coordtransform).
    """
    gcj_lats, gcj_lons = _wgs84_to_gcj02(lats, lons)
    reach = np.hypot(gcj_lons, gcj_lats) + 0.00002 * np.sin(gcj_lats * _BAIDU)
    angle = np.arctan2(gcj_lats, gcj_lons) + 0.000003 * np.cos(gcj_lons * _BAIDU)
    inside = _in_china(lats, lons)
    return (
        np.where(inside, reach * np.sin(angle) + 0.006, lats),
        np.where(inside, reach * np.cos(angle) + 0.0065, lons),
    )


def _same(lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
    return lats, lons


_SHIFTS: dict[str, Shift] = {
    "wgs84": _same,
    "cgcs2000": _same,
    "gcj02": _wgs84_to_gcj02,
    "bd09": _wgs84_to_bd09,
}


def _unshift(shift: Shift, lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
    """Undo a shift by stepping back by the error until it is below a tenth of a millimetre."""
    if shift is _same:
        return lats, lons
    guess_lats, guess_lons = lats, lons
    for _step in range(20):
        got_lats, got_lons = shift(guess_lats, guess_lons)
        off_lats, off_lons = got_lats - lats, got_lons - lons
        guess_lats, guess_lons = guess_lats - off_lats, guess_lons - off_lons
        if max(np.abs(off_lats).max(initial=0), np.abs(off_lons).max(initial=0)) < 1e-9:
            break
    inside = _in_china(lats, lons)
    return np.where(inside, guess_lats, lats), np.where(inside, guess_lons, lons)


# The EPSG registry -----------------------------------------------------------------------------


def epsg_of(system: str) -> int:
    """4547 of "epsg:4547". Raises Invalid for anything else."""
    registry, _colon, code = system.strip().lower().partition(":")
    if registry != "epsg" or not (code.isascii() and code.isdigit() and len(code) <= 6):
        raise Invalid(
            "coordinates.unknown_system",
            _(
                "Unknown coordinate system “%(system)s”. Known are wgs84, gcj02, bd09, cgcs2000 "
                "and codes such as epsg:4547."
            )
            % {"system": system},
            field="system",
        )
    return int(code)


@lru_cache(maxsize=16)
def _transformer(code: int, *, inverse: bool) -> "Transformer":
    """From a system to WGS84 (or back), east before north whatever the registry says."""
    # Sixteen megabytes that an office needs only when a file of another system comes in.
    from pyproj import Transformer  # noqa: PLC0415
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        ends = (4326, code) if inverse else (code, 4326)
        return Transformer.from_crs(*ends, always_xy=True)
    except ProjError as error:
        raise Invalid(
            "coordinates.unknown_system",
            _("The registry knows no coordinate system epsg:%(code)s for maps.") % {"code": code},
            field="system",
        ) from error
