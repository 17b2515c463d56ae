"""Reporting and following in a real browser: phone, no script, bad network, and what axe finds."""

from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.models import Case, CasePhoto, Report
from gulou.cases.states import State
from gulou.catalogue.models import Elsewhere
from gulou.outbox.deliver import deliver_all
from tests.browser import in_browser, jpeg_file, violations
from tests.conftest import Cast, Kinds
from tests.e2e.conftest import Open, touch_kept
from tests.factories.cases import IN_WEST, a_case, evidence
from tests.factories.openings import open_parts
from tests.factories.photos import make_jpeg

pytestmark = in_browser

LAT, LON = IN_WEST


def _photo(name: str = "street.jpg", **photo: Any) -> dict[str, Any]:
    return jpeg_file(make_jpeg(**photo), name)


def _choose(page: Any, *photos: dict[str, Any]) -> None:
    page.locator("input[type=file]").set_input_files(list(photos))


def _tap_category(page: Any, kinds: Kinds) -> None:
    page.locator(f".tiles input[value='{kinds.rubbish.pk}']").first.check(force=True)


def _send(page: Any) -> None:
    page.locator(".thumb-bar button").click()


def _received(page: Any) -> Report:
    page.wait_for_url("**/receipt/")
    return Report.objects.select_related("words", "case").latest("pk")


def test_a_practised_thumb_reports_in_four_taps(on_phone: Open, cast: Cast, kinds: Kinds) -> None:
    page = on_phone("/report/")
    _choose(page, _photo())
    page.locator(".upload.kept").wait_for()
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("within 20 m").wait_for()
    _tap_category(page, kinds)
    _send(page)
    report = _received(page)
    assert report.receipt in page.content()
    assert (report.lat, report.lon, report.accuracy_m) == (LAT, LON, 20)
    assert CasePhoto.objects.filter(report=report).count() == 1
    page.get_by_role("link", name="Follow my report").click()
    page.get_by_text("The office looks at it next").wait_for()


def test_the_photo_brings_its_own_place(on_phone: Open, cast: Cast, kinds: Kinds) -> None:
    page = on_phone("/report/", located=False)
    _choose(page, _photo(gps=(26.075, 119.285)))
    page.get_by_text("Place taken from the photo").wait_for()
    _tap_category(page, kinds)
    _send(page)
    report = _received(page)
    assert (round(report.lat, 4), round(report.lon, 4)) == (26.075, 119.285)


def test_it_works_without_a_script(on_phone: Open, cast: Cast, kinds: Kinds) -> None:
    page = on_phone("/report/", java_script_enabled=False)
    _choose(page, _photo(gps=IN_WEST))
    page.get_by_role("button", name="Add these photos").click()
    page.locator(".upload.kept img").wait_for()
    assert page.locator("input[name=lat]").input_value() == f"{LAT:.6f}"
    page.locator("textarea[name=words]").fill("路边有垃圾")
    _tap_category(page, kinds)
    _send(page)
    report = _received(page)
    assert report.words.text == "路边有垃圾"
    assert CasePhoto.objects.filter(report=report).count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_refused_form_keeps_photo_pin_and_words(
    on_phone: Open, cast: Cast, kinds: Kinds, script: bool
) -> None:
    page = on_phone("/report/", java_script_enabled=script)
    _choose(page, _photo(gps=IN_WEST))
    if script:
        page.locator(".upload.kept").wait_for()
    page.locator("textarea[name=words]").fill("井盖没了 𠮷")
    _send(page)
    page.get_by_text("Choose what it is about.").first.wait_for()
    assert page.locator("textarea[name=words]").input_value() == "井盖没了 𠮷"
    assert page.locator(".upload.kept").count() == 1
    assert page.locator("input[name=lat]").input_value() == f"{LAT:.6f}"
    _tap_category(page, kinds)
    _send(page)
    assert CasePhoto.objects.filter(report=_received(page)).count() == 1


def test_a_photo_that_cannot_be_used_says_why_beside_it(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    page = on_phone("/report/")
    _choose(page, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.4 no photo"})
    page.locator(".upload.refused").get_by_text("This is a PDF file").wait_for()
    _choose(page, _photo())
    page.locator(".upload.kept").wait_for()
    page.locator(".upload.refused").get_by_role("button", name="Remove").click()
    assert page.locator(".upload").count() == 1


def test_without_a_network_nothing_that_was_typed_is_lost(
    on_phone: Open, cast: Cast, kinds: Kinds, live_server: Any
) -> None:
    page = on_phone("/report/")
    page.locator("textarea[name=words]").fill("路灯不亮，晚上很黑")
    _tap_category(page, kinds)
    page.context.set_offline(True)
    _send(page)
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto(f"{live_server.url}/report/")
    page.get_by_text("What you had typed is back").wait_for()
    assert page.locator("textarea[name=words]").input_value() == "路灯不亮，晚上很黑"
    assert page.locator(f"input[name=category][value='{kinds.rubbish.pk}']").first.is_checked()


def test_sending_without_a_network_stays_on_the_page_until_it_is_back(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    page = on_phone("/report/")
    page.locator("textarea[name=words]").fill("路灯不亮，晚上很黑")
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("within 20 m").wait_for()
    _tap_category(page, kinds)
    page.context.set_offline(True)
    _send(page)
    page.locator(".thumb-bar").get_by_text("Kept on this device").wait_for()
    assert page.locator(".offline-mark").is_visible()
    assert page.locator("textarea[name=words]").input_value() == "路灯不亮，晚上很黑"
    page.context.set_offline(False)
    page.locator(".thumb-bar").get_by_text("You are online again").wait_for()
    assert page.locator(".offline-mark").is_hidden()
    _send(page)
    assert _received(page).words.text == "路灯不亮，晚上很黑"


def test_a_network_that_only_seems_to_be_there_is_noticed(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    page = on_phone("/report/")
    page.route("**/*", lambda route: route.abort())
    assert page.evaluate("navigator.onLine")
    _send(page)
    page.locator(".thumb-bar").get_by_text("Kept on this device").wait_for()
    assert page.locator(".offline-mark").is_visible()
    page.unroute("**/*")
    _send(page)
    page.locator(".errors").wait_for()


def test_a_photo_from_elsewhere_leaves_the_map_on_the_district(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    page = on_phone("/report/", located=False)
    page.locator("[data-controller~=pin][data-ready]").wait_for()
    _choose(page, _photo(gps=(51.5, -0.12)))
    page.get_by_text("The photo was taken outside the district").wait_for()
    assert page.locator(".pin-mark").count() == 0
    page.locator(".map-canvas").click()
    page.locator(".pin-mark").wait_for()
    _tap_category(page, kinds)
    _send(page)
    report = _received(page)
    assert abs(report.lat - LAT) < 1
    assert abs(report.lon - LON) < 1


def test_without_leave_to_know_the_place_a_tap_on_the_map_sets_the_pin(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    page = on_phone("/report/", located=False)
    page.locator("[data-controller~=pin][data-ready]").wait_for()
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("Tap the map to place the pin, or search").wait_for()
    page.locator(".map-canvas").tap()
    page.locator(".pin-mark").wait_for()
    assert page.locator("input[name=place_source]").input_value() == "pin"


def test_what_was_sent_does_not_come_back_as_a_draft(
    on_phone: Open, cast: Cast, kinds: Kinds, live_server: Any
) -> None:
    page = on_phone("/report/")
    page.locator("textarea[name=words]").fill("只报一次")
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("within 20 m").wait_for()
    _tap_category(page, kinds)
    _send(page)
    _received(page)
    page.goto(f"{live_server.url}/report/")
    page.wait_for_timeout(300)
    assert page.locator("textarea[name=words]").input_value() == ""


def test_somebody_has_reported_this_and_one_tap_joins(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    page = on_phone("/report/")
    page.locator("textarea[name=words]").fill("还在")
    page.get_by_role("button", name="Use my location").click()
    _tap_category(page, kinds)
    page.locator(f"#hints input[value='{case.uid}']").check()
    _send(page)
    report = _received(page)
    assert report.me_too
    assert report.case == case
    page.get_by_text("Your voice has been added").wait_for()


def test_danger_is_pointed_to_its_number_while_one_types(
    on_phone: Open, cast: Cast, kinds: Kinds
) -> None:
    Elsewhere.objects.create(
        code="fire", kind="danger", number="119", name_zh="火警", name_en="Fire brigade",
        words_zh="请拨打 119。", words_en="Leave first, then call 119.", keywords=["着火"],
    )  # fmt: skip
    touch_kept()
    page = on_phone("/report/")
    page.locator("textarea[name=words]").fill("垃圾桶着火了")
    page.locator("textarea[name=words]").blur()
    page.locator("#hints a[href='tel:119']").wait_for()


def test_a_kind_is_found_by_words(on_phone: Open, cast: Cast, kinds: Kinds) -> None:
    page = on_phone("/report/")
    page.locator("#id_category_q").press_sequentially("smok")
    page.locator("#id_category_q").press_sequentially("ing")
    tile = page.locator(f"#found-categories input[value='{kinds.smoking.pk}']")
    tile.check(force=True)
    assert tile.is_checked()


def test_the_end_is_seen_and_rated(on_phone: Open, cast: Cast, kinds: Kinds) -> None:
    page = on_phone(f"/t/{_closed(cast, kinds).reports.get().token}/")
    page.locator(".compare.ready").wait_for()
    assert page.locator(".compare img").evaluate_all("all => all.every(one => one.naturalWidth)")
    page.locator(".star input[value='5']").check(force=True)
    page.get_by_role("button", name="Send my rating").click()
    page.get_by_text("You gave 5 of 5 stars").wait_for()


def _closed(cast: Cast, kinds: Kinds) -> Case:
    before = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.CLOSED, photos=tuple(before.photos), draft=before.draft
    )
    uids = list(CasePhoto.objects.filter(case=case).values_list("photo__uid", flat=True))
    operations.release_photos(case, by=cast.guo, uids=uids, summary="路口垃圾已清理")
    deliver_all()
    return case


PAGES = (
    "/", "/report/", "/track/", "/t/{token}/", "/t/{token}/receipt/", "/t/{handled}/",
    "/t/nothing/", "/cases/", "/cases/{number}/", "/map/", "/statistics/", "/data/",
)  # fmt: skip
# Every page in both languages, by day and by night, narrow and wide.
LOOKS = [
    ("zh-CN", "light", 390, PAGES[::2]), ("en-GB", "dark", 1440, PAGES[::2]),
    ("en-GB", "dark", 360, PAGES[1::2]), ("zh-CN", "light", 1440, PAGES[1::2]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "scheme", "width", "pages"), LOOKS)
def test_axe_finds_nothing_wrong(
    on_phone: Open,
    cast: Cast,
    kinds: Kinds,
    live_server: Any,
    language: str,
    scheme: str,
    width: int,
    pages: tuple[str, ...],
) -> None:
    closed = _closed(cast, kinds)
    handled = a_case(cast, kinds.rubbish, state=State.HANDLING).reports.get().token
    open_parts(cast.office)
    operations.compute_figures()
    page = on_phone(
        "/", locale=language, color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    names = {"token": closed.reports.get().token, "handled": handled, "number": closed.number}
    for path in pages:
        answer = page.goto(live_server.url + path.format(**names))
        assert answer.ok == (path != "/t/nothing/"), path
        if path == "/report/":
            page.locator("[data-controller~=pin][data-ready]").wait_for()
        assert violations(page, whole=True) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if path == "/report/":
            _send(page)
            page.locator(".errors").wait_for()
            assert violations(page, whole=True) == [], "errors"
