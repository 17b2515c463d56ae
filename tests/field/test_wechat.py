"""The place from WeChat: what its own interface wants to see of a page, where the office uses it."""

import hashlib
from typing import Any

import pytest
from django.test import Client

from gulou.kit.errors import Invalid
from gulou.people.models import User
from gulou.providers import page_tools
from tests.conftest import Cast
from tests.notices.conftest import admin as admin
from tests.providers.conftest import far as far
from tests.providers.test_account import use_account
from tests.providers.weixin import APP_SECRET, APPID, Weixin

from .phones import ME, a_phone

WECHAT, PAGE = "/field/api/wechat", "http://testserver/field/?from=chat"


@pytest.fixture(autouse=True)
def anew() -> None:
    page_tools.forget()


@pytest.fixture
def phone(cast: Cast) -> Client:
    return a_phone()


@pytest.fixture
def used(far: Weixin, admin: User) -> Weixin:
    use_account(admin, app_secret=APP_SECRET, page_tools=True)
    return far


def asked(phone: Client, url: str = PAGE) -> Any:
    return phone.get(WECHAT, {"url": url})


def test_a_page_is_signed_as_wechat_reckons(used: Weixin, phone: Client) -> None:
    assert phone.get(ME).json()["gcj02_key"] == APPID
    one = asked(phone).json()
    text = f"jsapi_ticket=ticket-1&noncestr={one['nonce']}&timestamp={one['timestamp']}&url={PAGE}"
    assert one["signature"] == hashlib.sha1(text.encode()).hexdigest()
    assert one["appid"] == APPID
    assert asked(phone).json()["nonce"] != one["nonce"]
    assert used.tickets == 1, "the ticket is kept"


def test_the_page_may_load_the_script_of_wechat_then_and_not_before(
    far: Weixin, admin: User, phone: Client
) -> None:
    policy = "Content-Security-Policy"
    assert page_tools.SCRIPT not in phone.get("/field/")[policy]
    use_account(admin, app_secret=APP_SECRET, page_tools=True)
    assert page_tools.SCRIPT in phone.get("/field/")[policy]


@pytest.mark.parametrize("url", [
    "http://elsewhere.example/field/", "http://testserver/desk/", "http://testserver/field/#x", "",
])  # fmt: skip
def test_only_addresses_of_the_app_are_signed(used: Weixin, phone: Client, url: str) -> None:
    assert asked(phone, url).status_code == 422
    assert used.tickets == 0


def test_without_keys_nobody_is_asked(far: Weixin, phone: Client) -> None:
    assert phone.get(ME).json()["gcj02_key"] is None
    assert asked(phone).status_code == 404
    assert far.fetched == 0


def test_it_is_not_used_without_the_secret(far: Weixin, admin: User) -> None:
    with pytest.raises(Invalid):
        use_account(admin, page_tools=True)


def test_trouble_is_not_asked_for_again_and_again(used: Weixin, phone: Client) -> None:
    used.mood = "garbage"
    assert asked(phone).status_code == 404
    used.mood = ""
    assert asked(phone).status_code == 404
    assert used.fetched == 0
    page_tools.forget()
    assert asked(phone).status_code == 200
