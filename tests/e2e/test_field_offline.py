"""The phone app without a network: opened cold, a problem snapped, a case handled and rechecked; then
all of it arrives."""

from datetime import timedelta
from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.models import Case, CasePhoto, PhotoKind, Report
from gulou.cases.states import State
from gulou.kit import clock
from gulou.outbox.deliver import deliver_all
from tests.browser import in_browser, jpeg_file, violations
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case
from tests.factories.photos import make_jpeg

from .conftest import Open, touch_kept

pytestmark = in_browser
PATIENCE_MS = 30_000


@pytest.fixture
def phone_of(open_as: Open, clean_cache: None) -> Any:
    """The app on somebody's phone, ready for the street; the answer is Playwright's page."""
    lat, lon = IN_WEST

    def open_app(user: Any) -> Any:
        page = open_as(user, "/field/tasks", width=390, height=844)
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 12})
        page.locator(".task-row").first.wait_for()
        page.evaluate("navigator.serviceWorker.ready")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        return page

    return open_app


def snap(page: Any) -> None:
    """Take a photo with the phone's own camera, as where there is no live picture."""
    page.locator("input[capture]").last.set_input_files(jpeg_file(make_jpeg()))
    page.locator(".photo-strip img").last.wait_for()


def test_what_was_done_offline_arrives(
    cast: Cast, kinds: Kinds, phone_of: Any, live_server: Any
) -> None:
    touch_kept()
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    page = phone_of(cast.lin)
    phone = page.context
    phone.set_offline(True)
    page.close()
    page = phone.new_page()
    page.goto(f"{live_server.url}/field/")
    page.get_by_role("button", name="Start, then allow").click()
    snap(page)
    page.locator(".kinds [role=radio]").first.click()
    page.get_by_label("In a few words").fill("Rubbish by the wall")
    assert violations(page) == []
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Tasks").click()
    page.locator(".task-row").click()
    page.get_by_role("button", name="Handled").click()
    snap(page.locator("dialog"))
    page.get_by_label("What was done").fill("Cleared")
    page.locator("dialog").get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Outbox").click()
    page.get_by_text("Waiting for the network").nth(1).wait_for()
    assert not Report.objects.filter(channel="field").exists()
    page.context.set_offline(False)
    page.get_by_text("Everything has gone out").wait_for(timeout=PATIENCE_MS)
    assert Report.objects.filter(channel="field").count() == 1
    case.refresh_from_db()
    assert case.state == State.HANDLED
    assert CasePhoto.objects.filter(case=case, kind=PhotoKind.AFTER).count() == 1
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_all()  # The lot says who rechecks.
    case.refresh_from_db()
    assert case.step_person is not None
    recheck_offline(phone_of(case.step_person), case)


def recheck_offline(page: Any, case: Case) -> None:
    page.context.set_offline(True)
    page.locator(".task-row").first.click()
    page.get_by_role("button", name="Pass").click()
    page.locator("dialog").get_by_role("button", name="Send").click()
    page.context.set_offline(False)
    page.get_by_role("link", name="Outbox").click()
    page.get_by_text("Everything has gone out").wait_for(timeout=PATIENCE_MS)
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_a_task_that_was_reassigned_meanwhile_says_so_and_the_photos_stay(
    cast: Cast, kinds: Kinds, phone_of: Any
) -> None:
    touch_kept()
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    page = phone_of(cast.lin)
    page.context.set_offline(True)
    page.locator(".task-row").click()
    page.get_by_role("button", name="Handled").click()
    snap(page.locator("dialog"))
    page.get_by_label("What was done").fill("Cleared")
    page.locator("dialog").get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Outbox").click()
    page.get_by_text("Waiting for the network").wait_for()
    operations.dispatch_case(case, by=cast.guo, unit_id=cast.department.pk, words="改派")
    page.context.set_offline(False)
    page.get_by_text("This task is no longer yours.").wait_for(timeout=PATIENCE_MS)
    page.reload()
    item = page.locator(".item")
    item.get_by_text("Something changed").wait_for()
    assert item.get_by_text("Your words and photos are still here.").is_visible()
    assert item.get_by_text("Cleared").is_visible()
    shown = item.locator(".photo-strip img").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    assert shown > 0
    assert violations(page) == []
    case.refresh_from_db()
    assert (case.state, case.step_unit) == (State.DISPATCHED, cast.department)
    assert not CasePhoto.objects.filter(case=case, kind=PhotoKind.AFTER).exists()
