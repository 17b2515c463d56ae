"""The city's single sign-on: a real provider on this machine, and whom it opens the door for."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.conf import settings as live
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from gulou.outbox.models import Event
from gulou.people import operations
from gulou.people.models import User
from tests.conftest import Cast
from tests.people.conftest import Facts

oidc = pytest.importorskip("oidc_provider_mock")
pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture
def city(settings: Any) -> Iterator[str]:
    """The address of a provider that knows everybody by the name they give."""
    with oidc.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        settings.GULOU = dataclasses.replace(live.GULOU, oidc_issuer=issuer)
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [{"provider_id": "city", "name": "City", "client_id": "gulou",
                          "secret": "secret", "settings": {"server_url": issuer}}],
            }
        }  # fmt: skip
        yield issuer


def come(city: str, claims: dict[str, Any], client: Client | None = None) -> tuple[Client, Any]:
    """Sign in at the city as whom these claims describe, and come back with the answer."""
    requests.put(f"{city}/users/sub-1", json=claims, timeout=10).raise_for_status()
    client = client or Client()
    there = client.post(reverse("openid_connect_login", args=["city"])).context["address"]
    back = requests.post(there, data={"sub": "sub-1"}, allow_redirects=False, timeout=10)
    return client, client.get(back.headers["Location"], follow=True)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_an_enrolled_person_comes_in_by_name(city: str, cast: Cast, told: Facts) -> None:
    client, answer = come(city, {"preferred_username": "lin"})
    assert is_in(client)
    assert answer.request["PATH_INFO"] == "/desk/"
    assert told(cast.lin) == ["account.linked", "person.signed_in"]
    event = Event.objects.get(name="person.signed_in")
    assert event.payload["method"] == "openid_connect"
    assert "by the city" in client.get(reverse("people_sessions")).text


def test_by_employee_number_where_the_setting_says_so(city: str, cast: Cast, settings: Any) -> None:
    operations.set_details(cast.lin, by=None, employee_number="E-17")
    settings.GULOU = dataclasses.replace(
        settings.GULOU, oidc_claim="employeeNumber", oidc_field="employee_number"
    )
    assert is_in(come(city, {"employeeNumber": "E-17", "preferred_username": "guo"})[0])
    assert not is_in(come(city, {"preferred_username": "guo"})[0])


def test_it_never_opens_an_account(city: str, cast: Cast) -> None:
    before = User.objects.count()
    client, answer = come(city, {"preferred_username": "stranger", "email": "s@example.org"})
    assert not is_in(client)
    assert answer.status_code == 403
    assert "nobody is enrolled here" in answer.text
    assert User.objects.count() == before


def test_what_was_linked_does_not_count_once_the_claim_moved(
    city: str, cast: Cast, told: Facts
) -> None:
    come(city, {"preferred_username": "lin"})
    client, answer = come(city, {"preferred_username": "chen"})
    assert not is_in(client)
    assert answer.status_code == 403
    assert told(cast.chen) == ["person.sign_in_failed"]


def test_a_closed_account_and_one_without_postings_stay_out(city: str, cast: Cast) -> None:
    operations.deactivate_person(cast.lin, by=None)
    assert not is_in(come(city, {"preferred_username": "lin"})[0])
    operations.stop_posting(cast.chen.postings.get(), by=None)
    requests.put(f"{city}/users/sub-2", json={}, timeout=10)
    assert not is_in(come(city, {"preferred_username": "chen"})[0])


def test_the_second_step_is_asked_all_the_same(city: str, cast: Cast) -> None:
    role = cast.lin.postings.get().role
    role.second_factor = True
    role.save()
    client, answer = come(city, {"preferred_username": "lin"})
    assert answer.request["PATH_INFO"] == reverse("mfa_activate_totp")
    assert client.get("/desk/")["Location"] == reverse("mfa_activate_totp")


def test_who_comes_by_it_is_not_asked_for_a_password(city: str, cast: Cast) -> None:
    cast.lin.must_change_password = True
    cast.lin.save(update_fields=["must_change_password"])
    _client, answer = come(city, {"preferred_username": "lin"})
    assert answer.request["PATH_INFO"] == "/desk/"


def test_a_made_up_answer_opens_nothing(city: str, cast: Cast) -> None:
    client = Client()
    answer = client.get(
        reverse("openid_connect_callback", args=["city"]), {"code": "x", "state": "y"}
    )
    assert not is_in(client)
    assert "Signing in did not work" in answer.text


def test_the_page_offers_it_only_where_it_is_set(
    cast: Cast, client: Client, city: str, settings: Any
) -> None:
    page = reverse("account_login")
    assert "single sign-on" in client.get(page).text
    settings.GULOU = dataclasses.replace(settings.GULOU, oidc_issuer="")
    assert "single sign-on" not in client.get(page).text


def test_without_the_setting_its_address_is_not_there(cast: Cast, client: Client) -> None:
    assert client.post(reverse("openid_connect_login", args=["city"])).status_code == 404


def test_a_page_leads_to_wherever_the_city_signs_in_and_no_form_does(city: str, cast: Cast) -> None:
    answer = Client().post(reverse("openid_connect_login", args=["city"]))
    there = answer.context["address"]
    assert there.startswith(f"{city}/oauth2/authorize")
    assert f'content="0; url={escape(there)}"' in answer.text, "goes there without a script"
    assert "form-action 'self';" in f"{answer['Content-Security-Policy']};"
