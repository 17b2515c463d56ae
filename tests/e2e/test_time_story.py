"""More time is asked for and granted, it is late all the same, and the lateness is forgiven."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from gulou.cases import operations
from gulou.cases.models import Case, Step
from gulou.cases.states import State
from gulou.kit import clock
from gulou.people.models import User
from tests.browser import in_browser
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import Open
from tests.factories.cases import a_case, drawn, evidence
from tests.factories.people import PostingFactory, RoleFactory

SHOTS = os.environ.get("TIME_SHOTS", "")

pytestmark = in_browser


@pytest.fixture
def second(cast: Cast) -> User:
    """Who reviews an appeal after the dispatcher."""
    verbs = ["case.read", "case.rule"]
    with transaction.atomic():
        role = RoleFactory.create(verbs=verbs, reaches_below=True)
        return PostingFactory.create(unit=cast.root, role=role).user


def _handling(cast: Cast, kinds: Kinds) -> Case:
    """Two urgent hours, an hour and a half of them gone."""
    with clock.at(clock.now() - timedelta(minutes=90)):
        case = a_case(cast, kinds.rubbish, state=State.FILED)
        case = operations.dispatch_case(
            case, by=cast.guo, unit_id=cast.street.pk, condition_id=kinds.danger.pk
        )
        return operations.accept_case(case, by=cast.lin)


def _shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def _send(page: Any, words: str) -> None:
    page.locator("#move textarea[name=words]").fill(words)
    page.locator("#move button.button-primary").click()
    page.wait_for_url("**done=**")


def _decide(page: Any, answer: str, words: str) -> None:
    page.locator(f"#move input[name=granted][value={answer}]").check()
    _send(page, words)


def test_more_time_then_late_then_forgiven(
    cast: Cast, kinds: Kinds, open_as: Open, second: User
) -> None:
    case = _handling(cast, kinds)
    home = f"/desk/cases/{case.number}/"
    unit = open_as(cast.lin, f"{home}extend/", english=False, width=390)
    _shoot(unit, "1-extend")
    unit.locator("#move input[name=amount]").fill("1")
    _send(unit, "吊车一小时后到")
    _shoot(unit, "2-asked")

    office = open_as(cast.guo, "/desk/", english=False)
    asked = office.locator("section, div").filter(has_text="待审批的时限申请").last
    assert asked.is_visible() and office.locator(f"a[href*='{case.number}']").first.is_visible()
    office.goto(office.url.replace("/desk/", home))
    _shoot(office, "3-rule")
    _decide(office, "yes", "情况属实")
    case.refresh_from_db()
    assert case.due_at is not None and case.due_at > clock.now() + timedelta(minutes=80)

    with clock.at(clock.now() + timedelta(hours=5)):
        operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
        case = operations.close_case(
            drawn(Case.objects.get(pk=case.pk)), by=cast.he, words="已核查"
        )
    unit.goto(office.url.split("/desk/")[0] + f"{home}appeal/")
    _send(unit, "台风应急响应")
    for who, shot in ((cast.guo, "4-first"), (second, "5-second")):
        page = open_as(who, f"{home}rule/", english=False)
        _shoot(page, shot)
        _decide(page, "yes", "值班表与现场记录相符")
    page.locator(".case-steps summary").first.click()
    assert page.locator(".case-steps").get_by_text("已免责").is_visible()
    assert page.locator(".case-steps").get_by_text("超时").first.is_visible()
    _shoot(page, "6-excused")
    assert Step.objects.get(case=case, kind="handle").excused
