"""A closed case is visited a week later, has come back, and is open again with a new clock."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from gulou.cases import operations
from gulou.cases.models import Case, Revisit
from gulou.cases.states import State
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.operations import set_checking
from gulou.kit import clock
from gulou.outbox.deliver import deliver_all
from gulou.people.models import Role
from tests.browser import in_browser, violations
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import Open, touch_kept
from tests.factories.cases import a_case
from tests.factories.people import PostingFactory, UserFactory

SHOTS = os.environ.get("LOOKBACK_SHOTS", "")

pytestmark = in_browser


def _shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_look_back_that_finds_it_back_opens_the_case_again(
    cast: Cast, kinds: Kinds, open_as: Open
) -> None:
    role = Role.objects.get(code="rechecker")
    role.verbs = [*role.verbs, "case.look_back"]
    role.save()
    ma = UserFactory.create(display_name="马丽")
    PostingFactory.create(user=ma, role=role, unit=cast.team)
    set_checking(None, CheckingRef(first_share=100), by="system")
    touch_kept()
    with clock.at(clock.now() - timedelta(days=7, hours=1)):
        case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    deliver_all()
    assert operations.begin_look_backs() == 1
    revisit = Revisit.objects.get(case=case)

    page = open_as(ma, "/desk/", english=False, width=390)
    _shoot(page, "1-my-day-390")
    page.get_by_role("link", name="暴露垃圾").first.click()
    page.wait_for_url(f"**/desk/checks/{revisit.uid}/")
    assert violations(page) == []
    _shoot(page, "2-check-390")
    page.get_by_label("不合格，重开案卷").check()
    page.locator("textarea[name=words]").first.fill("原处又堆了五袋垃圾")
    page.get_by_role("button", name="提交结果").click()
    page.wait_for_url("**/desk/checks/")

    office = open_as(cast.guo, f"/desk/cases/{case.number}/", english=False)
    assert office.get_by_text("7 天回头看：问题反弹").first.is_visible()
    assert office.get_by_text("原处又堆了五袋垃圾").first.is_visible()
    office.locator("summary").get_by_text("随机抽取说明").click()
    _shoot(office, "3-record-1440")
    done = open_as(cast.guo, "/desk/checks/?show=done", english=False)
    assert done.get_by_text("不合格").first.is_visible()
    assert violations(done) == []
    _shoot(done, "4-done-1440")
    if SHOTS:
        _shoot(open_as(cast.guo, f"/desk/checks/{revisit.uid}/", english=False), "5-check-1440")
    case = Case.objects.get(pk=case.pk)
    assert case.state == State.FILED
    assert case.due_at is not None and case.due_at > clock.now()
