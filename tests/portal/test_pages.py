"""The front door, places by name, borders, robots."""

import pytest
from django.test import Client

from gulou.catalogue.operations import describe_imprint
from gulou.places import current as areas
from gulou.places.models import NamedPlace
from gulou.ui.guards import rule_of
from tests.conftest import Cast, Kinds
from tests.portal.conftest import text_of


def test_every_page_here_is_for_everybody() -> None:
    from gulou.portal.urls import urlpatterns

    assert {rule_of(pattern.callback) for pattern in urlpatterns} == {"public"}


def test_the_front_door_says_what_this_is(
    client: Client, cast: Cast, kinds: Kinds, channels: None
) -> None:
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Area D" in text_of(answer)
    assert page.count("button-primary") == 1
    assert 'href="tel:119"' in page
    assert "12388" in page
    assert f"/report/?category={kinds.rubbish.pk}" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/report/", "/track/", "/map/areas.json", "/robots.txt"])
def test_the_door_opens_before_a_district_is_loaded(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_place_is_found_by_name(client: Client, park: NamedPlace) -> None:
    answer = client.get("/report/places", {"q": "西湖"}, headers={"accept-language": "zh"})
    assert answer.json() == {
        "places": [{"name": "西湖公园", "area": "W1区域", "lat": park.lat, "lon": park.lon}]
    }


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "%", "_", "'; --", "𠮷", "😀" * 500, "‮x", "乌有之乡"]
)
def test_a_place_that_nobody_knows_is_an_empty_list(
    client: Client, park: NamedPlace, text: str
) -> None:
    answer = client.get("/report/places", {"q": text})
    assert answer.status_code == 200
    assert answer.json() == {"places": []}


def test_borders_are_sent_once(client: Client, cast: Cast) -> None:
    areas.touch()
    first = client.get("/map/areas.json")
    assert {f["properties"]["level"] for f in first.json()["features"]} == {
        "district", "street", "community"
    }  # fmt: skip
    again = client.get("/map/areas.json", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_robots_keep_away_from_what_belongs_to_one_person(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /t/", "Disallow: /desk/", "Disallow: /report/photos/"} <= set(lines)


def test_the_sign_in_carries_the_name_of_the_office_not_the_host(
    client: Client, cast: Cast
) -> None:
    describe_imprint({"name_zh": "榕楼随手拍", "name_en": "Ronglou Snap"}, by="system")
    page = client.get("/accounts/login/?next=/desk/").text
    assert "Ronglou Snap</title>" in page.replace("\n", "")
    assert "<span>testserver</span>" not in page
