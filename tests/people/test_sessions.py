"""Sessions: the list of one's own, ending them, and what ends them at once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gulou.cases import queries as cases
from gulou.cases.models import Case
from gulou.outbox.models import Event
from gulou.people import access, operations, queries
from gulou.people.models import DeviceSession, Role, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.people import UserFactory
from tests.people.conftest import DAY, Facts, refused

KEY = "Tower-Drum-1982"
pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture
def enter(cast: Cast) -> Callable[[User], Client]:
    def sign_in(user: User, agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/140") -> Client:
        user.set_password(KEY)
        user.save(update_fields=["password"])
        client = Client(headers={"user-agent": agent})
        client.post(reverse("account_login"), {"login": user.username, "password": KEY})
        return client

    return sign_in


def again(user: User) -> Client:
    client = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) MicroMessenger/8 Safari"})
    client.post(reverse("account_login"), {"login": user.username, "password": KEY})
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_one_sees_where_one_is_signed_in(cast: Cast, enter: Any) -> None:
    client = enter(cast.lin)
    again(cast.lin)
    said = client.get(reverse("people_sessions")).text
    assert "Chrome on Windows" in said
    assert "WeChat on iPhone" in said
    assert said.count("this one") == 1
    assert said.index("this one") > said.index("Chrome on Windows")
    assert "127.0.0.1" in said


def test_one_ends_another_one_and_all_others(cast: Cast, enter: Any, told: Facts) -> None:
    first, second, third = enter(cast.lin), again(cast.lin), again(cast.lin)
    other = DeviceSession.objects.get(session_key=second.session.session_key)
    first.post(reverse("people_end_session", args=[other.uid]))
    assert [is_in(client) for client in (first, second, third)] == [True, False, True]
    first.post(reverse("people_end_others"))
    assert [is_in(client) for client in (first, third)] == [True, False]
    assert told(cast.lin)[-2:] == ["person.signed_out", "person.signed_out"]


def test_nobody_ends_the_session_of_somebody_else(cast: Cast, enter: Any) -> None:
    lin, zhao = enter(cast.lin), enter(cast.zhao)
    (session,) = queries.sessions_of(cast.lin)
    zhao.post(reverse("people_end_session", args=[session.uid]))
    assert is_in(lin)
    with refused("session.unknown"):
        operations.end_session(session, by=cast.zhao)


def test_a_new_password_keeps_this_session_in_the_list(cast: Cast, enter: Any) -> None:
    client = enter(cast.lin)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": KEY, "password1": "Bell-Gate-2031", "password2": "Bell-Gate-2031"},
    )
    said = client.get(reverse("people_sessions")).text
    assert said.count("this one") == 1
    assert is_in(client)


def test_signing_out_takes_it_off_the_list(cast: Cast, enter: Any) -> None:
    client = enter(cast.lin)
    client.post(reverse("account_logout"))
    assert queries.sessions_of(cast.lin) == []


def test_the_office_signs_somebody_out_everywhere(
    cast: Cast, enter: Any, boss: User, clerk: User
) -> None:
    zhao, lin = enter(cast.zhao), enter(cast.lin)
    with refused("people.not_allowed"):
        operations.sign_out_person(cast.zhao, by=clerk)
    assert is_in(zhao)
    assert operations.sign_out_person(cast.zhao, by=boss) == 1
    assert (is_in(zhao), is_in(lin)) == (False, True)
    event = Event.objects.filter(name="person.signed_out").latest("id")
    assert (event.actor, event.payload["reason"]) == (boss.actor, "forced")


def test_a_session_is_found_and_ended_right_after_its_password_was_changed(
    cast: Cast, enter: Any
) -> None:
    client = enter(cast.lin)
    new = {"oldpassword": KEY, "password1": "Bell-Drum-1983", "password2": "Bell-Drum-1983"}
    client.post(reverse("account_change_password"), new)
    assert is_in(client)
    assert operations.sign_out_person(cast.lin, by=None) == 1
    assert not is_in(client)


@pytest.mark.parametrize("how", ["closed", "password", "forced", "left"])
def test_what_shuts_somebody_out_ends_the_session_at_once(
    cast: Cast, enter: Any, boss: User, how: str
) -> None:
    client = enter(cast.lin)
    if how == "closed":
        operations.deactivate_person(cast.lin, by=boss)
    elif how == "password":
        operations.reset_password(cast.lin, by=boss)
    elif how == "forced":
        operations.remove_second_factor(cast.lin, by=boss)
    else:
        operations.stop_posting(cast.lin.postings.get(), by=boss)
    assert not DeviceSession.objects.exists()
    assert not is_in(client)
    event = Event.objects.filter(name="person.signed_out").get()
    assert event.payload["reason"] == how


def test_one_posting_of_two_ends_nothing_but_what_it_lent(
    cast: Cast, kinds: Kinds, enter: Any, boss: User, roles: dict[str, Role],
    on: Callable[[date], Any],
) -> None:  # fmt: skip
    with on(queries.today() - 2 * DAY):
        operations.post_person(cast.lin, role=roles["reader"], unit=cast.other_street, by=boss)
    client = enter(cast.lin)
    operations.stop_posting(cast.lin.postings.get(unit=cast.street), by=boss)
    assert is_in(client)
    assert access.unit_ids_where(cast.lin, "case.read") == {cast.other_street.pk}


def test_the_night_ends_what_the_calendar_ended(
    cast: Cast, enter: Any, boss: User, on: Callable[[date], Any]
) -> None:
    enter(cast.lin)
    enter(cast.wu)
    operations.end_posting(cast.lin.postings.get(), until=queries.today(), by=boss)
    assert DeviceSession.objects.filter(user=cast.lin).exists()
    with on(queries.today() + DAY):
        operations.end_sessions_of_all_who_left()
    assert [one.user for one in DeviceSession.objects.all()] == [cast.wu]


def test_who_has_left_does_not_come_in_and_who_comes_back_does(
    cast: Cast, enter: Any, boss: User, roles: dict[str, Role]
) -> None:
    operations.stop_posting(cast.lin.postings.get(), by=boss)
    client = enter(cast.lin)
    assert "_auth_user_id" not in client.session
    answer = again(cast.lin).get(reverse("account_inactive"))
    assert "last posting has ended" in answer.text
    operations.post_person(cast.lin, role=roles["reader"], unit=cast.street, by=boss)
    assert is_in(again(cast.lin))


def test_who_was_posted_today_by_mistake_is_out_and_stays_out(
    cast: Cast, enter: Any, boss: User, roles: dict[str, Role]
) -> None:
    new = UserFactory.create(username="new")
    posting = operations.post_person(new, role=roles["reader"], unit=cast.street, by=boss)
    client = enter(new)
    operations.stop_posting(posting, by=boss)
    assert not is_in(client)
    assert "_auth_user_id" not in enter(new).session
    operations.post_person(new, role=roles["reader"], unit=cast.street, by=boss)
    assert is_in(enter(new))


def test_access_is_asked_at_use_so_an_old_link_opens_nothing(
    cast: Cast, kinds: Kinds, boss: User, enter: Any
) -> None:
    case: Case = a_case(cast, kinds.rubbish)
    client = enter(cast.guo)
    link = f"/desk/cases/{case.number}/"
    assert client.get(link).status_code == 200
    operations.stop_posting(cast.guo.postings.get(), by=boss)
    assert client.get(link)["Location"].startswith(reverse("account_login"))
    assert not cases.cases_seen_by(cast.guo).exists()


def test_sessions_that_ran_out_are_forgotten(
    cast: Cast, enter: Any, on: Callable[[date], Any]
) -> None:
    enter(cast.lin)
    with on(queries.today() + DAY):
        operations.forget_past_sessions()
    assert not DeviceSession.objects.exists()
