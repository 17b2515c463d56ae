"""A dispatcher's morning by keyboard alone, in Chinese: the mouse is never touched."""

from typing import Any

from gulou.cases import operations, queries
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.catalogue.operations import set_rule
from gulou.workbench.models import SavedView
from tests.browser import PATIENCE_MS, in_browser, violations
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import touch_kept
from tests.factories.cases import a_case, a_snap

pytestmark = in_browser

PASSWORD = "Gulou-test-2026"


class Keyboard:
    """Hands on the keys. There is no way to click here."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def until(self, selector: str) -> None:
        self.page.locator(selector).first.wait_for()

    def tab_to(self, selector: str, most: int = 60) -> None:
        for _ in range(most):
            if self.page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"the Tab key does not reach {selector}")

    def lines(self) -> list[str]:
        found: list[str] = self.page.locator("tr.line").evaluate_all(
            "all => all.map(one => one.dataset.number)"
        )
        return found

    def is_accessible(self) -> None:
        assert violations(self.page) == [], self.page.url


def test_a_dispatchers_morning(
    chromium: Any, contexts: list[Any], live_server: Any, cast: Cast, kinds: Kinds
) -> None:
    set_rule(by="system", category_id=kinds.smoking.pk, lead="street", reason="由街道处置")
    touch_kept()
    cases = [a_case(cast, kinds.smoking, address=f"南后街 {n} 号") for n in range(5)]
    sought = operations.receive_report(a_snap(kinds.rubbish, address="安民巷口")).case
    cast.guo.set_password(PASSWORD)
    cast.guo.save(update_fields=["password"])
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce"
    )
    contexts.append(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    hands = Keyboard(page)

    # Sign in.
    page.goto(f"{live_server.url}/desk/")
    hands.tab_to("[name=login]")
    hands.type(cast.guo.username)
    hands.tab_to("[name=password]")
    hands.type(PASSWORD)
    hands.press("Enter")
    page.get_by_role("heading", name="我的待办").wait_for()
    hands.is_accessible()

    # What do the keys do?
    hands.press("?")
    page.get_by_role("dialog", name="快捷键").wait_for()
    hands.is_accessible()
    hands.press("Escape")

    # Search for a number: its record.
    hands.press("/")
    hands.type(sought.number)
    hands.press("Enter")
    page.wait_for_url(f"**/desk/cases/{sought.number}/")

    # To the queue, down two, up one, and file the case that is shown.
    hands.press("g", "c")
    hands.until("tr.line")
    hands.is_accessible()
    hands.press("j", "j", "j", "k")
    second = hands.lines()[1]
    assert page.locator("tr.line.here").get_attribute("data-number") == second
    page.locator("#beside .mono", has_text=second).wait_for()
    hands.press("f")
    page.wait_for_url(f"**/cases/{second}/file/**")
    hands.tab_to("#move button.button-primary")
    hands.press("Enter")
    hands.until(".toast [data-key=u]")
    assert _state(second) == State.FILED

    # The likely move is open: dispatch it to the unit that the rule proposes.
    page.locator("#move [name=unit]").wait_for()
    assert page.locator("#move [name=unit] option:checked").inner_text() == "单位W"
    hands.tab_to("#move button.button-primary")
    hands.press("Enter")
    page.get_by_text("已派遣。").first.wait_for()
    assert _state(second) == State.DISPATCHED

    # Too quick: take it back, and it waits as before.
    hands.press("u")
    page.get_by_text("恢复原状").wait_for()
    assert _state(second) == State.FILED

    # On to the next record of the same list, and back to the list.
    third = hands.page.get_by_role("link", name="下一件").get_attribute("href")
    hands.press("j")
    page.wait_for_url(f"**{third}")
    hands.press("Escape")
    hands.until("tr.line")

    # Select three and leave the same note on each.
    hands.press("k", "k", "k", "k", "k", "k")
    chosen = hands.lines()[:3]
    hands.press("x", "j", "x", "j", "x")
    page.get_by_text("已选 3 件").wait_for()
    hands.is_accessible()
    hands.press("t")
    page.wait_for_url("**/desk/bulk/note/")
    hands.is_accessible()
    hands.tab_to("[name=words]")
    hands.type("同一施工队所为")
    hands.tab_to(".bulk form button.button-primary")
    hands.press("Enter")
    page.get_by_role("heading", name="已完成").wait_for()
    hands.is_accessible()
    assert all(_noted(cast, number) == ["同一施工队所为"] for number in chosen)

    # And take all three back.
    hands.press("u")
    page.get_by_role("heading", name="已撤销").wait_for()
    assert all(_noted(cast, number) == [] for number in chosen)

    # Keep the morning's list under a name.
    hands.press("Escape")
    hands.until("tr.line")
    hands.tab_to(".queue-head details.menu summary")
    hands.press("Enter")
    hands.tab_to("#view-name")
    hands.type("早班")
    hands.press("Enter")
    page.get_by_role("heading", name="早班").wait_for()
    assert SavedView.objects.get().name == "早班"
    hands.is_accessible()
    assert len(cases) == 5


def _state(number: str) -> str:
    return Case.objects.get(number=number).state


def _noted(cast: Cast, number: str) -> list[str]:
    case = queries.case_seen_by(cast.guo, number)
    story = queries.record_of(case, reader=cast.guo).story
    return [one.text for one in story if one.name == "case.noted" and not one.undone]
