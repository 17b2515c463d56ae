"""Before an office is founded: every page says what is missing, and none breaks."""

from argparse import Namespace

import pytest
from django.test import Client

from gulou.catalogue.models import CodeSet
from gulou.config.runtime import found, prepare
from gulou.people.models import Role, Unit
from gulou.places.models import Level
from tests.desk.conftest import SignedIn, as_user
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

WORDS = Namespace(
    name_zh="某区文明办", name_en="Office", administrator="xu", administrator_name="许",
    dispatcher="pan", dispatcher_name="潘",
)  # fmt: skip
__all__ = ["as_user"]
EVERYBODY = ("/", "/report/", "/track/", "/t/nobody/", "/map/areas.json", "/accounts/login/")
STAFF = ("/desk/", "/desk/cases/", "/desk/enter/", "/desk/units/", "/desk/deliveries/")


@pytest.mark.parametrize("shipped", [False, True])
@pytest.mark.parametrize("address", EVERYBODY)
def test_a_page_for_everybody_answers(client: Client, address: str, shipped: bool) -> None:
    if shipped:
        prepare.ship()
    answer = client.get(address)
    assert answer.status_code < 500
    if answer.status_code == 409:
        assert "gulou " in answer.content.decode()


@pytest.mark.parametrize("address", STAFF)
def test_a_page_of_the_desk_answers(
    as_user: SignedIn,
    address: str,
) -> None:
    prepare.ship()
    answer = as_user(UserFactory.create()).get(address)
    assert answer.status_code in {200, 403, 409}
    if answer.status_code == 409:
        assert "gulou " in answer.content.decode()


def test_what_gulou_ships_is_there_without_the_demonstration() -> None:
    prepare.ship()
    prepare.ship()
    assert CodeSet.objects.filter(current=True).count() == 1
    assert Level.objects.count() == 4
    assert Role.objects.filter(code="dispatcher").exists()


def test_founding_shows_the_passwords_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert found.found(WORDS) == 0
    assert "xu  " in capsys.readouterr().out
    assert found.found(WORDS) == 1
    assert "There is a district office already." in capsys.readouterr().err


def test_founding_names_what_is_missing_where_nobody_can_be_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert found.found(Namespace(**vars(WORDS) | {"name_en": None})) == 1
    assert "--name-en" in capsys.readouterr().err
    assert not Unit.objects.exists()
