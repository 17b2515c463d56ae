"""One place in several systems: known vectors, there and back, and what is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gulou.kit.errors import Invalid
from gulou.places.coordinates import (
    check_system,
    distance_m,
    from_wgs84,
    from_wgs84_many,
    is_degrees,
    metres_per_degree,
    to_wgs84,
    to_wgs84_many,
)

SHIFTED = ["gcj02", "bd09"]
# The mainland and the islands, from the Pamirs to the Ussuri, from the Amur to the Spratlys.
IN_CHINA = st.tuples(st.floats(3.8, 53.6), st.floats(73.5, 135.1))
GULOU = (26.084, 119.2925)


def test_it_shifts_the_published_vector() -> None:
    lat, lon = from_wgs84(40, 120, "gcj02")
    assert lon == pytest.approx(120.00567568355486, abs=1e-12)
    assert lat == pytest.approx(40.0013047896019, abs=1e-12)


def test_it_shifts_gulou_by_about_590_metres() -> None:
    assert distance_m(*GULOU, *from_wgs84(*GULOU, "gcj02")) == pytest.approx(590, abs=10)


def test_it_shifts_from_gcj02_to_bd09_as_map_services_do() -> None:
    # 天安门: GCJ-02 39.908692, 116.397477 is BD-09 39.915, 116.404 on Baidu's map.
    wgs = to_wgs84(39.908692, 116.397477, "gcj02")
    assert distance_m(*from_wgs84(*wgs, "bd09"), 39.9150, 116.4040) < 60


@pytest.mark.parametrize("system", SHIFTED)
@given(place=IN_CHINA)
def test_it_comes_back_within_a_decimetre_anywhere_in_china(
    system: str, place: tuple[float, float]
) -> None:
    there = from_wgs84(*place, system)
    assert there != place
    assert distance_m(*place, *to_wgs84(*there, system)) < 0.1


@pytest.mark.parametrize("system", SHIFTED)
@pytest.mark.parametrize("place", [(51.38, -2.36), (34.05, -118.24), (-33.9, 151.2), (60, 100)])
def test_it_leaves_places_outside_china_alone(system: str, place: tuple[float, float]) -> None:
    assert from_wgs84(*place, system) == place
    assert to_wgs84(*place, system) == place


@pytest.mark.parametrize("system", ["wgs84", "cgcs2000"])
def test_it_takes_cgcs2000_for_wgs84(system: str) -> None:
    assert to_wgs84(*GULOU, system) == GULOU


def test_it_reads_the_chinese_plane_system_by_its_epsg_code() -> None:
    # CGCS2000, three-degree zone around 120°E: false easting 500 km, so west of it is less.
    northing, easting = from_wgs84(*GULOU, "epsg:4549")
    assert 2_886_000 < northing < 2_887_500
    assert 429_000 < easting < 429_500
    assert distance_m(*GULOU, *to_wgs84(northing, easting, "epsg:4549")) < 0.01


def test_it_turns_many_as_it_turns_one() -> None:
    lats, lons = np.linspace(25, 27, 7), np.linspace(118, 120, 7)
    for system in [*SHIFTED, "epsg:4549", "wgs84"]:
        many = to_wgs84_many(*from_wgs84_many(lats, lons, system), system)
        for n in range(7):
            one = to_wgs84(*from_wgs84(float(lats[n]), float(lons[n]), system), system)
            assert one == pytest.approx((many[0][n], many[1][n]), abs=1e-9)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(math.nan, 119), (26, math.nan), (math.inf, 0), (26, -math.inf), (91, 0), (0, 181)],
)
@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09", "epsg:4490"])
def test_it_refuses_what_is_not_a_place(lat: float, lon: float, system: str) -> None:
    for turn in (to_wgs84, from_wgs84):
        with pytest.raises(Invalid) as refused:
            turn(lat, lon, system)
        assert refused.value.code == "coordinates.out_of_range"


def test_it_refuses_plane_coordinates_that_are_nowhere() -> None:
    with pytest.raises(Invalid):
        to_wgs84(1e12, 1e12, "epsg:4549")


@pytest.mark.parametrize("system", ["", "mars", "epsg:", "epsg:999999", "epsg:x", "epsg:4547; --"])
def test_it_refuses_a_system_that_nobody_knows(system: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_system(system)
    assert refused.value.code == "coordinates.unknown_system"


def test_it_knows_degrees_from_metres() -> None:
    assert is_degrees("gcj02") and is_degrees("epsg:4490") and not is_degrees("epsg:4549")


def test_a_degree_is_as_long_as_the_ellipsoid_says() -> None:
    north, east = metres_per_degree(0)
    assert (north, east) == pytest.approx((110574.3, 111319.5), abs=0.1)
    north, east = metres_per_degree(60)
    assert (north, east) == pytest.approx((111412.2, 55800.0), abs=0.3)
