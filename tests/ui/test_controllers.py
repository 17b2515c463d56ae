"""The small scripts at work in a real browser, on the gallery."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import ROOT, WCAG, in_browser, violations
from tests.browser import chromium as chromium

PICTURE = (ROOT / "gulou/ui/static/ui/sample-before.svg").read_bytes()

pytestmark = in_browser


@pytest.fixture
def opened(chromium: Any, live_server: Any) -> Iterator[Any]:
    """Open the gallery; called with what the browser is like."""
    contexts = []

    def open_gallery(frame: str = "?desk", *, language: str = "en", **like: Any) -> Any:
        context = chromium.new_context(
            viewport=like.pop("viewport", {"width": 1200, "height": 900}),
            reduced_motion="reduce",
            geolocation={"latitude": 26.09, "longitude": 119.29, "accuracy": 35},
            permissions=["geolocation"],
            **like,
        )
        contexts.append(context)
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_server.url}]
        )
        page = context.new_page()
        page.goto(f"{live_server.url}/ui/{frame}")
        return page

    yield open_gallery
    for context in contexts:
        context.close()


def _file(name: str, mime: str = "image/svg+xml") -> dict[str, Any]:
    return {"name": name, "mimeType": mime, "buffer": PICTURE}


def _with_pin(page: Any) -> Any:
    page.wait_for_selector("[data-controller=pin][data-ready]", timeout=60_000)
    return page


def _value(page: Any, name: str) -> str:
    return str(page.locator(f"[name={name}]").input_value())


def test_photos_are_sent_as_chosen_and_tried_again(opened: Any) -> None:
    page = _with_pin(opened())
    answers = [
        lambda route: route.fulfill(
            status=201, json={"uid": "u1", "lat": 26.0962, "lon": 119.2852}
        ),
        lambda route: route.fulfill(status=422, json={"message": "Too dark to read."}),
        lambda route: route.fulfill(status=503, body="down"),
        lambda route: route.fulfill(status=201, json={"uid": "u4"}),
    ]
    page.route("**/ui/stage/", lambda route: answers.pop(0)(route))
    page.set_input_files("input[type=file]", [_file("a.svg")])
    page.wait_for_selector(".upload.kept")
    page.set_input_files("input[type=file]", [_file("b.svg")])
    page.wait_for_selector(".upload.refused")
    assert "Too dark to read." in page.locator(".upload.refused").inner_text()
    assert page.locator(".upload.refused [data-action='upload#retry']").is_hidden()
    page.set_input_files("input[type=file]", [_file("c.svg")])
    page.wait_for_selector(".upload.refused:has-text('c.svg')")
    page.click(".upload:has-text('c.svg') [data-action='upload#retry']")
    page.wait_for_selector(".upload.kept:has-text('c.svg')")
    kept = page.locator("input[name=photo]").evaluate_all("all => all.map(one => one.value)")
    assert kept == ["u1", "u4"]
    assert (_value(page, "lat"), _value(page, "place_source")) == ("26.096200", "photo")


def test_what_is_no_photo_is_refused_before_it_is_sent(opened: Any) -> None:
    page = opened()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.set_input_files("input[type=file]", [_file("words.txt", "text/plain")])
    page.wait_for_selector(".upload.refused")
    assert "not a photo" in page.locator(".upload").inner_text()
    assert not [url for url in sent if url.endswith("/stage/")]


def test_a_form_waits_for_its_photos(opened: Any) -> None:
    page = opened()
    held: list[Any] = []
    page.route("**/ui/stage/", lambda route: held.append(route))
    page.set_input_files("input[type=file]", [_file("a.svg")])
    page.wait_for_selector(".upload")
    page.evaluate(
        "(form => { form.noValidate = true; form.requestSubmit(); })"
        "(document.querySelector('input[type=file]').form)"
    )
    page.wait_for_selector(".toast.tone-late")
    assert page.url.endswith("?desk")
    for route in held:
        route.abort()


def test_the_pin_goes_where_device_keys_and_names_say(opened: Any) -> None:
    page = _with_pin(opened())
    page.click("[data-pin-target=here]")
    page.wait_for_selector("[name=accuracy][value='35']", state="attached")
    assert (_value(page, "lat"), _value(page, "place_source")) == ("26.090000", "device")
    page.focus(".pin-mark[role=button]")
    page.keyboard.press("ArrowUp")
    assert (_value(page, "lat"), _value(page, "place_source")) == ("26.090045", "pin")
    assert _value(page, "accuracy") == ""
    page.fill("[data-pin-target=search]", "西湖")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert (_value(page, "lat"), _value(page, "place_source")) == ("26.096200", "search")


def test_a_photo_does_not_move_a_pin_that_a_person_set(opened: Any) -> None:
    page = _with_pin(opened())
    page.focus(".pin-mark[role=button]")
    page.keyboard.press("ArrowUp")
    set_by_hand = _value(page, "lat")
    page.route(
        "**/ui/stage/",
        lambda route: route.fulfill(status=201, json={"uid": "u", "lat": 26.1, "lon": 119.3}),
    )
    page.set_input_files("input[type=file]", [_file("a.svg")])
    page.wait_for_selector(".upload.kept")
    assert _value(page, "lat") == set_by_hand


def test_what_was_typed_comes_back_and_can_be_thrown_away(opened: Any) -> None:
    page = opened()
    page.wait_for_timeout(500)
    page.fill("#id_what", "路灯不亮 𠮷 ‏مرحبا")
    page.check("#id_kind_1")
    page.reload()
    page.wait_for_selector(".toast:has-text('What you had typed is back')")
    assert page.locator("#id_what").input_value() == "路灯不亮 𠮷 ‏مرحبا"
    assert page.is_checked("#id_kind_1")
    page.click(".toast >> text=Start afresh")
    page.wait_for_function("document.querySelector('#id_what')?.value === ''")


def test_keys_walk_the_list_and_open_the_sheet(opened: Any) -> None:
    page = opened()
    page.wait_for_timeout(500)
    page.click("h1")
    page.keyboard.press("j")
    assert page.locator(".row.here").count() == 1
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") != first
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_visible()
    page.keyboard.press("Escape")
    page.fill("#id_what", "")
    page.type("#id_what", "jk?")
    assert page.locator("#id_what").input_value() == "jk?"
    assert page.locator("#keys-help").is_hidden()


def test_the_slider_moves_by_key(opened: Any) -> None:
    page = opened()
    page.wait_for_selector(".compare.ready")
    page.focus(".compare-range")
    page.keyboard.press("ArrowRight")
    cut = page.locator(".compare").evaluate("one => one.style.getPropertyValue('--cut')")
    assert cut == "51%"


def test_the_theme_changes_at_once_and_stays(opened: Any) -> None:
    page = opened("", color_scheme="light")
    page.wait_for_timeout(500)
    page.click("[data-theme-target=button]")
    page.wait_for_selector("html[data-theme=dark]")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_without_a_script_everything_needed_is_there(opened: Any) -> None:
    page = opened("", java_script_enabled=False, viewport={"width": 390, "height": 844})
    for needed in ("input[type=file]", "[name=lat]", "[name=lon]", "[name=stars] >> nth=0"):
        assert page.locator(needed).is_visible(), needed
    assert page.locator(".compare img").count() == 2
    page.click("button[name=theme]")
    assert page.locator("html").get_attribute("data-theme") == "light"


# What colours alone can make wrong; all else is the same by day and by night.
COLOURS = ("color-contrast", "link-in-text-block")


@pytest.mark.parametrize(
    ("frame", "language", "width"),
    [("", "zh-hans", 360), ("?desk", "en", 360), ("", "en", 1440), ("?desk", "zh-hans", 2560)],
)
def test_axe_finds_nothing_and_nothing_overflows(
    opened: Any, frame: str, language: str, width: int
) -> None:
    page = opened(
        frame, language=language, color_scheme="light", viewport={"width": width, "height": 900}
    )
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    _with_pin(page)
    assert violations(page, rules=(*WCAG, "best-practice")) == []
    root = "document.documentElement"
    paper = f"getComputedStyle({root}).backgroundColor"
    by_day = page.evaluate(paper)
    # As the switch does it.
    page.evaluate(f"{root}.dataset.theme = 'dark'")
    page.evaluate("document.dispatchEvent(new CustomEvent('themechange'))")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(paper) != by_day
    assert violations(page, rules=COLOURS) == []
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert said == []
