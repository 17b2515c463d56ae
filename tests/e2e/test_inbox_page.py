"""The inbox in a real browser: told, opened, chosen; and what its worker shows on a device."""

import json
from dataclasses import replace
from typing import Any

from django.db import transaction

from gulou.cases.states import State
from gulou.notices import inbox
from tests.browser import in_browser, violations
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import Open
from tests.factories.cases import a_case
from tests.notices.test_telling import tell_of

pytestmark = in_browser

_WORKERS = (
    """async () => (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope)"""
)
_SHOWN = """async () => {
  const worker = await navigator.serviceWorker.getRegistration("/desk/inbox/worker/");
  return (await worker.getNotifications()).map((one) => [one.title, one.data.url]);
}"""
_REGISTER = """async () => {
  const scope = "/desk/inbox/worker/";
  const made = await navigator.serviceWorker.register("/desk/inbox/worker.js", { scope });
  while (!made.active) await new Promise((done) => setTimeout(done, 50));
}"""


def test_what_is_told_is_read_chosen_and_shown_on_a_device_until_one_signs_out(
    cast: Cast, kinds: Kinds, open_as: Open, settings: Any
) -> None:
    settings.GULOU = replace(
        settings.GULOU, push_services=("push.example",), email_url="smtp://mail.example.org"
    )
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    with transaction.atomic():
        tell_of(case, cast.lin)
    page = open_as(cast.lin, "/desk/inbox/", width=390)
    assert page.locator(".bar-inbox .count").inner_text() == "1" and violations(page) == []
    page.locator(".told a.row-title").click()
    page.wait_for_url(f"**/desk/cases/{case.number}/")
    assert page.locator(".bar-inbox .count").count() == 0 and inbox.unread_count(cast.lin) == 0

    page.goto(page.url.split("/desk/")[0] + "/desk/inbox/settings/")
    assert violations(page) == []
    page.locator("select[name=asked-mail]").select_option("week")
    page.locator("button.button-primary").click()
    page.wait_for_load_state()
    assert page.locator("select[name=asked-mail]").input_value() == "week"

    assert page.locator("form[data-controller=notify]").is_visible()
    page.context.grant_permissions(["notifications"])
    tools = page.context.new_cdp_session(page)
    told: list[Any] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda news: told.append(news))
    tools.send("ServiceWorker.enable")
    page.evaluate(_REGISTER)
    base = page.url.split("/desk/")[0]
    worker = next(one for news in told for one in news["registrations"])
    tools.send("ServiceWorker.deliverPushMessage", {
        "origin": base, "registrationId": worker["registrationId"],
        "data": json.dumps({"title": "案卷", "url": f"{base}/desk/", "tag": "1"}),
    })  # fmt: skip
    page.wait_for_function(f"async () => (await ({_SHOWN})()).length > 0")
    assert page.evaluate(_SHOWN) == [["案卷", f"{base}/desk/"]]
    assert page.evaluate("navigator.serviceWorker.controller") is None, "it sees no page"

    page.locator("summary.who").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{base}/")
    page.wait_for_function(f"async () => (await ({_WORKERS})()).length === 0")
