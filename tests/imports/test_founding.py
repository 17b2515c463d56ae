"""The first day of an office."""

import pytest
from django.test import Client

from gulou.cases.roles import define_shipped_roles
from gulou.imports.founding import Newcomer, Office, found
from gulou.outbox.audit import audit
from gulou.people import operations, queries
from gulou.people.models import Posting, Role, Unit, User
from tests.people.conftest import refused

pytestmark = pytest.mark.django_db

OFFICE = Office(
    "某区文明办", "Civility office", Newcomer("xu", "许明远"), Newcomer("pan", "潘晓岚")
)


def test_it_makes_the_office_and_who_can_begin() -> None:
    logins = found(OFFICE)
    assert queries.office().name_zh == "某区文明办"
    assert [login.username for login in logins] == ["xu", "pan"]
    posted = Posting.objects.values_list("user__username", "role__code").order_by("pk")
    assert list(posted) == [("xu", "administrator"), ("pan", "dispatcher")]
    assert list(audit()) == []


def test_the_first_passwords_work_and_have_to_be_changed(client: Client) -> None:
    for login in found(OFFICE):
        user = User.objects.get(username=login.username)
        assert user.check_password(login.password)
        assert user.must_change_password


def test_it_refuses_a_second_office() -> None:
    found(OFFICE)
    with refused("unit.office_taken"):
        found(OFFICE)


def test_bad_words_leave_nothing_behind() -> None:
    with refused("person.invalid"):
        found(Office("某区文明办", "Office", Newcomer("a b", "许明远"), Newcomer("pan", "潘晓岚")))
    assert not Unit.objects.exists()
    assert not User.objects.exists()


def test_a_role_that_the_office_changed_stays() -> None:
    define_shipped_roles()
    operations.define_role(code="reader", name_zh="旁听", name_en="Reader", verbs=[], by=None)
    define_shipped_roles()
    assert Role.objects.get(code="reader").name_zh == "旁听"


def test_the_dispatcher_returns_on_behalf_of_a_unit() -> None:
    assert "case.return" in define_shipped_roles()["dispatcher"].verbs
