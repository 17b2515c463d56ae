"""The way past some places, and where the app may stand in a frame."""

from dataclasses import replace
from typing import Any

from django.test import Client

from tests.conftest import Cast

from .phones import a_phone, send

ROUTE = "/field/api/route"


def stops(*lons: float) -> list[dict[str, Any]]:
    return [{"id": f"at {lon}", "lat": 26.08, "lon": lon} for lon in lons]


def test_the_way_is_the_shortest_from_where_one_stands(cast: Cast) -> None:
    going = {"lat": 26.08, "lon": 119.290, "stops": stops(119.295, 119.291, 119.300, 119.293)}
    found = send(a_phone(cast.lin), ROUTE, going).json()
    assert found["order"] == ["at 119.291", "at 119.293", "at 119.295", "at 119.3"]
    assert 990 < found["metres"] < 1010


def test_it_is_for_staff_and_has_an_end(cast: Cast) -> None:
    going = {"lat": 26.08, "lon": 119.29, "stops": stops(119.295)}
    assert send(a_phone(), ROUTE, going).status_code == 401
    assert send(a_phone(cast.lin), ROUTE, going).json()["order"] == ["at 119.295"]
    too_many = going | {"stops": stops(*(119.2 + n / 1000 for n in range(61)))}
    assert send(a_phone(cast.lin), ROUTE, too_many).status_code == 422


def test_only_named_platforms_may_frame_the_app_and_nothing_else(cast: Cast, settings: Any) -> None:
    settings.GULOU = replace(settings.GULOU, field_embedders=("https://city.example",))
    answer = Client().get("/field/")
    assert "frame-ancestors 'self' https://city.example" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    for address in ("/", "/accounts/login/", "/field/api/me"):
        other = Client().get(address)
        assert other["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
