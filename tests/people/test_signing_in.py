"""Names and passwords: who gets in, who is told what, what is on the record."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from gulou.kit import clock
from gulou.outbox.models import Event
from gulou.people import operations
from gulou.people.models import User
from tests.people.conftest import Facts

KEY = "Tower-Drum-1982"
WRONG = {"login": "lin", "password": "not it at all"}
RIGHT = {"login": "lin", "password": KEY}

pytestmark = pytest.mark.usefixtures("clean_cache")


def enrol(username: str = "lin", **kwargs: Any) -> User:
    return operations.enrol_person(
        username=username, display_name="林同志", password=KEY, by=None, **kwargs
    )


@pytest.fixture
def lin(db: None) -> User:
    return enrol()


def sign_in(client: Client, **given: str) -> Any:
    return client.post(reverse("account_login"), RIGHT | given)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_opens_the_desk(client: Client, lin: User) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert is_in(client)


def test_it_goes_where_one_wanted_to_but_never_off_the_site(client: Client, lin: User) -> None:
    assert sign_in(client, next="/desk/cases/7")["Location"] == "/desk/cases/7"
    assert sign_in(Client(), next="https://evil.example/")["Location"] == "/desk/"


def test_signing_in_and_out_are_on_the_record(client: Client, lin: User, told: Facts) -> None:
    sign_in(client)
    client.post(reverse("account_logout"))
    assert told(lin) == ["person.enrolled", "person.signed_in", "person.signed_out"]
    event = Event.objects.get(name="person.signed_in")
    assert event.actor == lin.actor
    assert event.payload == {"address": "127.0.0.1", "second_factor": "", "method": "password"}


def test_signing_out_takes_a_post(client: Client, lin: User) -> None:
    sign_in(client)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_in(client)
    client.post(reverse("account_logout"))
    assert not is_in(client)


def test_the_session_key_is_new_after_signing_in(client: Client, lin: User) -> None:
    client.session.save()
    session = client.session
    session["draft"] = "kept"
    session.save()
    before = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.session["draft"] == "kept"


def test_the_session_cookie_is_for_the_server_alone(client: Client, lin: User) -> None:
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


def test_a_wrong_password_and_an_unknown_name_hear_the_same(client: Client, lin: User) -> None:
    known = client.post(reverse("account_login"), WRONG)
    unknown = client.post(reverse("account_login"), WRONG | {"login": "nobody"})
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors
    assert known.context["form"].errors


def test_both_cost_one_hash(client: Client, lin: User, settings: Any, monkeypatch: Any) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    real = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = []
    for name in ("lin", "nobody"):
        hashed.clear()
        client.post(reverse("account_login"), WRONG | {"login": name})
        costs.append(len(hashed))
    assert costs == [1, 1]


def test_a_failure_is_on_the_record_of_who_is_known(client: Client, lin: User, told: Facts) -> None:
    client.post(reverse("account_login"), WRONG)
    assert told(lin)[1:] == ["person.sign_in_failed"]
    event = Event.objects.get(name="person.sign_in_failed")
    assert event.actor == "system"
    assert event.payload == {"address": "127.0.0.1", "step": "password"}


def test_an_unknown_name_is_logged_without_the_name(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    client.post(reverse("account_login"), WRONG | {"login": "my-password-by-mistake"})
    assert "unknown name" in caplog.text
    assert "my-password-by-mistake" not in caplog.text
    assert not Event.objects.exists()


def test_who_was_shut_out_does_not_get_in_and_falls_out_of_open_sessions(
    client: Client, lin: User
) -> None:
    sign_in(client)
    operations.deactivate_person(lin, by=None)
    assert not client.get("/").wsgi_request.user.is_authenticated
    answer = sign_in(Client())
    assert answer["Location"] == reverse("account_inactive")
    assert Client().get(answer["Location"]).status_code == 200


def test_nobody_opens_an_account_or_gets_one_by_mail(client: Client) -> None:
    for name in (
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_set_password",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)


@pytest.mark.parametrize("login", ["lin", "LIN", " Lin "])
def test_capitals_and_blanks_around_the_name_do_not_matter(
    client: Client, lin: User, login: str
) -> None:
    sign_in(client, login=login)
    assert is_in(client)


@pytest.mark.parametrize(
    "login",
    ["𠮷野家", "مرحبا", "<script>alert(1)</script>", "' OR 1=1 --", "a\x00b", "长" * 500, ""],
)
def test_strange_names_are_answered_calmly(client: Client, lin: User, login: str) -> None:
    answer = client.post(reverse("account_login"), RIGHT | {"login": login})
    assert answer.status_code == 200
    assert not is_in(client)
    assert b"<script>alert(1)" not in answer.content


def test_a_name_in_rare_characters_signs_in(client: Client, db: None) -> None:
    enrol("𠮷田")
    sign_in(client, login="𠮷田")
    assert is_in(client)


def test_a_form_of_another_site_is_refused(lin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    assert not is_in(client)


class TestLock:
    def test_after_five_failures_even_the_right_password_is_refused(
        self, client: Client, lin: User, told: Facts
    ) -> None:
        for _ in range(5):
            client.post(reverse("account_login"), WRONG)
        answer = sign_in(client)
        assert not is_in(client)
        assert "too many wrong tries" in str(answer.context["form"].errors)
        assert told(lin)[1:] == ["person.sign_in_failed"] * 5 + ["person.locked_out"]

    def test_four_are_forgiven(self, client: Client, lin: User) -> None:
        for _ in range(4):
            client.post(reverse("account_login"), WRONG)
        sign_in(client)
        assert is_in(client)

    def test_it_is_the_person_who_is_locked_from_wherever_however_spelled(
        self, lin: User, settings: Any
    ) -> None:
        settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
        for number, name in enumerate(["lin", "LIN", "Lin", "lIn", " lin"]):
            Client(REMOTE_ADDR=f"10.0.0.{number}", HTTP_HOST=f"127.0.0.1:{8000 + number}").post(
                reverse("account_login"), WRONG | {"login": name}
            )
        client = Client(REMOTE_ADDR="10.9.9.9")
        sign_in(client)
        assert not is_in(client)

    def test_an_unknown_name_is_locked_alike(self, client: Client, db: None) -> None:
        for _ in range(5):
            client.post(reverse("account_login"), WRONG | {"login": "nobody"})
        answer = client.post(reverse("account_login"), WRONG | {"login": "nobody"})
        assert "too many wrong tries" in str(answer.context["form"].errors)

    def test_others_still_get_in(self, client: Client, lin: User) -> None:
        enrol("chen")
        for _ in range(5):
            client.post(reverse("account_login"), WRONG)
        sign_in(client, login="chen")
        assert is_in(client)

    def test_an_address_that_tries_many_names_is_locked(self, lin: User, settings: Any) -> None:
        guesser = Client(REMOTE_ADDR="10.0.0.66")
        for number in range(settings.SIGN_IN_FAILURES_PER_ADDRESS):
            guesser.post(reverse("account_login"), WRONG | {"login": f"name{number}"})
        sign_in(guesser)
        assert not is_in(guesser)
        elsewhere = Client(REMOTE_ADDR="10.0.0.67")
        sign_in(elsewhere)
        assert is_in(elsewhere)

    def test_it_ends_after_a_quarter_of_an_hour(
        self, client: Client, lin: User, monkeypatch: Any
    ) -> None:
        import time

        for _ in range(5):
            client.post(reverse("account_login"), WRONG)
        later = time.time() + 15 * 60 + 1
        monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
        sign_in(client)
        assert is_in(client)


@pytest.fixture
def threads_leave_nothing(transactional_db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("threads_leave_nothing")
def test_parallel_guesses_do_not_slip_through(told: Facts) -> None:
    lin = enrol()
    gate = threading.Barrier(16)

    def guess(number: int) -> None:
        try:
            gate.wait()
            for _ in range(3):
                Client(REMOTE_ADDR=f"10.0.1.{number}").post(reverse("account_login"), WRONG)
        finally:
            connection.close()

    guesses = [threading.Thread(target=guess, args=(number,)) for number in range(16)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()
    tried = told(lin).count("person.sign_in_failed")
    assert 1 <= tried <= 5
    assert told(lin).count("person.locked_out") == (1 if tried == 5 else 0)


class TestSessionEnd:
    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, lin: User) -> None:
        sign_in(client)

    def visit(self, client: Client, later: timedelta, **headers: Any) -> bool:
        with clock.at(clock.now() + later):
            answer = client.get("/accounts/second-step/", **headers)
        return bool(answer.wsgi_request.user.is_authenticated)

    def test_half_an_hour_away_ends_it(self, client: Client, lin: User, told: Facts) -> None:
        assert self.visit(client, timedelta(minutes=29))
        assert self.visit(client, timedelta(minutes=58))
        assert not self.visit(client, timedelta(minutes=89))
        assert not is_in(client)
        assert told(lin)[-1] == "person.signed_out"
        assert Event.objects.get(name="person.signed_out").payload == {"reason": "idle"}

    def test_a_page_that_refreshes_itself_does_not_keep_it_open(self, client: Client) -> None:
        background = {"HTTP_X_BACKGROUND": "1"}
        assert self.visit(client, timedelta(minutes=20), **background)
        assert not self.visit(client, timedelta(minutes=31), **background)

    def test_twelve_hours_end_it_however_busy(self, client: Client, lin: User) -> None:
        for quarter in range(1, 48):
            assert self.visit(client, timedelta(minutes=15 * quarter))
        assert not self.visit(client, timedelta(hours=12, minutes=1))
        assert Event.objects.get(name="person.signed_out").payload == {"reason": "limit"}

    def test_a_fragment_then_sends_the_whole_page_to_sign_in_and_back(self, client: Client) -> None:
        with clock.at(clock.now() + timedelta(hours=1)):
            answer = client.get(
                "/accounts/second-step/",
                headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?late=1"},
            )
        assert answer.status_code == 200
        assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fdesk%2F%3Flate%3D1"


def test_the_demo_logins_show_only_where_the_demonstration_is(
    client: Client, db: None, settings: Any
) -> None:
    settings.DEMO_LOGINS = "tests.people.test_signing_in.offered"
    page = reverse("account_login")
    assert KEY not in client.get(page).content.decode()
    enrol()
    assert KEY in client.get(page).content.decode()
    settings.DEMO_LOGINS = ""
    assert KEY not in client.get(page).content.decode()


def test_a_published_login_opens_nothing_where_no_demonstration_may_be(
    client: Client, lin: User, settings: Any
) -> None:
    settings.PUBLISHED_LOGINS = "tests.people.test_signing_in.offered"
    settings.DEMO_LOGINS = ""
    answer = sign_in(client, login="LIN")
    assert not is_in(client)
    assert "those of the demonstration" in answer.content.decode()
    settings.DEMO_LOGINS = settings.PUBLISHED_LOGINS
    sign_in(client)
    assert is_in(client)


def test_somebody_elses_choice_of_that_password_is_theirs(
    client: Client, lin: User, settings: Any
) -> None:
    settings.DEMO_LOGINS = ""
    sign_in(client)
    assert is_in(client)


def offered() -> list[Any]:
    from gulou.demo.logins import Login

    return [Login(role_zh="派遣员", role_en="Dispatcher", username="lin", password=KEY)]
