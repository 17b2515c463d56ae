"""Signing in on a phone: once, soon, by hand, and for the field app alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gulou.kit import clock
from gulou.people import operations
from gulou.people.models import DeviceSession, EndedSession, PhoneLink, User
from tests.conftest import Cast, Kinds

from .phones import ME, PULL, a_phone, send


def enter(token: str, phone: Client | None = None) -> Any:
    return (phone or Client()).post(f"/field/in/{token}")


@pytest.fixture
def entered(cast: Cast) -> Client:
    """The phone of lin."""
    phone = Client(headers={"Accept": "application/json", "Accept-Language": "en"})
    assert enter(operations.make_phone_link(cast.lin), phone).status_code == 302
    return phone


def test_the_desk_shows_a_code_that_signs_in_once(cast: Cast) -> None:
    desk = a_phone(cast.lin)
    assert b'<svg class="qr"' not in desk.get("/accounts/phone/").content
    page = desk.post("/accounts/phone/").content.decode()
    assert '<svg class="qr"' in page
    (token,) = set(re.findall(r"/field/in/([\w-]{43})", page))
    assert token not in str(PhoneLink.objects.values()), "only its digest is kept"
    phone = Client()
    for _ in range(2):
        looked = phone.get(f"/field/in/{token}")
        assert looked.status_code == 200 and "Lin" in looked.content.decode()
    assert not phone.get(ME).json()["signed_in"], "a preview signs nobody in, and spends nothing"
    assert enter(token, phone)["Location"] == "/field/"
    me = phone.get(ME).json()
    assert me["session"] == "field" and me["uid"] == str(cast.lin.uid)
    assert enter(token).status_code == 404 and Client().get(f"/field/in/{token}").status_code == 404


def test_a_new_link_and_ten_minutes_end_the_old_one(cast: Cast) -> None:
    first, second = (operations.make_phone_link(cast.lin) for _ in range(2))
    assert enter(first).status_code == 404
    PhoneLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert enter(second).status_code == 404
    third = operations.make_phone_link(cast.lin)
    operations.deactivate_person(cast.lin, by=None)
    assert enter(third).status_code == 404


def test_a_page_elsewhere_cannot_sign_somebody_in(cast: Cast) -> None:
    token = operations.make_phone_link(cast.lin)
    assert enter(token, Client(enforce_csrf_checks=True)).status_code == 403
    assert PhoneLink.objects.exists()


def test_a_phone_opens_the_field_app_and_nothing_else(entered: Client, cast: Cast) -> None:
    assert entered.get(ME).json()["signed_in"]
    for address in ("/desk/", "/setup/", "/accounts/sessions/", "/accounts/phone/"):
        answer = entered.get(address)
        assert answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    assert entered.get("/api/v1/cases").status_code == 401
    assert entered.get(ME).json()["signed_in"], "and stays signed in"


def test_it_stays_for_days_and_then_ends(entered: Client, cast: Cast) -> None:
    now = clock.now()
    with clock.at(now + timedelta(days=13)):
        assert entered.get(ME).json()["signed_in"]
    with clock.at(now + timedelta(days=14, minutes=1)):
        assert not entered.get(ME).json()["signed_in"]


def test_ended_from_the_desk_the_phone_is_told_to_remove_what_it_keeps(
    entered: Client, cast: Cast
) -> None:
    (session,) = DeviceSession.objects.filter(method="phone")
    key = session.session_key
    operations.end_session(session, by=cast.lin)
    answer = entered.get(PULL, {"reader": str(cast.lin.uid)})
    assert answer.status_code == 401 and answer.json()["code"] == "field.ended"
    assert key not in str(EndedSession.objects.values())
    fresh = Client(headers={"Accept": "application/json"})
    fresh.cookies["sessionid"] = "q" * 32
    assert fresh.get(PULL, {"reader": str(cast.lin.uid)}).json()["code"] == "field.expired"
    nobody = Client(headers={"Accept": "application/json"})
    assert nobody.get(PULL, {"reader": str(cast.lin.uid)}).json()["code"] == "field.signed_out"


@pytest.mark.parametrize("first", ["/field/", "/field/sw.js", ME])
def test_it_is_told_also_when_a_page_has_asked_before_the_app(
    entered: Client, cast: Cast, first: str
) -> None:
    assert "gulou_field" in entered.cookies and entered.cookies["gulou_field"]["httponly"]
    (session,) = DeviceSession.objects.filter(method="phone")
    operations.end_session(session, by=cast.lin)
    entered.get(first)
    assert entered.get(ME).json()["signed_out"] == "ended"
    answer = entered.get(PULL, {"reader": str(cast.lin.uid)})
    assert answer.json()["code"] == "field.ended" and answer["Clear-Site-Data"] == '"cache"'


def test_who_signs_out_at_the_desk_leaves_nothing_in_the_app_there(cast: Cast) -> None:
    desk = a_phone(cast.lin)
    desk.post("/accounts/logout/")
    assert desk.get(ME).json()["signed_out"] == "ended"


def test_who_was_only_away_for_long_keeps_what_is_there(entered: Client, cast: Cast) -> None:
    with clock.at(clock.now() + timedelta(days=14, minutes=1)):
        entered.get("/field/")
        assert entered.get(ME).json()["signed_out"] == "expired"


def test_a_phone_signs_itself_out(entered: Client, cast: Cast, kinds: Kinds) -> None:
    entered.defaults["HTTP_X_CSRFTOKEN"] = entered.get(ME).json()["csrf"]
    left = send(entered, "/field/api/sign_out", {})
    assert not left.json()["signed_in"] and left["Clear-Site-Data"] == '"cache"'
    assert not DeviceSession.objects.exists() and not entered.get(ME).json()["signed_in"]


def test_the_sweep_leaves_phones_signed_in(entered: Client, cast: Cast) -> None:
    DeviceSession.objects.update(since=clock.now() - timedelta(days=3))
    operations.forget_past_sessions()
    assert DeviceSession.objects.count() == 1
    DeviceSession.objects.update(since=clock.now() - timedelta(days=15))
    operations.forget_past_sessions()
    assert not DeviceSession.objects.exists()


def test_who_signs_in_with_a_password_there_leaves_the_phone_s_session(
    entered: Client, cast: Cast
) -> None:
    cast.lin.set_password("Gulou-test-2026")
    cast.lin.save(update_fields=["password"])
    entered.post("/accounts/login/", {"login": "lin", "password": "Gulou-test-2026"})
    assert entered.get(ME).json()["session"] == "desk"
    assert entered.get("/accounts/sessions/").status_code == 200


def test_who_has_to_choose_a_new_password_first_is_nobody_until_then(cast: Cast) -> None:
    desk = a_phone(cast.lin)
    assert desk.get(ME).json()["signed_in"]
    User.objects.filter(pk=cast.lin.pk).update(must_change_password=True)
    assert not desk.get(ME).json()["signed_in"]
    assert desk.get(PULL, {"reader": str(cast.lin.uid)}).status_code == 401
