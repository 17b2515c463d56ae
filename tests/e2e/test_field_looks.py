"""The screens of the phone app as people with other eyes see them: axe finds nothing, nothing is cut
in the largest type on the narrowest phone, and what becomes of a report is said aloud."""

from typing import Any

import pytest

from gulou.cases.models import Report
from gulou.cases.states import State
from tests.browser import in_browser, jpeg_file, violations
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case
from tests.factories.photos import make_jpeg

from .conftest import Open, touch_kept

pytestmark = in_browser
SMALL = """() => { const least = 43.5 * Math.min(1, innerWidth / 360); return [...document.querySelectorAll("button, a.button, .tab-bar a, summary, label.on-camera")]
  .filter(one => one.checkVisibility() && !one.closest(".maplibregl-map, .skip"))
  .map(one => [one.getBoundingClientRect(), one.textContent.trim() || one.ariaLabel])
  .filter(([box]) => box.width && (box.height < least || box.width < least))
  .map(([box, name]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`) }"""
"""What a thumb would miss: less than 44 px, of those that are seen where the page is zoomed."""


STILL = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime !== Infinity).map(one => one.finished))"""
"""Colours that go over into each other are not what stands there in the end."""


def troubles(page: Any, screen: str) -> list[str]:
    """What is wrong with a screen."""
    page.evaluate(STILL)
    found = [*violations(page), *page.evaluate(SMALL)]
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wider > 0:
        found.append(f"{wider} wider than the phone")
    return [f"{screen}: {one}" for one in found]


@pytest.fixture
def opened(cast: Cast, kinds: Kinds, open_as: Open, clean_cache: None) -> Any:
    """The app of lin, who has a case to handle, on a phone that is set as asked."""

    def open_app(settings: str, **look: Any) -> Any:
        touch_kept()
        page = open_as(cast.lin, "/field/me", **look)
        lat, lon = IN_WEST
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 12})
        page.evaluate(f"localStorage.setItem('gulou-field-settings', '{settings}')")
        page.reload()
        return page

    return open_app


def go(page: Any, name: str) -> None:
    page.locator(f".tab-bar a[href$='{name}']").click()


def close(page: Any) -> None:
    """The sheet on top."""
    sheets = page.locator("dialog").count()
    page.locator("dialog .sheet-head button").last.click()
    page.locator("dialog").nth(sheets - 1).wait_for(state="detached")


def walk(page: Any) -> list[str]:
    """Through every screen; what is wrong with any."""
    page.locator(".segments").first.wait_for()
    found = troubles(page, "me")
    go(page, "/mine")
    page.locator(".blank, .task-row").first.wait_for()
    found += troubles(page, "mine")
    go(page, "/tasks")
    page.locator(".task-row").first.wait_for()
    found += troubles(page, "tasks")
    page.locator(".segments button").nth(2).click()
    page.locator(".task-number").first.wait_for()
    found += troubles(page, "round")
    page.locator(".task-row").first.click()
    page.locator(".thumb-bar .button-primary").wait_for()
    found += troubles(page, "task")
    page.locator(".thumb-bar .button-primary").click()
    page.locator("dialog .thumb-bar .button-primary:enabled").wait_for()
    found += troubles(page, "handle")
    close(page)
    page.locator(".task > .button-wide").click()
    found += troubles(page, "map apps")
    close(page)
    go(page, "/field/")
    page.locator(".camera-trouble").wait_for()
    found += troubles(page, "snap without a camera")
    page.locator("input[capture]").set_input_files(jpeg_file(make_jpeg()))
    page.locator(".photo-strip img").wait_for()
    page.locator(".thumb-bar .button-primary").click()
    page.locator("[role=alert]").wait_for()
    found += troubles(page, "snap")
    page.locator(".kinds > .choice-button").last.click()
    page.locator(".kind-class").first.wait_for()
    found += troubles(page, "kinds")
    close(page)
    page.locator(".photo-strip button").click()
    page.locator(".photo-whole").wait_for()
    found += troubles(page, "photo")
    page.locator("dialog .thumb-bar .button").first.click()
    page.locator(".draw-stage canvas").wait_for()
    found += troubles(page, "draw")
    close(page)
    close(page)
    page.get_by_text("Outbox", exact=True).click()
    page.locator(".item").first.wait_for()
    found += troubles(page, "outbox")
    return found


@pytest.mark.parametrize("look", ["normal", "huge", "sun", "zoomed"])
def test_every_screen_reads_well(look: str, opened: Any, cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    settings = {"huge": '"size":"huge"', "sun": '"look":"sun"'}.get(look, '"size":"normal"')
    width = {"huge": 360, "zoomed": 195}.get(look, 390)
    page = opened(f'{{"welcomed":true,{settings}}}', width=width, height=740, dark=look == "normal")
    assert walk(page) == []


def test_each_photo_has_a_place_of_its_own_and_what_arrives_is_said(
    opened: Any, cast: Cast, kinds: Kinds
) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    page = opened('{"welcomed":true}', width=390, height=844)
    go(page, "/field/")
    page.locator(".camera-trouble").wait_for()
    for n in range(2):
        page.locator("input[capture]").set_input_files(jpeg_file(make_jpeg(f"photo {n}")))
        page.locator(".photo-strip img").nth(n).wait_for()
    page.locator(".photo-strip button").nth(1).click()
    page.get_by_role("button", name="Place", exact=True).click()
    page.get_by_role("button", name="10 m north").click()
    page.get_by_role("button", name="It is here").click()
    page.get_by_text("pin placed by you").wait_for()
    close(page)
    assert page.locator(".place-button").inner_text().count("pin placed by you") == 0
    page.locator(".kinds [role=radio]").first.click()
    page.locator(".thumb-bar .button-primary").click()
    page.locator(".said[aria-live=polite]").get_by_text("Received").wait_for()
    assert Report.objects.filter(channel="field").count() == 1
