"""One number per place: neighbours share prefixes, tiles and circles are few ranges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gulou.kit.errors import Invalid
from gulou.places.cells import (
    LEVEL,
    SIDE,
    cell_of,
    cells_of,
    point_of,
    ranges_around,
    ranges_of_tile,
)
from gulou.places.coordinates import distance_m

LATS, LONS = st.floats(-85, 85), st.floats(-180, 179.999)


def held(cell: int, ranges: list[tuple[int, int]]) -> bool:
    return any(low <= cell <= high for low, high in ranges)


def tile_of(lat: float, lon: float, z: int) -> tuple[int, int]:
    """The textbook formula of a slippy map."""
    x = math.floor((lon + 180) / 360 * 2**z)
    y = math.floor(
        (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi)
        / 2
        * 2**z
    )
    return min(x, 2**z - 1), min(max(y, 0), 2**z - 1)


def test_it_fits_a_signed_bigint() -> None:
    corners = [cell_of(lat, lon) for lat in (-90, 90) for lon in (-180, 180)]
    assert min(corners) == 0 and max(corners) == SIDE * SIDE - 1 < 2**62


@given(lat=LATS, lon=LONS)
def test_it_comes_back_within_two_centimetres(lat: float, lon: float) -> None:
    assert distance_m(lat, lon, *point_of(cell_of(lat, lon))) < 0.02


@given(lat=LATS, lon=LONS)
def test_a_cell_is_the_cell_of_its_own_middle(lat: float, lon: float) -> None:
    cell = cell_of(lat, lon)
    assert cell_of(*point_of(cell)) == cell


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20))
def test_many_are_numbered_as_one(places: list[tuple[float, float]]) -> None:
    lats, lons = np.array(places).T
    assert cells_of(lats, lons).tolist() == [cell_of(*place) for place in places]


@given(lat=LATS, lon=LONS, z=st.integers(0, 20))
def test_a_tile_holds_its_places_and_its_neighbours_do_not(lat: float, lon: float, z: int) -> None:
    x, y = tile_of(*point_of(cell_of(lat, lon)), z)
    cell = cell_of(lat, lon)
    assert held(cell, ranges_of_tile(z, x, y))
    if x + 1 < 2**z:
        assert not held(cell, ranges_of_tile(z, x + 1, y))


@pytest.mark.parametrize("tile", [(-1, 0, 0), (LEVEL + 1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_it_refuses_a_tile_that_is_not_there(tile: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid):
        ranges_of_tile(*tile)


@given(
    lat=st.floats(-84, 84),
    lon=LONS,
    metres=st.floats(0, 200_000),
    bearing=st.floats(0, 2 * math.pi),
    part=st.floats(0, 1),
)
def test_a_circle_is_covered_by_at_most_nine_ranges(
    lat: float, lon: float, metres: float, bearing: float, part: float
) -> None:
    ranges = ranges_around(lat, lon, metres)
    assert 1 <= len(ranges) <= 9
    away = part * metres / 6371008.8
    phi = math.radians(lat)
    there = math.asin(
        math.sin(phi) * math.cos(away) + math.cos(phi) * math.sin(away) * math.cos(bearing)
    )
    aside = math.atan2(
        math.sin(bearing) * math.sin(away) * math.cos(phi),
        math.cos(away) - math.sin(phi) * math.sin(there),
    )
    there_lon = (lon + math.degrees(aside) + 180) % 360 - 180
    assert held(cell_of(math.degrees(there), there_lon), ranges)


@given(lat=st.floats(-70, 70), lon=LONS, metres=st.floats(1, 5000))
def test_a_circle_does_not_cover_half_the_town(lat: float, lon: float, metres: float) -> None:
    cells = sum(high - low + 1 for low, high in ranges_around(lat, lon, metres))
    side = 40_075_017 * math.cos(math.radians(lat)) / SIDE
    assert cells * side * side < 45 * (2 * metres) ** 2


@pytest.mark.parametrize("metres", [-1, math.nan, math.inf])
def test_it_refuses_a_distance_that_is_none(metres: float) -> None:
    with pytest.raises(Invalid):
        ranges_around(26, 119, metres)


@pytest.mark.parametrize(("lat", "lon"), [(math.nan, 0), (0, math.inf), (90.1, 0), (0, -180.1)])
def test_it_refuses_what_is_not_a_place(lat: float, lon: float) -> None:
    for ask in (lambda: cell_of(lat, lon), lambda: ranges_around(lat, lon, 5)):
        with pytest.raises(Invalid):
            ask()
    with pytest.raises(Invalid):
        cells_of(np.array([lat]), np.array([lon]))
