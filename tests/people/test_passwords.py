"""The rules of passwords, and changing one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from gulou.kit import clock
from gulou.outbox.models import Event
from gulou.people import operations
from gulou.people.models import PastPassword, StreetLeader, UnitKind, User
from tests.conftest import Cast
from tests.factories.people import (
    LONG_AGO,
    PostingFactory,
    RoleFactory,
    UnitFactory,
    UserFactory,
)
from tests.people.conftest import Facts, refused

KEY = "Tower-Drum-1982"
ACTS = (
    operations.reset_password,
    operations.remove_second_factor,
    operations.deactivate_person,
)

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture
def lin(db: None) -> User:
    return operations.enrol_person(
        username="linxiaoyu", display_name="林小雨", phone="13800138000", password=KEY, by=None
    )


@pytest.fixture
def reader(cast: Cast) -> User:
    """May no more at the western street than its clerk."""
    role = RoleFactory.create(verbs=["case.read"])
    return PostingFactory.create(user=UserFactory.create(), unit=cast.street, role=role).user


def enter(client: Client, password: str = KEY) -> Any:
    return client.post(reverse("account_login"), {"login": "linxiaoyu", "password": password})


def change(client: Client, new: str, old: str = KEY, again: str | None = None) -> Any:
    return client.post(
        reverse("account_change_password"),
        {"oldpassword": old, "password1": new, "password2": new if again is None else again},
    )


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1-56789", "password_too_short"),
        ("abcdefghij12", "password_too_few_classes"),
        ("ABCDEFGHIJ--", "password_too_few_classes"),
        ("汉字汉字汉字汉字汉字1", "password_too_few_classes"),
        ("LinXiaoYu-2026", "password_contains_name"),
        ("2026-uyoaixnil-A", "password_contains_name"),
        ("Aa-林小雨-2026", "password_contains_name"),
        ("Tel13800138000", "password_contains_name"),
        ("p@ssw0rd1234", None),
        ("1q2w3e4r5t", "password_too_common"),
        (KEY, "password_used_before"),
        ("Bell-Gate-77", None),
        ("鼓楼Ab望海12345", None),
    ],
)
def test_the_rules(lin: User, password: str, code: str | None) -> None:
    if code is None:
        validate_password(password, lin)
        return
    with pytest.raises(ValidationError) as caught:
        validate_password(password, lin)
    assert code in {error.code for error in caught.value.error_list}


def test_the_last_five_are_not_used_again_but_the_sixth_is(lin: User) -> None:
    used = [KEY, *(f"Bell-Gate-{n}{n}" for n in range(1, 6))]
    for password in used[1:]:
        operations.change_password(lin, password)
    for password in used[1:]:
        with refused("password.weak"):
            operations.change_password(lin, password)
    operations.change_password(lin, KEY)
    assert PastPassword.objects.filter(user=lin).count() == 4


def test_changing_it_is_on_the_record_without_it(client: Client, lin: User, told: Facts) -> None:
    enter(client)
    assert change(client, "Bell-Gate-77").status_code == 302
    assert told(lin)[-1] == "password.changed"
    assert Event.objects.get(name="password.changed").payload == {}


def test_it_keeps_this_session_and_ends_the_others(client: Client, lin: User) -> None:
    other = Client()
    enter(client)
    enter(other)
    before = client.cookies["sessionid"].value
    change(client, "Bell-Gate-77")
    assert client.cookies["sessionid"].value != before
    assert client.get("/accounts/second-step/").status_code == 200
    assert other.get("/accounts/second-step/").status_code == 302
    assert enter(Client(), "Bell-Gate-77").status_code == 302


@pytest.mark.parametrize(
    ("new", "old", "again", "field"),
    [
        ("Bell-Gate-77", "wrong", None, "oldpassword"),
        ("short", KEY, None, "password1"),
        (KEY, KEY, None, "password1"),
        ("Bell-Gate-77", KEY, "Bell-Gate-78", "password2"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Client, lin: User, new: str, old: str, again: str | None, field: str
) -> None:
    enter(client)
    answer = change(client, new, old, again)
    assert list(answer.context["form"].errors) == [field]
    lin.refresh_from_db()
    assert lin.check_password(KEY)


def test_a_password_that_the_office_set_is_changed_first(
    client: Client, lin: User, told: Facts
) -> None:
    password = operations.reset_password(lin, by=None)
    assert told(lin)[-1] == "password.reset"
    enter(client, password)
    answer = client.get("/desk/")
    assert answer.status_code in (302, 404)
    answer = client.get(reverse("mfa_index"))
    assert answer["Location"] == reverse("account_change_password")
    assert client.get(answer["Location"]).status_code == 200
    change(client, "Bell-Gate-77", password)
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_reset_ends_every_session(client: Client, lin: User) -> None:
    enter(client)
    operations.reset_password(lin, by=None)
    assert client.get(reverse("mfa_index"))["Location"].startswith(reverse("account_login"))


def test_made_up_passwords_pass_the_rules(lin: User) -> None:
    made = {operations.reset_password(lin, by=None) for _ in range(5)}
    assert len(made) == 5
    for password in made:
        validate_password(password, User(username="other"))


def test_only_who_manages_all_of_a_persons_units_resets_it(
    cast: Cast, clerk: User, boss: User, reader: User
) -> None:
    operations.reset_password(reader, by=clerk)
    for person in (cast.guo, cast.chen, User.objects.create(username="unposted")):
        with refused("people.not_allowed"):
            operations.reset_password(person, by=clerk)
    operations.reset_password(cast.guo, by=boss)


@pytest.mark.parametrize(("days", "due"), [(0, False), (90, True), (91, False)])
def test_it_is_changed_every_ninety_days_where_the_office_says_so(
    client: Client, lin: User, settings: Any, days: int, due: bool
) -> None:
    settings.PASSWORD_DAYS = days
    with clock.at(clock.now() + timedelta(days=90, minutes=1)):
        enter(client)
        answer = client.get(reverse("mfa_index"))
    assert answer.status_code == (302 if due else 200)


def test_passwords_are_hashed_with_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["gulou.people.passwords.Argon2"]
    assert make_password(KEY).startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")


class TestSomebodyWhoMayMore:
    """A clerk manages the western street; more powerful people are posted or attached there."""

    @pytest.fixture
    def strong(self, cast: Cast) -> User:
        role = RoleFactory.create(verbs=["case.read", "case.dispatch"])
        return PostingFactory.create(user=UserFactory.create(), unit=cast.street, role=role).user

    @pytest.fixture
    def wide(self, cast: Cast) -> User:
        """May no more than the clerk, but further down than one who manages the street alone."""
        role = RoleFactory.create(verbs=["case.read"], reaches_below=True)
        return PostingFactory.create(user=UserFactory.create(), unit=cast.street, role=role).user

    @pytest.mark.parametrize("act", ACTS)
    def test_is_left_alone_by_a_clerk(
        self, strong: User, clerk: User, boss: User, act: Callable[..., object]
    ) -> None:
        with refused("people.more_than_own"):
            act(strong, by=clerk)
        act(strong, by=boss)

    @pytest.mark.parametrize("act", ACTS)
    def test_is_left_alone_by_who_reaches_less(
        self, wide: User, cast: Cast, act: Callable[..., object]
    ) -> None:
        UnitFactory.create(parent=cast.street)
        flat = RoleFactory.create(verbs=["people.manage", "case.read"])
        narrow = PostingFactory.create(user=UserFactory.create(), unit=cast.street, role=flat).user
        with refused("people.more_than_own"):
            act(wide, by=narrow)

    @pytest.mark.parametrize("act", ACTS)
    def test_a_leader_attached_elsewhere_is_left_alone(
        self, clerk: User, boss: User, cast: Cast, act: Callable[..., object]
    ) -> None:
        leader = UserFactory.create()
        PostingFactory.create(
            user=leader, unit=cast.street, role=RoleFactory.create(verbs=["case.read"])
        )
        other = UnitFactory.create(kind=UnitKind.STREET, parent=cast.root)
        StreetLeader.objects.create(user=leader, unit=other, since=LONG_AGO)
        with refused("people.not_allowed"):
            act(leader, by=clerk)
        act(leader, by=boss)


class TestEnrol:
    def test_it_cleans_the_name_and_records(self, db: None, told: Facts) -> None:
        user = operations.enrol_person(username="wu", display_name="吴\u202e𠮷同志 ", by=None)
        assert user.display_name == "吴𠮷同志"
        assert not user.has_usable_password()
        assert told(user) == ["person.enrolled"]

    def test_it_refuses_who_may_not(self, cast: Cast, clerk: User) -> None:
        for by in (cast.guo, clerk):
            with refused("people.not_allowed"):
                operations.enrol_person(username="x", display_name="某", by=by)

    @pytest.mark.parametrize("username", ["LINXIAOYU", "linxiaoyu"])
    def test_it_refuses_a_name_that_is_taken(self, lin: User, username: str) -> None:
        with refused("person.name_taken"):
            operations.enrol_person(username=username, display_name="某", by=None)

    @pytest.mark.parametrize("username", ["", "has blank", "<b>", "a" * 151])
    def test_it_refuses_a_name_that_is_none(self, db: None, username: str) -> None:
        with refused("person.invalid"):
            operations.enrol_person(username=username, display_name="某", by=None)

    def test_it_refuses_a_weak_password(self, db: None) -> None:
        with refused("password.weak"):
            operations.enrol_person(username="x1", display_name="某", password="123456", by=None)


class TestDeactivate:
    def test_it_records_and_refuses_twice(self, reader: User, clerk: User, told: Facts) -> None:
        operations.deactivate_person(reader, by=clerk)
        assert told(reader) == ["person.deactivated"]
        with refused("person.inactive"):
            operations.deactivate_person(reader, by=clerk)

    def test_it_refuses_who_may_not(self, cast: Cast, clerk: User) -> None:
        with refused("people.not_allowed"):
            operations.deactivate_person(cast.guo, by=clerk)
