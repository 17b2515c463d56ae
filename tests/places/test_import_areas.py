"""Importing areas: what comes in, what is repaired, what is refused, what is recorded."""

from collections.abc import Sequence

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from gulou.places.coordinates import from_wgs84
from gulou.places.models import Area
from gulou.places.operations import (
    AreaDraft,
    AreaSource,
    Summary,
    import_areas,
    set_level,
    set_standard_levels,
)
from gulou.places.queries import locate
from tests.factories.places import AreaFactory, LevelFactory, NamedPlaceFactory, box

HALVES = [
    AreaDraft("350102001", "东片", "East", box(119.30, 26.06, 119.32, 26.10)),
    AreaDraft("350102002", "西片", "West", box(119.28, 26.06, 119.30, 26.10)),
]


@pytest.fixture(autouse=True)
def _levels(db: None) -> None:
    set_standard_levels(actor="system")


@pytest.fixture
def district() -> Area:
    return AreaFactory.create(
        level=LevelFactory.create(code="district"),
        code="350102",
        name_zh="鼓楼区",
        shape=box(119.28, 26.06, 119.32, 26.10),
    )


def take(drafts: Sequence[AreaDraft], level: str = "street", **more: object) -> Summary:
    return import_areas(drafts, level=level, actor="user:x", **more)  # type: ignore[arg-type]


def imported() -> list[Event]:
    return list(Event.objects.filter(name="area.imported").order_by("id"))


def test_it_adds_areas_that_locate_finds(district: Area) -> None:
    summary = take(HALVES)
    assert (summary.added, summary.changed, summary.same) == (2, 0, 0)
    street = locate(26.08, 119.29).street
    assert street is not None and (street.code, street.name_en) == ("350102002", "West")


def test_it_records_each_area_with_the_digest_of_its_border(district: Area) -> None:
    take(HALVES, source=AreaSource(review_number="闽S(2026)1号", file_digest="f" * 64))
    first, _second = imported()
    assert first.actor == "user:x" and first.payload["code"] == "350102001"
    assert first.payload["parent"] == "350102" and first.payload["file_digest"] == "f" * 64
    assert len(first.payload["border_digest"]) == 64
    assert first.payload["review_number"] == "闽S(2026)1号"


def test_it_changes_nothing_when_told_again(district: Area) -> None:
    take(HALVES)
    before = list(Area.objects.values_list("border", "head_digest"))
    summary = take(HALVES)
    assert (summary.added, summary.changed, summary.same) == (0, 0, 2)
    assert len(imported()) == 2
    assert list(Area.objects.values_list("border", "head_digest")) == before


def test_it_changes_an_area_whose_border_changed(district: Area) -> None:
    take(HALVES)
    moved = AreaDraft("350102001", geometry=box(119.301, 26.06, 119.32, 26.10))
    summary = take([moved])
    assert (summary.changed, summary.same) == (1, 0)
    area = Area.objects.get(code="350102001")
    assert area.name_zh == "东片" and area.head_sequence == 2
    assert locate(26.08, 119.3005).street is None


def test_a_name_alone_keeps_the_border(district: Area) -> None:
    take(HALVES)
    take([AreaDraft("350102001", "改名街道")])
    area = Area.objects.get(code="350102001")
    assert area.name_zh == "改名街道" and area.border is not None


def test_it_turns_gcj02_into_wgs84_and_remembers_it(district: Area) -> None:
    corners = [
        from_wgs84(lat, lon, "gcj02")
        for lat, lon in [(26.07, 119.285), (26.07, 119.295), (26.09, 119.295), (26.09, 119.285)]
    ]
    shape = Polygon([(lon, lat) for lat, lon in corners])
    take([AreaDraft("350102003", "斜片", geometry=shape)], source=AreaSource("gcj02"))
    area = Area.objects.get(code="350102003")
    assert area.source_system == "gcj02"
    assert shapely.from_geojson(str(area.border).replace("'", '"')).bounds == pytest.approx(
        (119.285, 26.07, 119.295, 26.09), abs=2e-7
    )


def test_it_repairs_a_crossing_ring_and_says_so(district: Area) -> None:
    bow = Polygon([(119.285, 26.07), (119.295, 26.08), (119.295, 26.07), (119.285, 26.08)])
    summary = take([AreaDraft("350102004", "蝴蝶结", geometry=bow)])
    assert "350102004" in summary.repairs[0] and len(summary.repairs) == 1
    kept = Area.objects.get(code="350102004").border
    assert kept is not None and len(kept["coordinates"]) == 2


def test_it_refuses_a_border_without_ground() -> None:
    flat = Polygon([(119, 26), (119.1, 26), (119.2, 26)])
    with pytest.raises(Invalid) as refused:
        take([AreaDraft("1", "线", geometry=flat)])
    assert refused.value.code == "border.empty" and "线" in str(refused.value.message)


def test_it_refuses_an_overlap_and_names_both_and_where(district: Area) -> None:
    NamedPlaceFactory.create(name_zh="三坊七巷", lat=26.08, lon=119.299)
    wider = AreaDraft("350102002", "西片", geometry=box(119.28, 26.06, 119.301, 26.10))
    with pytest.raises(Invalid) as refused:
        take([HALVES[0], wider])
    words = str(refused.value.message)
    assert refused.value.code == "area.overlap"
    assert "东片" in words and "西片" in words and "三坊七巷" in words
    assert not Area.objects.filter(level__code="street").exists() and not imported()


def test_it_refuses_an_overlap_with_what_is_there(district: Area) -> None:
    take(HALVES[:1])
    with pytest.raises(Invalid):
        take([AreaDraft("350102002", "西片", geometry=box(119.28, 26.06, 119.301, 26.10))])


def test_it_tolerates_as_much_overlap_as_it_is_told(district: Area) -> None:
    wider = AreaDraft("350102002", "西片", geometry=box(119.28, 26.06, 119.30001, 26.10))
    with pytest.raises(Invalid):
        take([HALVES[0], wider])
    # A metre by four and a half kilometres.
    assert take([HALVES[0], wider], tolerance_m2=5000).added == 2


def test_an_overlapping_level_takes_overlaps() -> None:
    set_level(
        "council", rank=5, name_zh="议会", name_en="Council", overlapping=True, actor="system"
    )
    nested = [
        AreaDraft("1", "大", geometry=box(119, 26, 120, 27)),
        AreaDraft("2", "小", geometry=box(119.2, 26.2, 119.3, 26.3)),
    ]
    assert take(nested, level="council").added == 2
    assert [ref.code for ref in locate(26.25, 119.25).chain] == ["2"]


def test_the_parent_is_found_by_the_code(district: Area) -> None:
    take(HALVES)
    take(
        [AreaDraft("350102001001", "甲社区", geometry=box(119.31, 26.07, 119.315, 26.08))],
        level="community",
    )
    assert Area.objects.get(code="350102001001").parent == Area.objects.get(code="350102001")


def test_the_parent_is_found_by_the_ground(district: Area) -> None:
    take(HALVES)
    take([AreaDraft("x", "乙社区", geometry=box(119.29, 26.07, 119.302, 26.08))], level="community")
    assert Area.objects.get(code="x").parent == Area.objects.get(code="350102002")


def test_it_notes_an_area_that_lies_outside_of_what_its_code_names(district: Area) -> None:
    take(HALVES)
    stray = AreaDraft("350102001001", "甲社区", geometry=box(119.285, 26.07, 119.29, 26.08))
    summary = take([stray], level="community")
    assert any("350102001001" in note and "东片" in note for note in summary.notes)


def test_it_refuses_areas_that_belong_nowhere(district: Area) -> None:
    take(HALVES)
    with pytest.raises(Invalid) as refused:
        take([AreaDraft("far", "远社区", geometry=box(118, 25, 118.1, 25.1))], level="community")
    assert refused.value.code == "area.no_parent" and "远社区" in str(refused.value.message)
    assert (
        take(
            [AreaDraft("far", "远社区", geometry=box(118, 25, 118.1, 25.1))],
            level="community",
            parent_level="none",
        ).added
        == 1
    )


def test_it_refuses_a_second_district(district: Area) -> None:
    with pytest.raises(Invalid) as refused:
        take([AreaDraft("350103", "台江区", geometry=box(119.3, 26.0, 119.32, 26.05))], "district")
    assert refused.value.code == "area.one_district"


def test_it_refuses_the_same_code_twice() -> None:
    with pytest.raises(Invalid) as refused:
        take([HALVES[0], AreaDraft("350102001", "另一片", geometry=HALVES[1].geometry)])
    assert refused.value.code == "area.same_code" and "350102001" in str(refused.value.message)


def test_it_takes_an_area_once_that_is_there_twice_alike(district: Area) -> None:
    summary = take([*HALVES, HALVES[1]])
    assert summary.added == 2 and "西片" in summary.notes[-1]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (AreaDraft("", "无码"), "area.bad_code"),
        (AreaDraft("1" * 41, "长码"), "area.bad_code"),
        (AreaDraft("1", "名" * 81), "area.bad_name"),
        (AreaDraft("1"), "area.no_name"),
        (AreaDraft("1", "甲", parent_code="nobody"), "area.no_parent"),
    ],
)
def test_it_refuses_a_bad_draft(district: Area, draft: AreaDraft, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        take([draft])
    assert refused.value.code == code


def test_it_refuses_codes_of_another_length_where_the_level_says_so() -> None:
    set_level("grid", rank=3, name_zh="网格", name_en="Grid", code_length=14, actor="system")
    with pytest.raises(Invalid):
        take([AreaDraft("123", "格", geometry=box(119.3, 26.06, 119.31, 26.07))], level="grid")


def test_it_refuses_no_areas_and_unknown_levels() -> None:
    for drafts, level in (([], "street"), (HALVES, "planet")):
        with pytest.raises(Invalid):
            take(drafts, level=level)


def test_it_sees_latitude_before_longitude(district: Area) -> None:
    swapped = Polygon([(26.06, 119.28), (26.06, 119.30), (26.10, 119.30)])
    with pytest.raises(Invalid) as refused:
        take([AreaDraft("350102001", "东片", geometry=swapped)])
    assert refused.value.code == "coordinates.swapped"


def test_it_sees_swapped_numbers_that_are_on_the_globe() -> None:
    AreaFactory.create(
        level=LevelFactory.create(code="district"), code="0363", shape=box(4.7, 52.2, 5.1, 52.5)
    )
    swapped: BaseGeometry = box(52.3, 4.8, 52.4, 4.9)
    with pytest.raises(Invalid) as refused:
        take([AreaDraft("1", "Centrum", geometry=swapped)])
    assert refused.value.code == "coordinates.swapped"


@pytest.mark.parametrize("far", [200.0, float("nan"), float("inf")])
def test_it_refuses_coordinates_off_the_globe(far: float) -> None:
    shape = Polygon([(119, 26), (far, 26), (119, 27)])
    with pytest.raises(Invalid) as refused:
        take([AreaDraft("1", "甲", geometry=MultiPolygon([shape]))])
    assert "甲" in str(refused.value.message)


def test_it_says_where_the_middle_is(district: Area) -> None:
    assert "26.0800°N 119.3000°E" in take(HALVES).notes[0]
    assert "鼓楼区" in take(HALVES).notes[0]


def test_a_dry_run_writes_nothing_and_answers_the_same(district: Area) -> None:
    dry = take(HALVES, dry_run=True)
    assert not Area.objects.filter(level__code="street").exists() and not imported()
    assert locate(26.08, 119.29).street is None
    assert dry == take(HALVES)


def test_it_tells_how_far_it_is(district: Area) -> None:
    steps: list[tuple[int, int]] = []
    take(HALVES, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2), (1, 2), (2, 2)]


def test_an_area_that_was_retired_comes_back(district: Area) -> None:
    take(HALVES)
    Area.objects.filter(code="350102001").update(active=False)
    assert take(HALVES).changed == 1
    assert Area.objects.get(code="350102001").active
