"""Locating: the whole chain, the distance to the border, doubt, and areas that change."""

import threading
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction

from gulou.kit.errors import Invalid, Refusal
from gulou.outbox import kept
from gulou.places.coordinates import metres_per_degree
from gulou.places.operations import import_areas, retire_area, set_level, set_standard_levels
from gulou.places.operations.drafts import AreaDraft
from gulou.places.queries import area_refs, district, locate, locate_many
from tests.factories.places import AreaFactory, LevelFactory, box

WEST, SOUTH, EAST, NORTH = 119.28, 26.06, 119.32, 26.10
MIDDLE = 26.08, 119.29


@pytest.fixture
def town(db: None) -> dict[str, Any]:
    """A district of two streets; the western one has two communities and a grid cell."""
    levels = {
        code: LevelFactory.create(code=code) for code in ("district", "street", "community", "grid")
    }

    def area(level: str, code: str, parent: Any, *corners: float) -> Any:
        return AreaFactory.create(
            level=levels[level], code=code, parent=parent, shape=box(*corners)
        )

    top = area("district", "D", None, WEST, SOUTH, EAST, NORTH)
    west = area("street", "W", top, WEST, SOUTH, 119.30, NORTH)
    east = area("street", "E", top, 119.30, SOUTH, EAST, NORTH)
    w1 = area("community", "W1", west, WEST, SOUTH, 119.30, 26.075)
    w2 = area("community", "W2", west, WEST, 26.075, 119.30, NORTH)
    cell = area("grid", "W2-1", w2, 119.285, 26.078, 119.295, 26.085)
    return {"D": top, "W": west, "E": east, "W1": w1, "W2": w2, "cell": cell}


def test_it_gives_the_whole_chain(town: dict[str, Any]) -> None:
    where = locate(*MIDDLE)
    assert [ref.code for ref in where.chain] == ["D", "W", "W2", "W2-1"]
    assert where.inside and where.grid is not None and where.grid.id == town["cell"].pk
    assert where.community == area_refs()[town["W2"].pk]


def test_a_point_without_a_grid_cell_keeps_the_coarser_chain(town: dict[str, Any]) -> None:
    where = locate(26.065, 119.29)
    assert [ref.code for ref in where.chain] == ["D", "W", "W1"] and where.grid is None


def test_it_measures_to_the_border_of_the_community(town: dict[str, Any]) -> None:
    north, _east = metres_per_degree(26.08)
    assert locate(*MIDDLE).border_m == pytest.approx(0.005 * north, rel=0.006)


@pytest.mark.parametrize(("accuracy", "ambiguous"), [(0, False), (500, False), (600, True)])
def test_it_doubts_a_point_that_may_lie_beyond_the_border(
    town: dict[str, Any], accuracy: float, ambiguous: bool
) -> None:
    assert locate(*MIDDLE, accuracy_m=accuracy).ambiguous is ambiguous


def test_it_doubts_a_point_on_the_border_and_takes_the_lowest_code(town: dict[str, Any]) -> None:
    where = locate(26.075, 119.29)
    assert where.ambiguous and where.community is not None and where.community.code == "W1"


def test_it_says_how_far_outside_a_point_is(town: dict[str, Any]) -> None:
    where = locate(26.08, EAST + 0.01)
    _north, east = metres_per_degree(26.08)
    assert not where.inside and where.district is None and where.chain == ()
    assert where.border_m == pytest.approx(0.01 * east, rel=0.006)
    assert locate(26.08, EAST + 0.01, accuracy_m=1100).ambiguous


def test_a_place_in_bath_is_far_outside(town: dict[str, Any]) -> None:
    assert locate(51.38, -2.36).border_m > 5_000_000


def test_many_are_located_as_one(town: dict[str, Any]) -> None:
    points = np.random.default_rng(7).uniform((119.27, 26.05), (119.33, 26.11), (500, 2))
    located = [locate(lat, lon) for lon, lat in points]
    for level in ("district", "street", "community", "grid"):
        expected = [getattr(where, level) for where in located]
        ids = [-1 if ref is None else ref.id for ref in expected]
        assert len(set(ids)) > 1
        assert locate_many(points, level=level).tolist() == ids


def test_an_overlapping_level_stands_aside_in_the_chain(town: dict[str, Any]) -> None:
    councils = LevelFactory.create(code="council", rank=5, overlapping=True)
    AreaFactory.create(level=councils, code="big", shape=box(119, 26, 120, 27))
    AreaFactory.create(level=councils, code="small", shape=box(119.285, 26.075, 119.295, 26.085))
    assert [ref.code for ref in locate(*MIDDLE).chain] == ["D", "W", "W2", "W2-1", "small"]
    assert [ref.code for ref in locate(26.065, 119.29).chain] == ["D", "W", "W1", "big"]


def test_without_any_border_the_district_is_assumed_and_doubted(db: None) -> None:
    AreaFactory.create(level=LevelFactory.create(code="district"), code="350102")
    where = locate(*MIDDLE)
    assert where.inside and where.ambiguous and where.district == district()


def test_without_any_area_there_is_no_district(db: None) -> None:
    with pytest.raises(Refusal) as refused:
        district()
    assert refused.value.code == "places.no_district"
    assert not locate(*MIDDLE).inside


@pytest.mark.parametrize(("lat", "lon"), [(float("nan"), 119), (26, float("inf")), (95, 0)])
def test_it_refuses_what_is_not_a_place(town: dict[str, Any], lat: float, lon: float) -> None:
    with pytest.raises(Invalid):
        locate(lat, lon)
    with pytest.raises(Invalid):
        locate_many(np.array([[lon, lat]]), level="street")


@pytest.mark.parametrize("accuracy", [-1, float("nan")])
def test_it_refuses_an_accuracy_that_is_none(town: dict[str, Any], accuracy: float) -> None:
    with pytest.raises(Invalid):
        locate(*MIDDLE, accuracy_m=accuracy)


def test_it_refuses_a_level_that_is_not_there(town: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        locate_many(np.array([[119.3, 26.08]]), level="planet")
    assert "street" in str(refused.value.message)


def test_it_knows_a_change_in_the_same_transaction(town: dict[str, Any]) -> None:
    assert locate(*MIDDLE).grid is not None
    retire_area(town["cell"], actor="system")
    assert locate(*MIDDLE).grid is None


@pytest.mark.django_db(transaction=True)
def test_it_knows_a_change_of_its_own_process_at_once() -> None:
    set_standard_levels(actor="system")
    assert not locate(*MIDDLE).inside
    drafts = [AreaDraft("D", "区", geometry=box(WEST, SOUTH, EAST, NORTH))]
    import_areas(drafts, level="district", actor="system")
    assert locate(*MIDDLE).inside


@pytest.mark.django_db(transaction=True)
def test_it_knows_a_change_of_another_process_after_some_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_standard_levels(actor="system")
    assert not locate(*MIDDLE).inside
    with connection.cursor() as cursor:
        # What another process does does not pass through our memory.
        cursor.execute(
            "INSERT INTO places_area (uid, head_sequence, head_digest, level_id, code, name_zh,"
            " name_en, border, source_system, review_number, synthetic, active)"
            " SELECT gen_random_uuid(), 0, '', id, 'D', '区', '', %s, 'wgs84', '', true, true"
            " FROM places_level WHERE code = 'district'",
            ['{"type":"MultiPolygon","coordinates":[[[[119,26],[120,26],[120,27],[119,26]]]]}'],
        )
        cursor.execute("UPDATE outbox_revision SET token = gen_random_uuid()")
    assert not locate(26.1, 119.9).inside
    monkeypatch.setattr(kept, "CHECK_SECONDS", 0)
    assert locate(26.1, 119.9).inside


@pytest.mark.django_db(transaction=True)
def test_others_do_not_see_what_is_not_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "CHECK_SECONDS", 0)
    set_standard_levels(actor="system")
    seen: list[bool] = []

    def look() -> None:
        seen.append(locate(*MIDDLE).inside)
        connection.close()

    with transaction.atomic():
        drafts = [AreaDraft("D", "区", geometry=box(WEST, SOUTH, EAST, NORTH))]
        import_areas(drafts, level="district", actor="system")
        assert locate(*MIDDLE).inside
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        transaction.set_rollback(True)
    assert seen == [False]
    assert not locate(*MIDDLE).inside


def test_a_new_level_needs_no_restart(town: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        locate_many(np.array([[119.3, 26.08]]), level="ward")
    set_level("ward", rank=4, name_zh="片", name_en="Ward", actor="system")
    assert locate_many(np.array([[119.3, 26.08]]), level="ward").tolist() == [-1]
