"""The pages of named places and of levels: adding, changing, retiring, taking back."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from gulou.kit.errors import Invalid, Refusal
from gulou.outbox.models import Event
from gulou.places import queries as places
from gulou.places.models import Level, NamedPlace
from gulou.places.operations import PlaceDraft, add_named_place, import_places, set_level
from tests.conftest import Cast

PARK = {"name_zh": "温泉公园", "name_en": "Hot Spring Park", "aliases": "温泉, 泉园", "kind": "park",
        "lat": "26.09", "lon": "119.3"}  # fmt: skip


def text(answer: Any) -> str:
    return str(answer.content.decode())


def found(words: str) -> list[str]:
    return [one.name_zh for one in places.search_places(words)]


@pytest.fixture
def park(cast: Cast) -> NamedPlace:
    return add_named_place("西湖公园", lat=26.09, lon=119.29, actor="system", aliases=["西湖"])


def take_back(client: Client, name: str) -> Any:
    event = Event.objects.filter(name=name).latest("id")
    return client.post(f"/setup/undo/places/{event.pk}/")


def test_every_page_opens_for_who_may_and_for_nobody_else(
    cast: Cast, keeper: Client, as_user: Any, park: NamedPlace
) -> None:
    lin = as_user(cast.lin)
    for address in (
        "places/", "places/?q=西湖", "places/?show=retired&page=2", "places/?page=x", "places/new/",
        "places/history/", f"places/{park.pk}/", f"places/{park.pk}/history/", "levels/",
        "levels/new/", "levels/history/", "levels/street/", "levels/street/history/",
    ):  # fmt: skip
        assert keeper.get(f"/setup/{address}").status_code == 200, address
        assert lin.get(f"/setup/{address}").status_code == 403, address
    for address in ("places/0/", "levels/moon/"):
        assert keeper.get(f"/setup/{address}").status_code == 404, address
    for address in (f"places/{park.pk}/", f"places/{park.pk}/switch/", "levels/street/switch/"):
        assert lin.post(f"/setup/{address}", PARK).status_code == 403, address


def test_a_place_is_added_and_found_and_taken_back(cast: Cast, keeper: Client) -> None:
    assert keeper.post("/setup/places/new/", PARK).status_code == 302
    assert found("泉园") == ["温泉公园"]
    take_back(keeper, "place.added")
    assert found("泉园") == []


def test_without_a_pin_what_was_typed_stays(cast: Cast, keeper: Client) -> None:
    answer = keeper.post("/setup/places/new/", {**PARK, "lat": ""})
    assert answer.status_code == 422 and "Hot Spring Park" in text(answer)
    assert "Put the pin where the place is." in text(answer)


def test_a_place_is_moved_and_renamed_and_the_history_takes_it_back(
    keeper: Client, park: NamedPlace
) -> None:
    keeper.post(f"/setup/places/{park.pk}/", {**PARK, "name_zh": "西湖", "lat": "26.1"})
    now = NamedPlace.objects.get(pk=park.pk)
    assert (now.name_zh, now.lat, now.cell != park.cell) == ("西湖", 26.1, True)
    assert found("温泉") == ["西湖"] and places.nearest_place(26.1, 119.3) is not None
    seen = text(keeper.get(f"/setup/places/{park.pk}/history/"))
    assert "<del>西湖公园</del>" in seen and "Moved on the map" in seen
    take_back(keeper, "place.changed")
    back = NamedPlace.objects.get(pk=park.pk)
    assert (back.name_zh, back.lat, back.cell, back.aliases) == (
        "西湖公园",
        26.09,
        park.cell,
        ["西湖"],
    )
    assert found("温泉") == []


def test_taken_back_a_place_lies_where_its_own_system_put_it(cast: Cast, keeper: Client) -> None:
    given = add_named_place("左海", lat=26.09, lon=119.29, actor="system", system="gcj02")
    keeper.post(f"/setup/places/{given.pk}/", {**PARK, "lat": "26.1"})
    assert NamedPlace.objects.get(pk=given.pk).source_system == "wgs84"
    take_back(keeper, "place.changed")
    back = NamedPlace.objects.get(pk=given.pk)
    assert (back.lat, back.lon, back.source_system) == (given.lat, given.lon, "gcj02")


def test_the_same_again_is_no_change(keeper: Client, park: NamedPlace) -> None:
    form = {"name_zh": "西湖公园", "aliases": "西湖", "lat": "26.09", "lon": "119.29"}
    keeper.post(f"/setup/places/{park.pk}/", form)
    assert not Event.objects.filter(name="place.changed").exists()


def test_a_retired_place_is_not_found_and_no_list_brings_it_back(
    keeper: Client, park: NamedPlace
) -> None:
    keeper.post(f"/setup/places/{park.pk}/switch/")
    assert found("西湖") == [] and places.nearest_place(26.09, 119.29) is None
    assert "西湖公园" in text(keeper.get("/setup/places/?show=retired&q=西湖"))
    told = import_places([PlaceDraft("西湖公园", 26.09, 119.29, "West Lake")], actor="system")
    assert (told.added, told.changed, told.same) == (0, 0, 1)
    assert found("西湖") == []
    take_back(keeper, "place.retired")
    assert found("西湖") == ["西湖公园"]
    *_before, refused = get_messages(take_back(keeper, "place.retired").wsgi_request)
    assert refused.level_tag == "error"
    assert NamedPlace.objects.get(pk=park.pk).active, "it was taken back already"


def test_the_list_pages_and_searches(cast: Cast, keeper: Client) -> None:
    drafts = [PlaceDraft(f"巷{n:03}", 26.08, 119.29 + n / 100) for n in range(60)]
    import_places(drafts, actor="system")
    first, second = (text(keeper.get(f"/setup/places/?page={n}")) for n in (1, 2))
    assert "巷000" in first and "巷059" not in first and "60 places" in first
    assert "巷059" in second and "page=1" in second
    only = text(keeper.get("/setup/places/?q=巷007"))
    assert "巷007" in only and "巷008" not in only


WARD = {"code": "ward", "name_zh": "片区", "name_en": "Ward", "rank": 4, "overlapping": "on"}


def test_a_level_is_added_changed_retired_and_all_is_taken_back(cast: Cast, keeper: Client) -> None:
    assert keeper.post("/setup/levels/new/", WARD).status_code == 302
    assert keeper.post("/setup/levels/new/", WARD).status_code == 422, "its code is taken"
    keeper.post("/setup/levels/ward/", {**WARD, "name_en": "Round"})
    level = Level.objects.get(code="ward")
    assert (level.name_en, level.overlapping) == ("Round", True)
    take_back(keeper, "level.set")
    assert Level.objects.get(code="ward").name_en == "Ward"
    keeper.post("/setup/levels/ward/switch/")
    assert not Level.objects.get(code="ward").active
    take_back(keeper, "level.set")
    assert Level.objects.get(code="ward").active
    added = Event.objects.filter(name="level.set", payload__code="ward").earliest("id")
    assert f"/setup/undo/places/{added.pk}/" in text(keeper.get("/setup/levels/ward/history/"))
    keeper.post(f"/setup/undo/places/{added.pk}/")
    assert not Level.objects.get(code="ward").active


def test_a_level_in_use_says_by_how_much_and_stays(cast: Cast, keeper: Client) -> None:
    page = text(keeper.get("/setup/levels/street/"))
    assert "Areas in use" in page and ">2<" in page
    assert keeper.post("/setup/levels/street/switch/").status_code == 409
    now: dict[str, Any] = {"name_zh": "街镇", "name_en": "Street", "actor": "system"}
    with pytest.raises(Invalid, match="out_of_order"):
        set_level("street", rank=5, **now)
    with pytest.raises(Invalid, match="has_areas"):
        set_level("street", rank=1, overlapping=True, **now)
    set_level("own", rank=7, **now)
    assert set_level("own", rank=7, **now, active=False).active is False
    with pytest.raises(Refusal, match="standard"):
        set_level("grid", rank=3, **now)
        set_level("grid", rank=3, **now, active=False)
