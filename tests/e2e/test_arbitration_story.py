"""A case is thrown back three times, the office decides, and the next one of its kind goes right."""

import os
from pathlib import Path
from typing import Any

from django.db import transaction

from gulou.cases.models import Case
from gulou.cases.routing import routing_of
from gulou.cases.states import State
from tests.browser import in_browser
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import Open, touch_kept
from tests.factories.cases import a_case
from tests.factories.catalogue import RuleFactory

SHOTS = os.environ.get("ARBITRATION_SHOTS", "")

pytestmark = in_browser


def _shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def _send(page: Any, words: str) -> None:
    page.locator("#move textarea[name=words]").fill(words)
    page.locator("#move button.button-primary").click()
    page.wait_for_url("**done=**")


def test_return_three_times_then_a_decision_then_a_rule(
    cast: Cast, kinds: Kinds, open_as: Open
) -> None:
    with transaction.atomic():
        wrong = RuleFactory.create(category=kinds.rubbish, unit=cast.street, area=cast.land.west)
    touch_kept()
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    home = f"/desk/cases/{case.number}/"
    office = open_as(cast.guo, f"{home}dispatch/", english=False)
    base = office.url.split("/desk/")[0]
    units = {
        cast.street: open_as(cast.lin, "/desk/", english=False, width=390),
        cast.department: open_as(cast.chen, "/desk/", english=False),
    }
    turns = [(cast.street, "在绿地内，属绿化养护"), (cast.department, "属路面保洁范围"),
             (cast.street, "已与社区核实，不在保洁范围")]  # fmt: skip
    for n, (unit, words) in enumerate(turns):
        office.goto(f"{base}{home}dispatch/")
        office.locator("#move select[name=unit]").select_option(str(unit.pk))
        _send(office, "请处理")
        page = units[unit]
        page.goto(f"{base}{home}return/")
        page.locator("#move input[name=reason]").first.check()
        if n == 2:
            _shoot(page, "1-return")
        _send(page, words)
    office.goto(f"{base}/desk/")
    assert office.get_by_role("heading", name="待裁定").is_visible()
    _shoot(office, "2-my-day")
    office.goto(base + home)
    assert office.locator(".statement").count() == 3
    assert office.locator(".statement").first.get_by_text(f"规则 {wrong.pk}").is_visible()
    office.locator("#move select[name=unit]").select_option(str(cast.department.pk))
    _shoot(office, "3-arbitrate")
    _send(office, "该绿地由其养护，垃圾一并清理")
    _shoot(office, "4-decided")

    office.get_by_role("link", name="转为责任规则").click()
    office.wait_for_url("**/rules/decided/**")
    assert office.get_by_text(f"取代同一范围的规则 {wrong.pk}").is_visible()
    _shoot(office, "5-rule")
    office.locator("form[method=post] button.button-primary").click()
    office.wait_for_url(f"**{home}")
    assert office.locator("section").get_by_text("本裁定已转为规则").is_visible()
    _shoot(office, "6-made")
    case.refresh_from_db()
    assert (case.state, case.unit_id) == (State.DISPATCHED, cast.department.pk)

    following = a_case(cast, kinds.rubbish)
    assert routing_of(Case.objects.get(pk=following.pk)).unit_id == cast.department.pk
    page = units[cast.department]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base + home)
    _shoot(page, "7-phone")
