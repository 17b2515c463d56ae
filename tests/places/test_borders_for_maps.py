"""Borders for maps: small, shared sides kept, and nothing unofficial dressed as official."""

import json

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gulou.places.queries import border_file, borders
from tests.factories.places import AreaFactory, LevelFactory, box


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    street = LevelFactory.create(code="street")
    AreaFactory.create(
        level=street, code="1", shape=box(119.28, 26.06, 119.3, 26.1), review_number="闽S(2026)1号"
    )
    AreaFactory.create(
        level=street,
        code="2",
        shape=shapely.MultiPolygon([shapely.Point(119.32, 26.08).buffer(0.015, quad_segs=200)]),
    )
    AreaFactory.create(
        level=LevelFactory.create(code="district"),
        code="0",
        synthetic=True,
        review_number="闽S(2026)2号",
        shape=box(119.28, 26.06, 119.34, 26.1),
    )
    AreaFactory.create(
        level=LevelFactory.create(code="grid"), code="g", shape=box(119, 26, 120, 27)
    )
    AreaFactory.create(level=street, code="named only")
    AreaFactory.create(level=street, code="retired", shape=box(1, 1, 2, 2), active=False)


def properties(*, public: bool) -> dict[str, dict[str, object]]:
    return {f["properties"]["code"]: f["properties"] for f in borders(public=public)["features"]}


def test_only_a_reviewed_border_that_is_not_made_up_is_official() -> None:
    official = {code: told["official"] for code, told in properties(public=True).items()}
    assert official == {"0": False, "1": True, "2": False}
    assert properties(public=True)["0"]["synthetic"] is True


def test_the_public_sees_no_grid_cells() -> None:
    assert "g" not in properties(public=True) and "g" in properties(public=False)


def test_what_is_not_official_is_a_sketch_to_the_public() -> None:
    def corners(*, public: bool) -> int:
        circle = next(
            f for f in borders(public=public)["features"] if f["properties"]["code"] == "2"
        )
        return len(shapely.get_coordinates(shapely.from_geojson(json.dumps(circle["geometry"]))))

    assert corners(public=True) < corners(public=False) / 2 < 400


def test_every_border_is_valid_and_has_five_decimals_at_most() -> None:
    for feature in borders(public=False)["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid and not shape.is_empty
        points = shapely.get_coordinates(shape)
        assert points == pytest.approx(points.round(5), abs=1e-12)


def test_the_file_is_made_once_until_areas_change() -> None:
    first = border_file(public=True)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert border_file(public=True) is first
    assert not [q for q in queries if "places_area" in q["sql"]]
    AreaFactory.create(
        level=LevelFactory.create(code="street"), shape=box(119.35, 26, 119.36, 26.1)
    )
    assert border_file(public=True).etag != first.etag
