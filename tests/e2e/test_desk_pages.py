"""The desk in a real browser: keys, conflicts, the slider, and what axe finds."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from gulou.people.adapter import SEEN_AT, SIGNED_IN_AT
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, evidence
from tests.factories.photos import make_jpeg

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
SHOTS = os.environ.get("DESK_SHOTS", "")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here: apt install chromium"),
    pytest.mark.skipif(not AXE.exists(), reason="no axe here: npm ci in frontend/"),
]

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    # Playwright's loop runs in this thread; Django's database is used from it all the same.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"],
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_as(chromium: Any, live_server: Any) -> Iterator[Open]:
    """Open a page as somebody; the answer is Playwright's page."""
    contexts = []

    def open_page(
        user: User, path: str, *, width: int = 1440, height: int = 900, english: bool = True,
        dark: bool = False, js: bool = True,
    ) -> Any:  # fmt: skip
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[SEEN_AT] = session[SIGNED_IN_AT] = clock.now().timestamp()
        session.save()
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=js,
            color_scheme="dark" if dark else "light", reduced_motion="reduce",
            locale="en-GB" if english else "zh-CN",
        )  # fmt: skip
        contexts.append(context)
        values = {"sessionid": client.cookies["sessionid"].value,
                  "django_language": "en" if english else "zh-hans"}  # fmt: skip
        context.add_cookies([
            {"name": name, "value": value, "url": live_server.url}
            for name, value in values.items()
        ])  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def violations(page: Any) -> list[str]:
    """What axe finds wrong, one line each. It is run apart from the page, whose rules stay on."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


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
)  # fmt: skip
LOOKS: tuple[dict[str, Any], ...] = (
    {"english": False, "dark": False, "width": 1440},
    {"english": True, "dark": True, "width": 1440},
    {"english": True, "dark": False, "width": 390},
    {"english": False, "dark": True, "width": 390},
)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look.values())))
def test_axe_finds_nothing_wrong_and_nothing_is_too_wide(
    cast: Cast, world: dict[str, Case], open_as: Open, look: dict[str, Any]
) -> None:
    numbers = {name: case.number for name, case in world.items()}
    page = open_as(cast.guo, "/desk/", **look)
    for path in PAGES:
        page.goto(page.url.split("/desk/")[0] + path.format(**numbers))
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], path
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, path
        if SHOTS:
            _shoot(page, path, look)


def test_a_case_is_dispatched_by_keys_alone(cast: Cast, kinds: Kinds, open_as: Open) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    page = open_as(cast.guo, "/desk/cases/")
    page.wait_for_selector(f"#beside >> text={case.number}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/cases/{case.number}/")
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
    picture = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": make_jpeg(text="after")}
    page.set_input_files("input[type=file]", picture)
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
