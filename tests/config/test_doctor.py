"""The doctor finds what is wrong and says what to do."""

import dataclasses
from pathlib import Path

import pytest
from django.conf import settings

from gulou.cases.models import TallyChange
from gulou.cases.operations import return_case
from gulou.cases.roles import define_shipped_roles
from gulou.cases.states import State
from gulou.config.runtime import doctor
from gulou.config.runtime.doctor import database, machine
from gulou.config.runtime.doctor.finding import Finding, Verdict
from gulou.config.runtime.recount import recount
from gulou.kit.env import Env
from gulou.people.models import Unit
from gulou.people.operations import mark_demonstration
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason
from tests.factories.people import PostingFactory


@pytest.fixture
def env(tmp_path: Path) -> Env:
    return dataclasses.replace(settings.GULOU, data_dir=tmp_path, database_url="postgres://x/x")


def wrong(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict is Verdict.WRONG]


@pytest.mark.django_db
def test_a_sound_database_is_found_sound(env: Env, cast: Cast) -> None:
    checks = (database.server, database.clocks, database.tables, database.content)
    assert wrong([finding for check in checks for finding in check(env)]) == []


@pytest.mark.django_db
def test_an_empty_district_is_pointed_out(env: Env) -> None:
    (finding,) = database.content(env)
    assert finding.verdict is Verdict.LOOK
    assert "gulou demo" in finding.todo


@pytest.mark.django_db
def test_the_record_is_proved_when_asked(env: Env) -> None:
    assert any(finding.thing == "Record" for finding in doctor.findings(env, audit=True))


def test_a_folder_that_cannot_be_written_is_named(env: Env, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (finding,) = machine.storage(dataclasses.replace(env, data_dir=tmp_path / "file"))
    assert finding.verdict is Verdict.WRONG
    assert str(tmp_path / "file") in finding.said


def test_keys_that_others_can_read_are_found(env: Env) -> None:
    env.key("secret_key")
    assert wrong(list(machine.configuration(env))) == []
    (env.data_dir / "keys" / "secret_key").chmod(0o644)
    assert [finding.thing for finding in wrong(list(machine.configuration(env)))] == ["Keys"]


def test_debug_on_an_open_address_is_wrong(env: Env) -> None:
    risky = dataclasses.replace(env, debug=True, listen="0.0.0.0")
    assert any(
        "GULOU_DEBUG" in finding.todo for finding in wrong(list(machine.configuration(risky)))
    )


@pytest.mark.django_db
def test_a_demonstration_behind_a_real_setting_is_wrong(env: Env) -> None:
    real = dataclasses.replace(env, demo=False)
    assert list(database.demonstration(real)) == []
    mark_demonstration()
    (finding,) = database.demonstration(real)
    assert finding.verdict is Verdict.WRONG
    assert "gulou found" in finding.todo
    assert list(database.demonstration(dataclasses.replace(env, demo=True))) == []


@pytest.mark.django_db
def test_open_cases_of_a_dissolved_unit_are_named(env: Env, cast: Cast, kinds: Kinds) -> None:
    stuck = a_case(cast, kinds.rubbish, state=State.HANDLING)
    a_case(cast, kinds.rubbish, state=State.CLOSED)
    assert list(database.stranded(env)) == []
    Unit.objects.filter(pk=cast.street.pk).update(active=False)
    (finding,) = database.stranded(env)
    assert f"1 open case belongs to a unit that was dissolved: {stuck.number}." in finding.said
    assert "returns" in finding.todo


@pytest.mark.django_db
def test_the_shipped_dispatcher_gets_such_a_case_back(cast: Cast, kinds: Kinds) -> None:
    stuck = a_case(cast, kinds.rubbish, state=State.HANDLING)
    Unit.objects.filter(pk=cast.street.pk).update(active=False)
    dispatcher = PostingFactory.create(
        unit=cast.root, role=define_shipped_roles()["dispatcher"]
    ).user
    back = return_case(stuck, by=dispatcher, reason_id=reason("return").pk, words="该单位已撤销")
    assert back.state == State.FILED
    assert back.unit.is_office


def test_a_wrong_count_is_found_and_recounted(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    TallyChange.objects.all().delete()
    (finding,) = database.counts()
    assert (finding.verdict, finding.todo) == (Verdict.WRONG, "gulou recount")
    recount()
    (finding,) = database.counts()
    assert finding.verdict is Verdict.GOOD


@pytest.mark.django_db
def test_what_no_role_may_do_yet_is_said_in_words(env: Env) -> None:
    roles = define_shipped_roles()
    assert list(database.verbs(env)) == []
    for role in roles.values():
        role.verbs = [verb for verb in role.verbs if verb != "case.dispatch"]
        role.save(update_fields=["verbs"])
    (finding,) = database.verbs(env)
    assert finding.verdict is Verdict.LOOK
    assert "dispatch a case to a unit" in finding.said
