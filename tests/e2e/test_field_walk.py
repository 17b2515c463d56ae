"""Five problems in a row on a walk: three taps each from the open camera to sent, no key pressed, and
the camera open again by itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from gulou.cases.models import CasePhoto, Report
from tests.browser import a_chromium, in_browser
from tests.factories.cases import IN_WEST

from .conftest import Open

pytestmark = in_browser
PROBLEMS, MOST_TAPS = 5, 3
# A camera that shows something that moves, so that no two photos are the same.
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# What a person does: what a script does to the page by itself is not trusted.
COUNT = """
  window.__done = {taps: 0, keys: 0};
  addEventListener("pointerdown", (one) => { if (one.isTrusted) __done.taps += 1; }, true);
  addEventListener("keydown", (one) => { if (one.isTrusted) __done.keys += 1; }, true);
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_chromium(*CAMERA) as browser:
        yield browser


def test_five_problems_in_a_row_take_three_taps_each(on_phone: Open) -> None:
    here = {"latitude": IN_WEST[0], "longitude": IN_WEST[1], "accuracy": 12}
    page = on_phone(
        "/field/", located=False, geolocation=here, permissions=["geolocation", "camera"]
    )
    page.evaluate(COUNT)
    page.get_by_role("button", name="Start, then allow").tap()
    needed = []
    for _ in range(PROBLEMS):
        page.locator(".camera:not(.camera-small) .shutter:enabled").wait_for()
        before = page.evaluate("__done.taps")
        page.locator(".shutter").tap()
        page.locator(".photo-strip img").wait_for()
        page.locator(".kinds [role=radio]").first.tap()
        page.locator(".kinds [aria-checked=true]").wait_for()
        page.get_by_role("button", name="Send").tap()
        page.locator(".photo-strip").wait_for(state="detached")
        needed.append(page.evaluate("__done.taps") - before)
    assert all(0 < taps <= MOST_TAPS for taps in needed), needed
    assert page.evaluate("__done.keys") == 0
    page.get_by_role("link", name="Outbox").tap()
    page.get_by_text("Everything has gone out").wait_for()
    reports = Report.objects.filter(channel="field")
    assert reports.count() == PROBLEMS
    photos = CasePhoto.objects.filter(report__in=reports).values_list("photo__sha256", flat=True)
    assert len(photos) == len(set(photos)) == PROBLEMS
