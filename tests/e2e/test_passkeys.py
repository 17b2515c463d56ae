"""A passkey is added and signs in, with Chromium's own virtual authenticator."""

from typing import Any

from django.urls import reverse

from gulou.outbox.models import Event
from gulou.people.models import User
from tests.browser import in_browser
from tests.conftest import Cast
from tests.e2e.conftest import Open

pytestmark = in_browser

DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
          "hasUserVerification": True, "isUserVerified": True,
          "automaticPresenceSimulation": True}  # fmt: skip


def test_a_passkey_is_added_and_signs_in_alone(
    cast: Cast, open_as: Open, clean_cache: None, live_server: Any
) -> None:
    home = live_server.url.replace("127.0.0.1", "localhost")
    page = open_as(cast.lin, "/ui/none")
    cookies = page.context.cookies()
    page.context.add_cookies([{**c, "domain": "localhost"} for c in cookies])
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(home + reverse("mfa_add_webauthn"))
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))
    page.goto(home + reverse("mfa_list_webauthn"))
    assert "Chrome on Linux" in page.inner_text("main")
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name of this device").fill("The one at the window")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**" + reverse("mfa_list_webauthn"))
    assert "The one at the window" in page.inner_text("main")
    page.context.clear_cookies()
    page.goto(home + reverse("account_login"))
    page.locator("[data-controller=passkey] button").click()
    page.wait_for_url("**/desk/")
    signed_in = Event.objects.get(name="person.signed_in")
    assert signed_in.payload["method"] == "passkey"
    assert signed_in.subject_uid == User.objects.get(username="lin").uid
