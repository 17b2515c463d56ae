"""Web push: which devices take notices, what they are sent, and what happens to those that are gone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit.errors import Invalid, NotFound
from gulou.kit.sealing import unseal
from gulou.notices import by_push, letters, operations
from gulou.notices.models import Device, Letter, Line, PushKey
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case
from tests.notices.push import Browser, PushService, push_service
from tests.notices.test_telling import tell_of


@pytest.fixture
def service(db: None, settings: Any) -> Iterator[PushService]:
    with push_service() as one:
        settings.GULOU = replace(
            settings.GULOU, push_services=(one.url, "push.example", "*.apple.example"),
            email_url="smtp://mail.example.org",
        )  # fmt: skip
        yield one


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.HANDLING, words="我家楼下臭")


def subscribe(service: PushService, user: User) -> Browser:
    """A browser of this person that takes notices."""
    browser = service.browser(by_push.public_key())
    by_push.add_device(by=user, agent="Firefox/140 (Windows NT 10)", **browser.given)
    return browser


def test_a_device_is_sent_what_only_it_can_read_signed_by_our_key(
    cast: Cast, case: Case, service: PushService
) -> None:
    browser = subscribe(service, cast.lin)
    tell_of(case, cast.lin)
    letters.send_all()
    assert service.refused == []
    (shown,) = browser.shown
    assert case.number in shown["title"] and shown["url"].endswith(f"/desk/cases/{case.number}/")
    assert "楼下" not in json.dumps(shown, ensure_ascii=False)
    assert Letter.objects.get().sent_at is not None


def test_the_key_is_made_once_and_kept_sealed(service: PushService) -> None:
    assert by_push.public_key() == by_push.public_key()
    row = PushKey.objects.get()
    assert b"PRIVATE" not in bytes(row.sealed_private)
    assert "PRIVATE KEY" in unseal(row.sealed_private)


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_removed_and_a_duty_goes_another_way(
    cast: Cast, case: Case, service: PushService, status: int
) -> None:
    subscribe(service, cast.lin)
    operations.choose_manner({"by_kind": {"warned": {"mail": "never"}}}, by=cast.lin)
    tell_of(case, cast.lin)
    assert [one.channel for one in Letter.objects.all()] == ["push"]
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.org")
    service.answers = status
    letters.send_all()
    device = Device.objects.get()
    assert device.ended_at is not None and bytes(device.sealed) == b""
    assert [one.to for one in mail.outbox] == [["lin@example.org"]]
    assert Event.objects.filter(name="device.removed").count() == 1
    assert list(audit()) == []


def test_a_dead_service_is_left_alone_and_holds_up_no_other(
    cast: Cast, case: Case, service: PushService, settings: Any
) -> None:
    subscribe(service, cast.lin)
    with push_service() as other:
        named = (*settings.GULOU.push_services, other.url)
        settings.GULOU = replace(settings.GULOU, push_services=named)
        browser = subscribe(other, cast.guo)
        service.answers = 503
        for n in (1, 2):
            tell_of(case, cast.lin, cast.guo, n=n)
        letters.send_all()
    assert len(browser.shown) == 2
    tried = Letter.objects.filter(item__person=cast.lin, attempts__gt=0)
    assert [one.error for one in tried] == ["http-503"], "asked once, then left alone"
    assert Line.objects.get(failures__gt=0).name == service.url.removeprefix("http://")


def test_too_fast_waits_and_counts_as_no_try(cast: Cast, case: Case, service: PushService) -> None:
    subscribe(service, cast.lin)
    service.answers = 429
    tell_of(case, cast.lin)
    letters.send_all()
    assert Letter.objects.get().attempts == 0


def test_the_page_lists_devices_and_only_their_owner_removes_them(
    cast: Cast, service: PushService, as_user: SignedIn
) -> None:
    client = as_user(cast.lin)
    page = client.get("/desk/inbox/settings/").content.decode()
    assert by_push.public_key() in page
    browser = service.browser(by_push.public_key())
    assert client.post("/desk/inbox/devices/", browser.given).status_code == 302
    assert "127.0.0.1" in client.get("/desk/inbox/settings/").content.decode()
    device = Device.objects.get()
    url = f"/desk/inbox/devices/{device.pk}/remove/"
    assert as_user(cast.guo).post(url).status_code == 404
    assert as_user(cast.lin).post(url).status_code == 302
    with pytest.raises(NotFound):
        by_push.remove_device(device.pk, by=cast.lin)


def test_a_browser_that_another_person_uses_tells_the_first_nothing_more(
    cast: Cast, case: Case, service: PushService
) -> None:
    browser = subscribe(service, cast.lin)
    by_push.add_device(by=cast.guo, agent="", **browser.given)
    assert list(by_push.outlets([cast.lin, cast.guo])) == [cast.guo.pk]
    tell_of(case, cast.lin)
    letters.send_all()
    assert browser.shown == []


@pytest.mark.parametrize(
    "endpoint",
    ["https://evil.example/x", "https://push.example.evil.example/x", "http://push.example/x",
     "https://apple.example/x", "https://push.example:8443/x", "https://a@push.example/x",
     "https://[/x", "file:///etc/passwd", "https://10.0.0.5\\.web.apple.example/x",
     "https://push.example/x\t", "https://push.example/x y", "https://push.example"],
)  # fmt: skip
def test_nothing_is_handed_to_a_service_that_the_office_has_not_named(
    cast: Cast, service: PushService, endpoint: str
) -> None:
    browser = service.browser("")
    with pytest.raises(Invalid):
        by_push.add_device(by=cast.lin, agent="", **{**browser.given, "endpoint": endpoint})


@pytest.mark.parametrize("wrong", ["p256dh", "auth"])
def test_keys_that_are_none_are_refused(cast: Cast, service: PushService, wrong: str) -> None:
    browser = service.browser("")
    with pytest.raises(Invalid):
        by_push.add_device(by=cast.lin, agent="", **{**browser.given, wrong: "AAAA"})


def test_named_services_are_taken(cast: Cast, service: PushService) -> None:
    for endpoint in ("https://push.example/x", "https://web.push.apple.example/x"):
        given = {**service.browser("").given, "endpoint": endpoint}
        by_push.add_device(by=cast.lin, agent="", **given)
    assert len(by_push.outlets([cast.lin])[cast.lin.pk]) == 2


def test_the_worker_script_does_notices_and_nothing_else(client: Any) -> None:
    answer = client.get("/desk/inbox/worker.js")
    script = b"".join(answer) if answer.streaming else answer.content
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"push" in script and b"fetch" not in script
