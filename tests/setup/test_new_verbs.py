"""What an update brought, given to the shipped roles in one press."""

from typing import Any

from django.test import Client

from gulou.cases.roles import ROLES, new_verbs
from gulou.outbox.models import Event
from gulou.people.models import Role, User
from gulou.people.operations import define_role
from tests.conftest import Cast

GIVE = "/setup/roles/give-new/"


def as_before_the_update(*missing: str) -> None:
    for one in ROLES:
        verbs = [verb for verb in one.verbs if verb not in missing]
        define_role(
            code=one.code, name_zh=one.name_zh, name_en=one.name_en, verbs=verbs, by=None,
            reaches_below=one.below,
        )  # fmt: skip


def test_one_press_gives_each_role_its_own_after_a_look(
    cast: Cast, boss: User, as_user: Any
) -> None:
    as_before_the_update("case.write_public", "opening.ask", "opening.approve")
    client: Client = as_user(boss)
    assert GIVE in client.get("/setup/roles/").content.decode()
    seen = client.get(GIVE).content.decode()
    assert "write to those who reported a case" in seen and "Resident service, 0 people" in seen
    client.post(GIVE)
    assert len(new_verbs()) == 3, "nobody has confirmed it"
    client.post(GIVE, {"confirmed": "1"})
    assert new_verbs() == []
    holding = Role.objects.filter(verbs__contains=["case.write_public"])
    assert set(holding.values_list("code", flat=True)) == {"dispatcher", "resident_service"}
    assert GIVE not in client.get("/setup/roles/").content.decode()
    event = Event.objects.filter(name="role.defined", actor=boss.actor).latest("id")
    client.post(f"/setup/undo/people/{event.pk}/")
    assert len(new_verbs()) >= 1, "taken back"


def test_what_the_office_took_away_stays_away(cast: Cast) -> None:
    as_before_the_update()
    role = Role.objects.get(code="crew")
    role.verbs.remove("case.note")
    role.save()
    assert new_verbs() == []


def test_nobody_gives_without_the_verb(cast: Cast, clerk: User, as_user: Any) -> None:
    as_before_the_update("case.write_public")
    client: Client = as_user(clerk)
    assert client.post(GIVE, {"confirmed": "1"}).status_code == 403
    assert [one.role.code for one in new_verbs()] == ["dispatcher", "resident_service"]
