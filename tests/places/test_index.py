"""The index answers as asking every polygon would, and settles ties the same way each time."""

import random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gulou.places.coordinates import distance_m, metres_per_degree
from gulou.places.index import NOWHERE, AreaIndex, AreaRef, LevelIndex, LevelRows, border_size
from tests.factories.places import box


def rows(borders: dict[str, BaseGeometry], *, overlapping: bool = False) -> LevelRows:
    codes = list(borders)
    ids = [100 + n for n in range(len(codes))]
    return LevelRows("community", 2, overlapping, ids, codes, list(borders.values()))


def patches(seed: int, count: int) -> dict[str, BaseGeometry]:
    """Areas that tile a square with crooked borders, some missing, some with a hole."""
    chance = random.Random(seed)
    seeds = [(119 + chance.random(), 26 + chance.random()) for _ in range(count)]
    frame = shapely.box(119, 26, 120, 27)
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=frame))
    areas: dict[str, BaseGeometry] = {}
    for n, part in enumerate(parts):
        patch = part.intersection(frame)
        if chance.random() < 0.1 or patch.is_empty:
            continue
        if chance.random() < 0.2:
            patch = patch.difference(patch.centroid.buffer(0.02))
        areas[f"{n:03}"] = patch
    return areas


def brute_force(level: LevelRows, lat: float, lon: float) -> int | None:
    """By the definition: the lowest code, or the smallest area, of all that touch the point."""
    point = shapely.Point(lon, lat)
    found = [
        (border_size(border) if level.overlapping else 0, code, area_id)
        for border, code, area_id in zip(level.borders, level.codes, level.ids, strict=True)
        if border.intersects(point)
    ]
    return min(found)[2] if found else None


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(4, 60), overlapping=st.booleans())
def test_it_answers_as_every_polygon_would(seed: int, count: int, overlapping: bool) -> None:
    areas = patches(seed, count)
    if overlapping:
        areas |= {f"x{code}": border.buffer(0.05) for code, border in list(areas.items())[::3]}
    level = rows(areas, overlapping=overlapping)
    index = LevelIndex(level)
    chance = np.random.default_rng(seed)
    anywhere = chance.uniform((118.95, 25.95), (120.05, 27.05), (200, 2))
    corners = shapely.get_coordinates(level.borders)[:100]
    for points in (anywhere, corners):
        expected = [brute_force(level, lat, lon) for lon, lat in points]
        # Twice: the second time the raster remembers.
        for _again in range(2):
            assert [index.at(lat, lon) for lon, lat in points] == expected
        ids = [NOWHERE if area_id is None else area_id for area_id in expected]
        assert index.at_many(points).tolist() == ids


def test_a_point_on_a_shared_border_belongs_to_the_lowest_code() -> None:
    index = LevelIndex(rows({"B": box(0, 0, 1, 1), "A": box(1, 0, 2, 1)}))
    assert index.at(0.5, 1) == 101
    assert index.at_many(np.array([[1, 0.5]])).tolist() == [101]


def test_where_areas_overlap_the_smallest_wins() -> None:
    index = LevelIndex(rows({"A": box(0, 0, 4, 4), "B": box(1, 1, 2, 2)}, overlapping=True))
    assert index.at(1.5, 1.5) == 101
    assert index.at(3, 3) == 100


def test_a_hole_is_outside() -> None:
    ring = Polygon(shapely.box(0, 0, 3, 3).exterior.coords, [shapely.box(1, 1, 2, 2).exterior])
    index = LevelIndex(rows({"A": MultiPolygon([ring])}))
    assert index.at(1.5, 1.5) is None and index.at(0.5, 0.5) == 100


@pytest.mark.parametrize(("lat", "lon"), [(26.0, 119.3), (0.01, 10.0), (52.0, 5.0), (69.0, 20.0)])
def test_it_measures_to_the_border_within_half_a_percent(lat: float, lon: float) -> None:
    north, east = metres_per_degree(lat)
    index = LevelIndex(
        rows({"A": box(lon - 2000 / east, lat - 1500 / north, lon + 0.1, lat + 0.1)})
    )
    assert index.border_m(lat, lon, 100) == pytest.approx(1500, rel=0.006)
    east_of_it = index.border_m(lat, lon + 0.1 + 3000 / east, None)
    assert east_of_it == pytest.approx(3000, rel=0.006)


@settings(max_examples=50)
@given(lat=st.floats(26.001, 26.019), lon=st.floats(119.001, 119.019))
def test_it_measures_to_the_nearest_side(lat: float, lon: float) -> None:
    index = LevelIndex(rows({"A": box(119, 26, 119.02, 26.02)}))
    sides = [
        distance_m(lat, lon, 26, lon),
        distance_m(lat, lon, 26.02, lon),
        distance_m(lat, lon, lat, 119),
        distance_m(lat, lon, lat, 119.02),
    ]
    assert index.border_m(lat, lon, 100) == pytest.approx(min(sides), rel=0.007)


def ref(area_id: int, level: str, parent: int | None) -> AreaRef:
    return AreaRef(area_id, f"{area_id:03}", level, f"区{area_id}", "", parent)


def test_parents_of_the_finest_area_make_the_chain_even_where_borders_disagree() -> None:
    refs = {
        r.id: r
        for r in (
            ref(1, "district", None),
            ref(2, "street", 1),
            ref(3, "street", 1),
            ref(4, "community", 2),
        )
    }
    ranks = {"district": 0, "street": 1, "community": 2}
    # The community belongs to street 2, but was drawn a little into street 3.
    index = AreaIndex(
        refs,
        ranks,
        [
            LevelRows("district", 0, False, [1], ["001"], [box(0, 0, 2, 1)]),
            LevelRows(
                "street", 1, False, [2, 3], ["002", "003"], [box(0, 0, 1, 1), box(1, 0, 2, 1)]
            ),
            LevelRows("community", 2, False, [4], ["004"], [box(0, 0, 1.01, 1)]),
        ],
    )
    where = index.where(0.5, 1.005)
    assert where.street == refs[2] and where.community == refs[4]
    points = np.array([[1.005, 0.5], [1.5, 0.5], [3, 3]])
    assert index.ids_at(points, "street").tolist() == [2, 3, NOWHERE]
    assert index.ids_at(points, "district").tolist() == [1, 1, NOWHERE]
