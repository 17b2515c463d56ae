"""Named places: adding, importing, finding by Chinese and English words."""

from typing import Any

import pytest

from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from gulou.places.models import NamedPlace, PlaceList
from gulou.places.operations import PlaceDraft, add_named_place, import_places
from gulou.places.queries import nearest_place, search_places
from tests.factories.places import AreaFactory, box

PLACES = [
    PlaceDraft("西湖公园", 26.0962, 119.2852, "West Lake Park", "park", ("西湖",)),
    PlaceDraft("左海公园", 26.100, 119.2825, "Zuohai Park", "park"),
    PlaceDraft("温泉公园", 26.1015, 119.3085, "Hot Spring Park", "park"),
    PlaceDraft("五一广场", 26.0735, 119.3035, "Wuyi Square"),
    PlaceDraft("三坊七巷", 26.084, 119.2925, "Three Lanes and Seven Alleys", "", ("南后街",)),
    PlaceDraft("𠮷祥巷", 26.085, 119.2925),
]


@pytest.fixture
def listed(db: None) -> None:
    import_places(PLACES, actor="user:x", file_name="places.csv", file_digest="d" * 64)


def names(text: str, **more: Any) -> list[str]:
    return [place.name_zh for place in search_places(text, **more)]


def test_it_adds_a_place_and_records_it(db: None) -> None:
    place = add_named_place("东街口", lat=26.0874, lon=119.2959, actor="user:x", aliases=["东百"])
    assert names("东百") == ["东街口"]
    event = Event.objects.get()
    assert (event.name, event.actor, event.payload["cell"]) == ("place.added", "user:x", place.cell)


def test_it_turns_the_coordinates_of_map_services(db: None) -> None:
    place = add_named_place("东街口", lat=26.0844, lon=119.3009, system="gcj02", actor="user:x")
    assert place.source_system == "gcj02" and place.lon == pytest.approx(119.296, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "lat", "lon", "system"),
    [
        (" ", 26, 119, "wgs84"),
        ("名" * 121, 26, 119, "wgs84"),
        ("甲", 95, 119, "wgs84"),
        ("甲", float("nan"), 119, "gcj02"),
        ("甲", 26, 119, "mars"),
    ],
)
def test_it_refuses_bad_input(db: None, name: str, lat: float, lon: float, system: str) -> None:
    with pytest.raises(Invalid):
        add_named_place(name, lat=lat, lon=lon, system=system, actor="user:x")
    assert not NamedPlace.objects.exists() and not Event.objects.exists()


def test_an_import_is_one_fact(listed: None) -> None:
    event = Event.objects.get()
    assert event.name == "places.imported" and event.subject_uid == PlaceList.objects.get().uid
    assert event.payload == {"file_digest": "d" * 64, "added": 6, "changed": 0}


def test_an_import_told_again_changes_nothing(listed: None) -> None:
    summary = import_places(PLACES, actor="user:x")
    assert (summary.added, summary.changed, summary.same) == (0, 0, 6)
    assert Event.objects.count() == 1


def test_an_import_changes_the_place_of_the_same_name_nearby(listed: None) -> None:
    moved = PlaceDraft("五一广场", 26.0737, 119.3036, "May First Square", aliases=("五一",))
    other = PlaceDraft("西湖公园", 30.25, 120.14)
    summary = import_places([moved, other], actor="user:x")
    assert (summary.added, summary.changed) == (1, 1)
    assert names("May First")[0] == "五一广场" and names("五一")[0] == "五一广场"
    assert NamedPlace.objects.filter(name_zh="西湖公园").count() == 2


def test_an_import_is_all_or_nothing(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        import_places([PLACES[0], PlaceDraft("月球", 260, 119)], actor="user:x")
    assert "月球" in str(refused.value.message) and not NamedPlace.objects.exists()


def test_a_dry_run_writes_nothing(db: None) -> None:
    assert import_places(PLACES, actor="user:x", dry_run=True).added == 6
    assert not NamedPlace.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("西湖公园", "西湖公园"),
        ("西湖", "西湖公园"),
        ("五一广场南侧公厕旁边", "五一广场"),
        ("南后街", "三坊七巷"),
        ("west lake", "西湖公园"),
        ("HOT SPRING", "温泉公园"),
        ("wes", "西湖公园"),
        ("泉", "温泉公园"),
        ("𠮷祥巷", "𠮷祥巷"),
        ("𠮷", "𠮷祥巷"),
    ],
)
def test_it_finds_the_place_meant(listed: None, text: str, first: str) -> None:
    assert names(text)[0] == first


def test_a_common_word_does_not_bury_the_place_meant(listed: None) -> None:
    assert names("西湖公园") == ["西湖公园"]
    assert set(names("公园")) == {"西湖公园", "左海公园", "温泉公园"}
    assert len(names("公园", limit=2)) == 2


@pytest.mark.parametrize("text", ["", "  ", "火星", "%", "_", "'; drop table", "\x00", "🏮"])
def test_it_finds_nothing_in_nonsense(listed: None, text: str) -> None:
    assert names(text) == []


def test_it_says_in_which_area_a_place_lies(listed: None) -> None:
    area = AreaFactory.create(shape=box(119.28, 26.09, 119.29, 26.10))
    found = search_places("西湖")[0]
    assert found.area is not None and found.area.id == area.pk
    assert search_places("温泉")[0].area is None


def test_it_finds_the_nearest_place(listed: None) -> None:
    found = nearest_place(26.0738, 119.3035)
    assert found is not None and found.name_zh == "五一广场"
    assert found.distance_m == pytest.approx(33, abs=1)
    assert nearest_place(26.2, 119.3) is None
