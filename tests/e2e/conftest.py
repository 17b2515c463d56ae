"""What the tests of whole pages share: the browser, and a page that is opened as somebody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from gulou.catalogue import current as catalogue
from gulou.kit import clock
from gulou.people.adapter import SEEN_AT, SIGNED_IN_AT
from gulou.people.models import User
from gulou.places import current as areas
from tests.browser import PATIENCE_MS
from tests.browser import chromium as chromium
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST

Open = Callable[..., Any]
BACKEND = "gulou.people.backend.Backend"


@pytest.fixture
def contexts(chromium: Any) -> Iterator[list[Any]]:
    """The windows of a test; whoever opens one puts it here, and it is closed at the end."""
    opened: list[Any] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def open_as(chromium: Any, contexts: list[Any], live_server: Any) -> Open:
    """Open a page as somebody who is signed in; the answer is Playwright's page."""

    def open_page(
        user: User, path: str, *, width: int = 1440, height: int = 900, english: bool = True,
        dark: bool = False, js: bool = True,
    ) -> Any:  # fmt: skip
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=js,
            color_scheme="dark" if dark else "light", reduced_motion="reduce",
            locale="en-GB" if english else "zh-CN",
        )  # fmt: skip
        contexts.append(context)
        values = {"sessionid": session_of(user),
                  "django_language": "en" if english else "zh-hans"}  # fmt: skip
        context.add_cookies([
            {"name": name, "value": value, "url": live_server.url}
            for name, value in values.items()
        ])  # fmt: skip
        return _page(context, live_server.url + path)

    return open_page


@pytest.fixture
def on_phone(
    chromium: Any,
    contexts: list[Any],
    live_server: Any,
    clean_cache: None,
    cast: Cast,
    kinds: Kinds,
) -> Open:
    """Open an address on a phone that stands in the western street; gives Playwright's page."""
    touch_kept()
    lat, lon = IN_WEST

    def open_page(path: str, *, located: bool = True, **look: Any) -> Any:
        asked: dict[str, Any] = {
            "viewport": {"width": 390, "height": 844}, "locale": "en-GB", "has_touch": True,
            "reduced_motion": "reduce", **look,
        }  # fmt: skip
        if located:
            asked["geolocation"] = {"latitude": lat, "longitude": lon, "accuracy": 20}
            asked["permissions"] = ["geolocation"]
        context = chromium.new_context(**asked)
        contexts.append(context)
        return _page(context, live_server.url + path)

    return open_page


def touch_kept() -> None:
    """Let the server's own memory of areas and categories be read again."""
    with transaction.atomic():
        areas.touch()
        catalogue.touch()


def session_of(user: User) -> str:
    """The key of a session in which somebody has just signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[SEEN_AT] = session[SIGNED_IN_AT] = clock.now().timestamp()
    session.save()
    return str(client.cookies["sessionid"].value)


def _page(context: Any, address: str) -> Any:
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    return page
