"""Maps in a real browser: what they say of their borders, and the base map that may be missing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from gulou.config.policy import content_policy
from tests.browser import chromium as chromium
from tests.browser import in_browser

pytestmark = in_browser

# Nobody listens at this port.
STYLE = "http://127.0.0.1:9/style.json"
BROKEN = {"version": 8, "sources": {}, "layers": [{"id": "x", "type": "nonsense"}]}
EMPTY = {"version": 8, "sources": {}, "layers": [{"id": "ground", "type": "background"}]}
ANSWERS: dict[str, Callable[[Any], Any]] = {
    "unreachable": lambda route: route.continue_(),
    "not found": lambda route: route.fulfill(status=404, body="no"),
    "no JSON": lambda route: route.fulfill(body="<html>"),
    "no style": lambda route: route.fulfill(json={"version": 8}),
    "a broken style": lambda route: route.fulfill(json=BROKEN),
    "a style": lambda route: route.fulfill(json=EMPTY),
}


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 390, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("answer", ANSWERS)
def test_ours_is_drawn_whatever_becomes_of_the_base_map(
    page: Any, live_server: Any, settings: Any, answer: str
) -> None:
    settings.GULOU = replace(settings.GULOU, base_map_style=STYLE, demo=True)
    settings.CONTENT_SECURITY_POLICY = content_policy(STYLE)
    asked: list[str] = []
    cors = {"access-control-allow-origin": "*"}

    def answered(route: Any) -> None:
        asked.append(route.request.url)
        fulfil = route.fulfill
        route.fulfill = lambda **given: fulfil(headers=cors, **given)
        ANSWERS[answer](route)

    page.route(STYLE, answered)
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("[data-controller=pin][data-ready]", timeout=30_000)
    assert asked[0] == STYLE
    page.locator("[data-controller=map]").first.scroll_into_view_if_needed()
    page.wait_for_selector("[data-controller=map][data-ready]", timeout=30_000)


@pytest.mark.parametrize("demo", [True, False])
def test_a_map_says_under_itself_that_its_borders_are_a_sketch(
    page: Any, live_server: Any, settings: Any, demo: bool
) -> None:
    settings.DEBUG = True
    settings.GULOU = replace(settings.GULOU, demo=demo)
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("[data-controller=pin][data-ready]", timeout=30_000)
    said = page.locator(".pin-field .map-caption")
    assert said.is_visible()
    assert said.inner_text() == "Sketch, not official borders"


def test_official_borders_name_their_review(page: Any, live_server: Any, settings: Any) -> None:
    settings.GULOU = replace(settings.GULOU, demo=True)
    square = [[[119.2, 26.0], [119.4, 26.0], [119.4, 26.2], [119.2, 26.2], [119.2, 26.0]]]
    area = {
        "type": "Feature", "geometry": {"type": "Polygon", "coordinates": square},
        "properties": {"level": "district", "official": True, "review_number": "GS(2026)1"},
    }  # fmt: skip
    page.route(
        "**/sample-areas.json",
        lambda route: route.fulfill(json={"type": "FeatureCollection", "features": [area]}),
    )
    page.goto(f"{live_server.url}/ui/")
    page.wait_for_selector("[data-controller=pin][data-ready]", timeout=30_000)
    assert page.locator(".pin-field .map-caption").inner_text() == "Map review GS(2026)1"
