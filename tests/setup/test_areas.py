"""The pages of areas: names, what uses them, retiring, history and undo."""

from typing import Any

from django.test import Client

from gulou.outbox.models import Event
from gulou.places.models import Area
from gulou.places.queries import area_refs, people_of_areas
from tests.conftest import Cast
from tests.factories.catalogue import RuleFactory


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_every_page_opens_for_who_may_and_for_nobody_else(
    cast: Cast, keeper: Client, as_user: Any
) -> None:
    lin, west = as_user(cast.lin), cast.land.west.pk
    for address in ("", "?show=all", "history/", f"{west}/", f"{west}/history/"):
        assert keeper.get(f"/setup/areas/{address}").status_code == 200, address
        assert lin.get(f"/setup/areas/{address}").status_code == 403, address
    assert keeper.get("/setup/areas/0/").status_code == 404


def test_an_area_is_renamed_and_the_history_takes_it_back(cast: Cast, keeper: Client) -> None:
    west = cast.land.west
    page = f"/setup/areas/{west.pk}/"
    keeper.post(page, {"name_zh": "西街街道", "name_en": "West Street"})
    assert area_refs()[west.pk].name_en == "West Street"
    event = Event.objects.get(name="area.described")
    assert event.payload["before"] == {"name_zh": west.name_zh, "name_en": west.name_en}
    assert f"/setup/undo/places/{event.pk}/" in text(keeper.get(f"{page}history/"))
    keeper.post(f"/setup/undo/places/{event.pk}/")
    assert area_refs()[west.pk].name_en == west.name_en
    keeper.post(f"/setup/undo/places/{event.pk}/")
    assert Event.objects.filter(name="area.described").count() == 2


def test_an_area_in_use_stays_and_says_by_what(cast: Cast, keeper: Client) -> None:
    community = cast.land.communities[0]
    rule = RuleFactory.create(area=community, unit=cast.department)
    answer = keeper.post(f"/setup/areas/{community.pk}/switch/")
    assert answer.status_code == 409
    assert cast.community.name_en in text(answer)
    assert f"rule {rule.pk}" in text(answer)
    assert Area.objects.get(pk=community.pk).active


def test_an_area_that_nothing_uses_is_retired_and_comes_back(cast: Cast, keeper: Client) -> None:
    free = cast.land.communities[3]
    keeper.post(f"/setup/areas/{free.pk}/switch/")
    assert free.pk not in area_refs()
    keeper.post(f"/setup/areas/{free.pk}/switch/")
    assert free.pk in area_refs()
    retired = Event.objects.get(name="area.retired")
    keeper.post(f"/setup/undo/places/{retired.pk}/")
    assert free.pk in area_refs(), "it was brought back already"


def test_nobody_else_renames_or_takes_back(cast: Cast, keeper: Client, as_user: Any) -> None:
    west = cast.land.west
    keeper.post(f"/setup/areas/{west.pk}/", {"name_zh": "西街", "name_en": ""})
    event, lin = Event.objects.get(name="area.described"), as_user(cast.lin)
    assert lin.post(f"/setup/areas/{west.pk}/", {"name_zh": "东街"}).status_code == 403
    assert lin.post(f"/setup/undo/places/{event.pk}/").status_code == 403
    assert area_refs()[west.pk].name_zh == "西街"


def test_it_is_said_how_many_people_live_there(cast: Cast, keeper: Client) -> None:
    west = cast.land.west
    page = f"/setup/areas/{west.pk}/"
    said = {"name_zh": west.name_zh, "name_en": west.name_en, "population": "12680"}
    answer = keeper.post(page, said)
    assert answer.status_code == 422
    assert "12680" in text(answer)
    keeper.post(page, {**said, "population_year": "2020", "population_source": "人口普查"})
    assert people_of_areas()[west.pk].number == 12_680
