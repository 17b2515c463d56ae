"""A snapshot becomes a closed case: the whole story on the real pages, with the real worker."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from PIL import Image

from gulou.cases.states import State
from gulou.catalogue.operations import set_rule
from gulou.config.jobs import JOBS
from gulou.config.runtime.worker import Worker
from gulou.outbox.audit import audit
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Delivery, Event
from gulou.people.models import User
from tests.browser import PATIENCE_MS, in_browser, jpeg_file
from tests.conftest import SHARED, Cast, Kinds
from tests.e2e.conftest import Open, touch_kept
from tests.factories.cases import IN_WEST, a_case
from tests.factories.photos import GPS_IFD, make_jpeg

pytestmark = in_browser

PASSWORD = "Gulou-test-2026"
SignIn = Callable[..., Any]


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """The loop of `gulou worker`, beside the browser, with all its lines in one thread."""
    stop = threading.Event()

    def work() -> None:
        try:
            Worker(lambda: deliver_all(1) == 1, JOBS).work_until(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def sign_in(chromium: Any, contexts: list[Any], live_server: Any, cast: Cast) -> SignIn:
    """Sign somebody in through the real page, on a desktop that speaks Chinese."""
    for user in (cast.guo, cast.lin, cast.he):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])

    def come(user: User, *, script: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce",
            java_script_enabled=script,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{live_server.url}/desk/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.locator("form.card").get_by_role("button", name="登录").click()
        page.get_by_role("heading", name="我的待办").wait_for()
        return page

    return come


def test_a_snapshot_becomes_a_closed_case(
    on_phone: Open, worker: None, sign_in: SignIn, cast: Cast, kinds: Kinds
) -> None:
    set_rule(by="system", category_id=kinds.rubbish.pk, lead="street", reason="垃圾由街道清理")
    touch_kept()

    phone = on_phone("/", locale="zh-CN", is_mobile=True, device_scale_factor=2)
    phone.get_by_role("link", name="随手拍", exact=True).click()
    receipt = _report(phone, "三个黑袋子，苍蝇很多")
    phone.get_by_role("link", name="查看进展").click()
    phone.get_by_text("工作人员接下来会查看").wait_for()
    assert receipt in phone.inner_text("main")

    guo = sign_in(cast.guo)
    guo.get_by_role("link", name="暴露垃圾").click()
    guo.get_by_role("button", name="立案").wait_for()
    number = guo.url.rstrip("/").rsplit("/", 1)[-1]
    assert "三个黑袋子，苍蝇很多" in guo.inner_text("main")
    _all_pictures_shown(guo, 1)
    guo.get_by_label("对外公开的表述").fill("南后街路边有垃圾")
    _move(guo, "立案", "已立案")

    why = guo.get_by_role("region", name="为什么是这个单位")
    assert "单位W" in why.inner_text()
    assert "垃圾由街道清理" in why.inner_text()
    assert guo.locator("[name=unit] option:checked").inner_text() == "单位W"
    _move(guo, "派遣", "已派遣")

    lin = sign_in(cast.lin)
    lin.get_by_role("link", name="暴露垃圾").click()
    _move(lin, "签收", "已签收")
    _reads(phone, "单位W正在处置")
    assert number in lin.url
    lin.get_by_label("处置情况").fill("已清运并冲洗地面")
    lin.locator("input[type=file]").set_input_files([jpeg_file(_real(1), "after.jpg")])
    lin.locator(".upload.kept").wait_for()
    _move(lin, "报告处置完成", "由其他人核查")

    # Whoever handled it is not asked whether it is done, and cannot say so by the address either.
    assert lin.get_by_role("link", name="结案", exact=True).count() == 0
    assert "没有需要您办理的事项" in lin.inner_text("main")
    assert lin.goto(_record(lin, number) + "close/").status == 403

    # Nobody closes it before it was drawn who rechecks, when the handling can no longer be taken back.
    he = sign_in(cast.he)
    for _again in range(60):
        if he.get_by_role("link", name="暴露垃圾").count():
            break
        he.wait_for_timeout(500)
        he.reload()
    he.get_by_role("link", name="暴露垃圾").click()
    _all_pictures_shown(he, 2)
    he.get_by_label("记录说明").fill("现场已干净")
    _move(he, "结案", "已结案")
    _reads(phone, "并经未参与处置的人员核查")
    assert phone.locator(".compare").count() == 0

    guo.goto(_record(guo, number))
    for box in guo.get_by_role("checkbox").all():
        box.check()
    _move(guo, "公开照片", "公开内容已更新")

    # Faces and plates are looked for before anybody outside sees a picture.
    for _again in range(60):
        phone.reload()
        if phone.get_by_role("heading", name="处置前后对比").count():
            break
        phone.wait_for_timeout(500)
    phone.get_by_role("heading", name="处置前后对比").wait_for()
    phone.locator(".compare.ready").wait_for()
    _all_pictures_shown(phone, 2)
    _nothing_is_said_by_pictures(phone)
    assert [line.strip() for line in phone.locator(".timeline-what").all_inner_texts()] == [
        "现场核查通过，已结案", "反馈已处置完毕", "单位W已开始处置", "已派给单位W", "已立案",
        "已收到上报",
    ]  # fmt: skip
    phone.get_by_role("radio", name="5 星").check(force=True)
    phone.get_by_label("想对我们说的话").fill("很快，谢谢")
    phone.get_by_role("button", name="提交评价").click()
    phone.get_by_text("您评了 5 星").wait_for()

    assert list(audit()) == []
    assert _facts("cases.case") == [
        "case.opened", "case.filed", "case.dispatched", "case.accepted", "case.handled",
        "case.recheck_drawn", "case.closed", "case.photos_released",
    ]  # fmt: skip
    # The news of the end leaves once nobody can take it back any more.
    _until(lambda: "report.answered" in _facts("cases.report"))
    assert sorted(_facts("cases.report")) == ["report.answered", "report.rated", "report.received"]
    assert not Delivery.objects.filter(set_aside_at__isnull=False).exists()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_MS / 1000
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_an_objection_opens_the_case_again(
    on_phone: Open, open_as: Open, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    phone = on_phone(f"/t/{case.reports.get().token}/")
    phone.get_by_text("It is not done, or not right").click()
    phone.locator("#objection_words").fill("The bags are back since this morning")
    phone.get_by_role("button", name="Send my objection").click()
    phone.get_by_text("Your objection has arrived").wait_for()

    guo = open_as(cast.guo, "/desk/")
    guo.get_by_role("link", name="Exposed rubbish").click()
    guo.locator("#move blockquote", has_text="The bags are back since this morning").wait_for()
    guo.get_by_label("Other").check()
    guo.locator("#move .button-primary", has_text="Reopen").click()
    guo.get_by_text("is open again").wait_for()

    phone.reload()
    phone.get_by_text("The office is choosing who takes care of it").wait_for()
    phone.locator(".timeline-what", has_text="Taken up again").wait_for()
    assert phone.get_by_text("Your objection has arrived").count() == 0
    assert _facts("cases.case")[-2:] == ["case.objected", "case.reopened"]
    assert list(audit()) == []


def test_all_of_it_works_without_a_script(
    on_phone: Open, sign_in: SignIn, cast: Cast, kinds: Kinds
) -> None:
    phone = on_phone("/report/", locale="zh-CN", java_script_enabled=False, located=False)
    phone.locator("input[type=file]").set_input_files([jpeg_file(make_jpeg(gps=IN_WEST))])
    phone.get_by_label("暴露垃圾").first.check(force=True)
    phone.get_by_label("补充说明").fill("没有脚本也能报")
    phone.locator(".thumb-bar button").click()
    phone.get_by_role("heading", name="已收到您的上报").wait_for()
    phone.get_by_role("link", name="查看进展").click()

    guo = sign_in(cast.guo, script=False)
    guo.get_by_role("link", name="暴露垃圾").click()
    assert "没有脚本也能报" in guo.inner_text("main")
    _move(guo, "立案", "已立案")
    _reads(phone, "已立案")
    guo.get_by_label("责任单位").select_option(label="单位W")
    _move(guo, "派遣", "已派遣")
    _reads(phone, "单位W")
    assert _facts("cases.case") == ["case.opened", "case.filed", "case.dispatched"]


def _report(phone: Any, words: str) -> str:
    """Fill the form as a thumb does, and send it; the number on the receipt."""
    phone.locator("input[type=file]").set_input_files([jpeg_file(_real(0))])
    phone.locator(".upload.kept").wait_for()
    phone.get_by_role("button", name="使用我的位置").click()
    phone.get_by_text("误差约 20 米").wait_for()
    phone.locator(".tile", has_text="暴露垃圾").first.click()
    phone.get_by_label("补充说明").fill(words)
    phone.get_by_role("button", name="提交上报").last.click()
    phone.get_by_role("heading", name="已收到您的上报").wait_for()
    return str(phone.inner_text(".receipt"))


def _move(page: Any, button: str, said: str) -> None:
    """Press the one filled button of the form that is open, and read what is said."""
    page.locator("#move").get_by_role("button", name=button, exact=True).click()
    page.locator(".toast", has_text=said).first.wait_for()


def _record(page: Any, number: str) -> str:
    return f"{page.url.split('/desk/')[0]}/desk/cases/{number}/"


def _reads(page: Any, words: str) -> None:
    """What somebody finds who looks at their page again."""
    page.reload()
    page.get_by_text(words).first.wait_for()


def _all_pictures_shown(page: Any, least: int) -> None:
    """The pictures have come, though the worker may still be at work on them."""
    page.wait_for_function(
        """least => {
            const all = [...document.querySelectorAll("main img")];
            return all.length >= least && all.every(one => one.complete && one.naturalWidth);
        }""",
        arg=least,
    )


def _nothing_is_said_by_pictures(page: Any) -> None:
    """No picture that leaves the house says where, when or by what it was taken."""
    assert Image.open(io.BytesIO(_real(0))).getexif()
    sources = set(page.locator(".compare img").evaluate_all("all => all.map(one => one.src)"))
    assert len(sources) == 2
    for source in sources:
        body = page.request.get(source).body()
        image = Image.open(io.BytesIO(body))
        assert not image.getexif()
        assert not {"exif", "xmp", "comment", "photoshop"} & set(image.info)


def _real(number: int) -> bytes:
    """A real street, as a phone photographed it, without its own far place; else a drawn one."""
    path = SHARED / f"photos/street/bath_0{number}.jpg"
    if not path.is_file():
        return make_jpeg(text=f"street {number}", size=(1600, 1200), orientation=6)
    image = Image.open(path)
    exif = image.getexif()
    exif.pop(GPS_IFD, None)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def _facts(kind: str) -> list[str]:
    """The names of what happened to the subjects of a kind, in order."""
    return list(
        Event.objects.filter(subject_kind=kind).order_by("id").values_list("name", flat=True)
    )
