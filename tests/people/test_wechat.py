"""WeChat, played by a small server on this machine: linking comes first, then it signs in."""

import dataclasses
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from gulou.people import operations, queries
from gulou.people.models import User
from tests.conftest import Cast
from tests.desk.conftest import SignedIn
from tests.desk.conftest import as_user as as_user
from tests.people.conftest import Facts

pytestmark = pytest.mark.usefixtures("clean_cache")


class Edge(BaseHTTPRequestHandler):
    """Answers as WeChat does: the code that was scanned is the name of the account."""

    def do_GET(self) -> None:
        self._answer(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._answer(parse_qs(self.rfile.read(length).decode()))

    def _answer(self, asked: dict[str, list[str]]) -> None:
        openid = (asked.get("openid") or asked.get("code") or [""])[0]
        told = {"access_token": "t", "openid": openid, "expires_in": 7200, "nickname": "lin"}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture(autouse=True)
def _wechat(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.GULOU = dataclasses.replace(live.GULOU, wechat_app_id="wx1", wechat_secret="s")
    settings.SOCIALACCOUNT_PROVIDERS = {"weixin": {"APPS": [{"client_id": "wx1", "secret": "s"}]}}
    server = HTTPServer(("127.0.0.1", 0), Edge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(WeixinOAuth2Adapter, "access_token_url", f"{there}/token")
    monkeypatch.setattr(WeixinOAuth2Adapter, "profile_url", f"{there}/profile")
    yield
    server.shutdown()
    server.server_close()


def scan(client: Client, *, openid: str = "o-1", process: str = "login") -> Any:
    """Scan the code with this WeChat account and come back."""
    there = client.post(reverse("weixin_login") + f"?process={process}").context["address"]
    parts = urlsplit(there)
    asked = parse_qs(parts.query)
    assert (parts.netloc, asked["appid"]) == ("open.weixin.qq.com", ["wx1"])
    given = {"code": openid, "state": asked["state"][0]}
    return client.get(reverse("weixin_callback"), given, follow=True)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_who_has_not_linked_it_does_not_come_in(cast: Cast) -> None:
    client = Client()
    answer = scan(client)
    assert not is_in(client)
    assert answer.status_code == 403
    assert "not linked to anybody" in answer.text
    assert User.objects.filter(username="lin").count() == 1


def test_linked_while_signed_in_it_signs_in(cast: Cast, as_user: SignedIn, told: Facts) -> None:
    scan(as_user(cast.lin), process="connect")
    client = Client()
    scan(client)
    assert is_in(client)
    assert told(cast.lin)[-2:] == ["account.linked", "person.signed_in"]


def test_it_is_linked_to_one_person_only(cast: Cast, as_user: SignedIn) -> None:
    scan(as_user(cast.lin), process="connect")
    answer = scan(as_user(cast.zhao), process="connect")
    assert answer.status_code == 403
    client = Client()
    scan(client)
    assert client.session["_auth_user_id"] == str(cast.lin.pk)


def test_unlinked_it_opens_nothing(cast: Cast, as_user: SignedIn, told: Facts) -> None:
    owner = as_user(cast.lin)
    scan(owner, process="connect")
    owner.post(reverse("people_unlink_wechat"))
    client = Client()
    scan(client)
    assert not is_in(client)
    assert told(cast.lin)[-1] == "account.unlinked"


def test_a_lost_telephone_opens_nothing_by_its_wechat(
    cast: Cast, as_user: SignedIn, told: Facts
) -> None:
    owner = as_user(cast.lin)
    scan(owner, process="connect")
    operations.remove_second_factor(cast.lin, by=None)
    assert told(cast.lin)[-2:] == ["second_factor.removed", "account.unlinked"]
    client = Client()
    scan(client)
    assert not is_in(client)


def test_a_new_password_leaves_it_open_unless_the_office_closes_every_other_way(
    cast: Cast, as_user: SignedIn, told: Facts, boss: User
) -> None:
    owner = as_user(cast.lin)
    scan(owner, process="connect")
    Authenticator.objects.create(
        user=cast.lin, type=Authenticator.Type.WEBAUTHN, data={"name": "x"}
    )
    page = owner.get(reverse("account_change_password")).text
    assert "1 passkey" in page and "The linked WeChat account" in page
    office = as_user(boss)
    address = f"/setup/people/{cast.lin.uid}/password/"
    asked = office.get(address).text
    assert "1 passkey still signs them in" in asked and "WeChat account still signs" in asked
    office.post(address)
    assert queries.other_ways_in(cast.lin) == (1, True)
    office.post(address, {"only_way": "on"})
    assert queries.other_ways_in(cast.lin) == (0, False)
    assert {"second_factor.removed", "account.unlinked"} < set(told(cast.lin))
    assert "only_way" not in office.get(address).text


def test_without_its_keys_it_is_not_there(cast: Cast, client: Client, settings: Any) -> None:
    assert "WeChat" in client.get(reverse("account_login")).text
    settings.SOCIALACCOUNT_PROVIDERS = {}
    settings.GULOU = dataclasses.replace(settings.GULOU, wechat_app_id="")
    assert "WeChat" not in client.get(reverse("account_login")).text
    assert client.post(reverse("weixin_login")).status_code == 404
