"""The desk in a real browser: keys, conflicts, the slider, and what axe finds."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.catalogue import states as catalogue
from gulou.people import verbs as people
from gulou.people.models import Unit, User
from tests.browser import in_browser, jpeg_file, violations
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import Open
from tests.factories.cases import a_case, evidence
from tests.factories.catalogue import RuleFactory
from tests.factories.people import PostingFactory, RoleFactory
from tests.factories.photos import make_jpeg

SHOTS = os.environ.get("DESK_SHOTS", "")

pytestmark = in_browser


@pytest.fixture
def world(cast: Cast, kinds: Kinds) -> dict[str, Case]:
    """A case in each state that a page shows differently."""

    def case(state: State, **given: Any) -> Case:
        shown = evidence(2)
        return a_case(cast, kinds.rubbish, state=state, photos=tuple(shown.photos),
                      draft=shown.draft, address="三坊七巷南后街 12 号门前", **given)  # fmt: skip

    return {state.value: case(state) for state in (
        State.RECEIVED, State.FILED, State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED
    )}  # fmt: skip


PAGES = (
    "/desk/", "/desk/cases/?all=1", "/desk/cases/{received}/", "/desk/cases/{filed}/dispatch/",
    "/desk/cases/{handled}/", "/desk/cases/{closed}/release/", "/desk/enter/", "/desk/units/",
    "/desk/papers/?all=1", "/setup/units/", "/setup/roles/", "/setup/roles/handler/edit/",
    "/setup/rules/",
)  # fmt: skip
# Every page in both languages, by day and by night, wide and narrow; what all share in each way.
LOOKS: tuple[dict[str, Any], ...] = (
    {"english": False, "dark": False, "width": 1440},
    {"english": True, "dark": True, "width": 390},
    {"english": True, "dark": True, "width": 1440},
    {"english": False, "dark": False, "width": 390},
)
HALVES = (PAGES[::2], PAGES[::2], PAGES[1::2], PAGES[1::2])


@pytest.mark.parametrize(
    ("look", "pages"),
    list(zip(LOOKS, HALVES, strict=True)),
    ids=["-".join(map(str, look.values())) for look in LOOKS],
)
def test_axe_finds_nothing_wrong_and_nothing_is_too_wide(
    cast: Cast, world: dict[str, Case], open_as: Open, look: dict[str, Any], pages: tuple[str, ...]
) -> None:
    numbers = {name: case.number for name, case in world.items()}
    _let_configure(cast.guo, cast.office)
    with transaction.atomic():
        RuleFactory.create(unit=cast.street)
    page = open_as(cast.guo, "/desk/", **look)
    home = page.url.removesuffix("/desk/")
    for path in pages:
        assert page.goto(home + path.format(**numbers)).ok, path
        page.wait_for_load_state("networkidle")
        assert violations(page, whole=True) == [], path
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, path
        if SHOTS:
            _shoot(page, path, look)


def _let_configure(user: User, office: Unit) -> None:
    role = RoleFactory.create(verbs=[*people.VERBS, catalogue.MANAGE])
    PostingFactory.create(user=user, role=role, unit=office)


def test_a_case_is_dispatched_by_keys_alone(cast: Cast, kinds: Kinds, open_as: Open) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    page = open_as(cast.guo, "/desk/cases/")
    page.wait_for_selector(f"#beside >> text={case.number}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/cases/{case.number}/?from=*")
    page.keyboard.press("d")
    page.wait_for_selector("[name=unit]:focus")
    page.keyboard.type("Unit W")
    page.keyboard.press("Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement?.matches('#move .button-primary')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is dispatched")
    case.refresh_from_db()
    assert (case.state, case.unit_id) == (State.DISPATCHED, cast.street.pk)


def test_a_conflict_keeps_what_was_typed(cast: Cast, kinds: Kinds, open_as: Open) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    page = open_as(cast.guo, f"/desk/cases/{case.number}/dispatch/")
    page.select_option("[name=unit]", str(cast.street.pk))
    page.fill("[name=words]", "请今天处理")
    operations.note_case(case, by=cast.guo, words="等一下")
    page.click("#move .button-primary")
    page.wait_for_selector("text=Somebody changed this case")
    assert page.input_value("[name=words]") == "请今天处理"
    assert page.locator(".notice", has_text="等一下").count() == 1
    page.click("#move .button-primary")
    page.wait_for_selector("text=is dispatched")


def test_the_slider_moves_by_key(cast: Cast, world: dict[str, Case], open_as: Open) -> None:
    page = open_as(cast.guo, f"/desk/cases/{world['handled'].number}/")
    page.locator(".compare-range").focus()
    before = page.evaluate("document.querySelector('.compare').style.getPropertyValue('--cut')")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    after = page.evaluate("document.querySelector('.compare').style.getPropertyValue('--cut')")
    assert (before, after) == ("50%", "55%")


def test_choosing_a_category_brings_its_conditions_and_keeps_the_words(
    cast: Cast, kinds: Kinds, open_as: Open
) -> None:
    case = a_case(cast, kinds.smoking)
    page = open_as(cast.guo, f"/desk/cases/{case.number}/file/")
    page.fill("[name=summary]", "已写好的表述")
    page.select_option("[name=category]", str(kinds.rubbish.pk))
    page.wait_for_selector(f"[name=condition][value='{kinds.danger.pk}']")
    assert page.input_value("[name=summary]") == "已写好的表述"


def test_a_move_is_made_without_a_script(cast: Cast, kinds: Kinds, open_as: Open) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    page = open_as(cast.lin, "/desk/", width=390, js=False)
    page.click(f"text={kinds.rubbish.name_en}")
    page.fill("[name=words]", "已清理")
    page.set_input_files("input[type=file]", jpeg_file(make_jpeg(text="after")))
    page.click("#move .button-primary")
    page.wait_for_selector("text=is reported as handled")
    case.refresh_from_db()
    assert case.state == State.HANDLED


def _shoot(page: Any, path: str, look: dict[str, Any]) -> None:
    name = path.strip("/").replace("/", "_").replace("?", "-").replace("{", "").replace("}", "")
    words = "en" if look["english"] else "zh"
    light = "dark" if look["dark"] else "light"
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    page.screenshot(path=f"{SHOTS}/{name}-{look['width']}-{words}-{light}.png", full_page=True)
