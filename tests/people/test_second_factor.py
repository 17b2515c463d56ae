"""One-time codes: asked where the role asks, set up first, used once."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gulou.outbox.models import Event
from gulou.people import operations
from gulou.people.models import User
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory
from tests.people.conftest import Facts, refused

KEY = "Tower-Drum-1982"
Committed = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture
def guo(cast: Cast) -> User:
    """The dispatcher, whose role asks for a second factor."""
    guo = cast.guo
    guo.set_password(KEY)
    guo.save()
    role = guo.postings.get().role
    role.second_factor = True
    role.save()
    return guo


def enter(client: Client, name: str = "guo") -> Any:
    return client.post(reverse("account_login"), {"login": name, "password": KEY})


def code_of(secret: str, *, ahead: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def set_up(client: Client, committed: Committed) -> str:
    """Walk through the set-up as a person would; the secret on the telephone."""
    enter(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    with committed(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def challenge(client: Client, code: str) -> Any:
    enter(client)
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.fixture
def secret(guo: User, django_capture_on_commit_callbacks: Committed) -> str:
    return set_up(Client(), django_capture_on_commit_callbacks)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_who_needs_one_is_led_to_set_it_up_before_anything_else(client: Client, guo: User) -> None:
    enter(client)
    for name in ("mfa_index", "account_change_password"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert b"data:image/svg+xml;base64," in page.content


def test_a_fragment_leads_there_with_the_whole_page(client: Client, guo: User) -> None:
    enter(client)
    answer = client.get(reverse("mfa_index"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("mfa_activate_totp")


def test_signing_out_and_public_pages_stay_open_meanwhile(client: Client, guo: User) -> None:
    enter(client)
    assert client.get(reverse("account_inactive")).status_code == 200
    client.post(reverse("account_logout"))
    assert not is_in(client)


def test_who_does_not_need_one_is_left_alone(client: Client, guo: User, cast: Cast) -> None:
    cast.lin.set_password(KEY)
    cast.lin.save()
    enter(client, "lin")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_posting_that_begins_tomorrow_does_not_ask_yet(
    client: Client, guo: User, cast: Cast
) -> None:
    cast.lin.set_password(KEY)
    cast.lin.save()
    from gulou.people.queries import today
    from tests.people.conftest import DAY

    role = RoleFactory.create(second_factor=True)
    PostingFactory.create(user=cast.lin, unit=cast.office, role=role, since=today() + DAY)
    enter(client, "lin")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_setting_it_up_opens_the_house_and_is_on_the_record(
    client: Client, guo: User, told: Facts, django_capture_on_commit_callbacks: Committed
) -> None:
    set_up(client, django_capture_on_commit_callbacks)
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert len(page.context["unused_codes"]) == 10
    assert client.get(reverse("mfa_index")).status_code == 200
    assert told(guo) == ["person.signed_in", "second_factor.enabled"]


def test_the_secret_is_sealed_in_the_database(secret: str, guo: User) -> None:
    stored = Authenticator.objects.get(user=guo, type="totp").data["secret"]
    assert secret not in stored
    seed = Authenticator.objects.get(user=guo, type="recovery_codes").data["seed"]
    assert seed.startswith("gAAAA")


def test_a_wrong_code_does_not_set_it_up(client: Client, guo: User) -> None:
    enter(client)
    client.get(reverse("mfa_activate_totp"))
    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert answer.context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def test_from_then_on_the_password_alone_opens_nothing(client: Client, secret: str) -> None:
    answer = enter(client)
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    assert client.get(reverse("mfa_index"))["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("mfa_authenticate")).status_code == 200


def test_the_code_does(client: Client, secret: str, guo: User) -> None:
    answer = challenge(client, code_of(secret))
    assert answer["Location"] == "/desk/"
    assert is_in(client)
    event = Event.objects.filter(name="person.signed_in").last()
    assert event is not None
    assert event.payload["second_factor"] == "totp"


def test_the_session_key_is_new_after_the_code(client: Client, secret: str) -> None:
    enter(client)
    before = client.cookies["sessionid"].value
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize("ahead", [-1, 1])
def test_a_telephone_may_be_half_a_minute_off(client: Client, secret: str, ahead: int) -> None:
    challenge(client, code_of(secret, ahead=ahead))
    assert is_in(client)


def test_but_not_more(client: Client, secret: str) -> None:
    challenge(client, code_of(secret, ahead=3))
    assert not is_in(client)


def test_a_code_counts_once_for_as_long_as_it_would_be_accepted(
    client: Client, secret: str
) -> None:
    code = code_of(secret, ahead=1)
    challenge(client, code)
    assert is_in(client)
    user = User.objects.get(username="guo")
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    again = Client()
    challenge(again, code)
    assert not is_in(again)


def test_a_recovery_code_counts_once(client: Client, secret: str, guo: User) -> None:
    codes = Authenticator.objects.get(user=guo, type="recovery_codes").wrap().get_unused_codes()
    challenge(client, codes[0])
    assert is_in(client)
    event = Event.objects.filter(name="person.signed_in").last()
    assert event is not None
    assert event.payload["second_factor"] == "recovery_codes"
    again = Client()
    cache.clear()
    challenge(again, codes[0])
    assert not is_in(again)


def test_five_wrong_codes_lock_the_second_step(
    client: Client, secret: str, guo: User, told: Facts
) -> None:
    enter(client)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert told(guo)[2:] == ["person.sign_in_failed"] * 5 + ["person.locked_out"]
    challenge(client, code_of(secret))
    assert not is_in(client)


def test_it_stays_as_long_as_the_role_asks_for_it(
    client: Client, secret: str, guo: User, django_capture_on_commit_callbacks: Committed
) -> None:
    challenge(client, code_of(secret))
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=guo, type="totp").exists()
    role = guo.postings.get().role
    role.second_factor = False
    role.save()
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=guo).exists()
    assert Event.objects.filter(name="second_factor.removed").exists()


def test_the_office_removes_it_for_who_lost_the_telephone(
    client: Client, secret: str, guo: User, cast: Cast, clerk: User, boss: User, told: Facts
) -> None:
    with refused("people.not_allowed"):
        operations.remove_second_factor(guo, by=clerk)
    operations.remove_second_factor(guo, by=boss)
    assert told(guo)[-2:] == ["second_factor.removed", "person.signed_out"]
    enter(client)
    assert client.get(reverse("mfa_index"))["Location"] == reverse("mfa_activate_totp")


def test_long_after_signing_in_the_password_is_asked_again(client: Client, secret: str) -> None:
    from datetime import timedelta

    from gulou.kit import clock

    challenge(client, code_of(secret))
    with clock.at(clock.now() + timedelta(minutes=10)):
        answer = client.get(reverse("mfa_generate_recovery_codes"))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        page = client.get(answer["Location"])
        assert page.status_code == 200
        assert client.post(answer["Location"], {"password": "wrong"}).status_code == 200
        assert client.post(answer["Location"], {"password": KEY}).status_code == 302
        assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 200


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
             "mfa_deactivate_totp", "mfa_download_recovery_codes", "account_logout",
             "account_change_password"],
)  # fmt: skip
def test_every_page_of_it_opens(client: Client, secret: str, name: str) -> None:
    challenge(client, code_of(secret))
    assert client.get(reverse(name)).status_code == 200
