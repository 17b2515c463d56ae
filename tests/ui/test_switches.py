"""Language, theme, and the gallery."""

from typing import Any

import pytest
from django.test import Client

from gulou.people.operations import mark_demonstration

pytestmark = pytest.mark.django_db


def test_the_language_is_remembered_and_the_page_comes_back(client: Client) -> None:
    answer = client.post("/ui/language/", {"language": "en", "next": "/ui/?desk"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/?desk")
    assert client.cookies["django_language"].value == "en"
    assert 'lang="en"' in client.get("/ui/").content.decode()


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    client.post("/ui/language/", {"language": "xx\r\nSet-Cookie: a=b", "next": "/ui/"})
    assert "django_language" not in client.cookies


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_nobody_is_led_elsewhere(client: Client, elsewhere: str) -> None:
    answer = client.post("/ui/theme/", {"theme": "dark", "next": elsewhere})
    assert answer["Location"] == "/"


def test_the_theme_is_in_the_first_byte_of_the_page(client: Client) -> None:
    client.post("/ui/theme/", {"theme": "dark", "next": "/ui/"})
    assert 'data-theme="dark"' in client.get("/ui/").content.decode()
    client.post("/ui/theme/", {"theme": "", "next": "/ui/"})
    assert "data-theme=" not in client.get("/ui/").content.decode().split("<head>")[0]


def test_a_made_up_theme_is_not_written_into_the_page(client: Client) -> None:
    client.cookies["theme"] = 'x" onload="1'
    assert "onload" not in client.get("/ui/").content.decode()


def test_switching_needs_a_post(client: Client) -> None:
    assert client.get("/ui/language/").status_code == 405
    assert client.get("/ui/theme/").status_code == 405


def test_a_form_of_another_site_switches_nothing() -> None:
    guarded = Client(enforce_csrf_checks=True)
    for address, body in (("theme", {"theme": "dark"}), ("language", {"language": "en"})):
        for origin in ("https://evil.example", "null"):
            answer = guarded.post(f"/ui/{address}/", body, headers={"origin": origin})
            assert answer.status_code == 403
            assert not answer.cookies
        ours = guarded.post(f"/ui/{address}/", body, headers={"origin": "http://testserver"})
        assert ours.status_code == 302


@pytest.mark.parametrize("frame", ["", "?desk"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_gallery_shows_every_piece(client: Client, frame: str, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get(f"/ui/{frame}").content.decode()
    for piece in ("compare", "upload", "pin", "map", "draft", "theme"):
        assert f'data-controller="{piece}' in page


def test_the_gallery_is_closed_in_a_real_office(
    client: Client, settings: Any, monkeypatch: Any
) -> None:
    settings.DEBUG = False
    monkeypatch.setattr("gulou.ui.views.open_to_all", lambda: False)
    assert client.get("/ui/").status_code == 404


def test_the_demo_is_marked_on_every_page(client: Client) -> None:
    mark_demonstration()
    assert "demo-mark" in client.get("/ui/").content.decode()
    assert "demo-mark" in client.get("/ui/?desk").content.decode()
