"""What the pictures of the field app show: every screen of it, each in the state it is named after.

`python -m tests.e2e.screenshots field/` takes them, in Chinese by day and in English by night.
To look at them otherwise (narrow, largest type, zoomed, in sunlight):

    python -m tests.e2e.screenshots --keep --look narrow --into /tmp/looked-at field/
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Shoot = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Screen:
    """One screen in one state: who looks (nobody: a resident), and how to come there."""

    name: str
    shoot: Shoot
    user: str = ""


@dataclass(frozen=True)
class Look:
    """How somebody looks at it. `width` in points; `settings` as the app keeps them."""

    english: bool = False
    dark: bool = False
    width: int = 390
    height: int = 844
    settings: dict[str, Any] = field(default_factory=dict)


LOOKS = {
    "": Look(),
    "-dark-en": Look(english=True, dark=True),
}
"""Those that are kept, by what stands behind the name of the screen."""
OTHERS = {
    "en": Look(english=True),
    "dark": Look(dark=True),
    "narrow": Look(width=360, height=640),
    "huge": Look(width=360, height=740, settings={"size": "huge"}),
    "huge-en": Look(width=360, height=740, english=True, settings={"size": "huge"}),
    "zoomed": Look(width=195, height=422),
    "sun": Look(settings={"look": "sun"}),
}
"""Those that are only looked at."""
OLD_LINK = "Zm9yZ290dGVuLWxvbmctYWdvLWFuZC1nb25l"

DENIED = """navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("", "NotAllowedError") }"""
NOWHERE = """navigator.geolocation.watchPosition = (_told, failed) => {
  setTimeout(() => failed({ code: 1 }), 50); return 1 }"""
CLOSED = """const asked = fetch; window.fetch = async (what, how) => {
  const answer = await asked(what, how);
  if (!String(what.url ?? what).endsWith("/api/me")) return answer;
  const me = { ...(await answer.json()), closed: "系统升级，18:00 恢复。紧急情况请打 12345。" };
  return Response.json(me, { headers: answer.headers }) }"""


def welcomed(page: Any, look: Look) -> None:
    """The first visit is over, and the app stands as this look asks."""
    kept = json.dumps({"welcomed": True, **look.settings})
    page.add_init_script(
        f"localStorage.getItem('gulou-field-settings') ?? "
        f"localStorage.setItem('gulou-field-settings', JSON.stringify({kept}))"
    )


def _open(path: str, ready: str) -> Shoot:
    def shoot(studio: Any, page: Any) -> None:
        page.goto(f"{studio.url}/field/{path}")
        page.locator(ready).first.wait_for()

    return shoot


def _first(studio: Any, page: Any) -> None:
    page.add_init_script("localStorage.removeItem('gulou-field-settings')")
    _open("", ".first")(studio, page)


def _snapping(studio: Any, page: Any) -> None:
    _open("", ".shutter:enabled")(studio, page)
    page.locator(".place-do").wait_for()
    page.wait_for_timeout(500)


def _denied(studio: Any, page: Any) -> None:
    page.add_init_script(DENIED)
    page.add_init_script(NOWHERE)
    _open("", ".camera-trouble")(studio, page)


def _snapped(studio: Any, page: Any, words: str = "果皮箱满了，垃圾掉了一地") -> None:
    _snapping(studio, page)
    page.locator(".shutter").click()
    page.locator(".photo-strip img").wait_for()
    page.locator(".kinds [role=radio]").first.click()
    page.locator("textarea").fill(words)


def _lacking(studio: Any, page: Any) -> None:
    _snapping(studio, page)
    page.locator(".shutter").click()
    page.locator(".photo-strip img").wait_for()
    page.locator(".thumb-bar .button-primary").click()
    page.locator("[role=alert]").wait_for()


def _photo(studio: Any, page: Any) -> None:
    _snapped(studio, page)
    page.locator(".photo-strip button").click()
    page.locator(".photo-whole").wait_for()


def _drawing(studio: Any, page: Any) -> None:
    _photo(studio, page)
    page.locator("dialog .thumb-bar .button").first.click()
    canvas = page.locator(".draw-stage canvas")
    canvas.wait_for()
    page.wait_for_timeout(400)
    for n, (x, y, to_x, to_y) in enumerate([(0.3, 0.3, 0.7, 0.75), (0.9, 0.1, 0.62, 0.42)]):
        page.locator(".draw-tools .choice-button").nth(n).click()
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + to_x * box["width"], box["y"] + to_y * box["height"], steps=5)
        page.mouse.up()


def _pin(studio: Any, page: Any) -> None:
    _snapped(studio, page)
    page.locator(".place-button").click()
    page.locator(".pin-map .maplibregl-canvas").wait_for()
    page.wait_for_timeout(2500)


def _kinds(studio: Any, page: Any) -> None:
    _snapped(studio, page)
    page.locator(".kinds > .choice-button").last.click()
    page.locator(".kind-class summary").nth(1).click()


def _closed(studio: Any, page: Any) -> None:
    page.add_init_script(CLOSED)
    _open("", ".blank")(studio, page)


def _outbox(studio: Any, page: Any) -> None:
    """One of each: sent, refused, changed by nobody yet, on its way, waiting, begun."""
    _sent(studio, page)
    page.route("**/field/api/push", _refuse)
    _snapped(studio, page, "路灯不亮，晚上看不清")
    _send(page)
    page.locator(".tab-bar a[href$='/sent']").click()
    page.locator(".item.tone-late").wait_for()
    page.unroute("**/field/api/push")
    page.route("**/field/uploads/**", lambda _route: None)
    _again(page, "井盖松动，车过有响声")
    page.context.set_offline(True)
    _again(page, "共享单车占了盲道")
    page.locator(".tab-bar a[href$='/field/']").click()
    page.locator(".shutter:enabled").wait_for()
    page.locator(".shutter").click()
    page.locator(".photo-strip img").wait_for()
    page.locator(".tab-bar a[href$='/sent']").click()
    page.locator(".item").nth(3).wait_for()


def _again(page: Any, words: str) -> None:
    page.locator(".tab-bar a[href$='/field/']").click()
    page.locator(".shutter:enabled").wait_for()
    page.locator(".shutter").click()
    page.locator(".photo-strip img").wait_for()
    page.locator(".kinds [role=radio]").first.click()
    page.locator("textarea").fill(words)
    _send(page)


def _send(page: Any) -> None:
    page.locator(".snap-more .thumb-bar .button-primary").click()
    page.locator(".photo-strip").wait_for(state="detached")


def _refuse(route: Any) -> None:
    body = route.request.post_data_json
    message = "这里不在本区范围内。请移动图钉，或打 12345。"
    if "en" in route.request.headers.get("accept-language", ""):
        message = "This is outside of the district. Move the pin, or call 12345."
    answers = [
        {"id": one["id"], "state": "refused", "code": "report.outside", "message": message,
         "field": "place", "result": None, "now": None}
        for one in body["operations"]
    ]  # fmt: skip
    route.fulfill(json={"server_time": "2026-11-23T02:30:00Z", "answers": answers})


def _sent(studio: Any, page: Any) -> None:
    _snapped(studio, page)
    _send(page)
    page.locator(".tab-bar a[href$='/sent']").click()
    page.locator("details.fold").wait_for()


def _outbox_sent(studio: Any, page: Any) -> None:
    _sent(studio, page)
    page.locator("details.fold summary").click()


def _mine(studio: Any, page: Any) -> None:
    _sent(studio, page)
    page.reload()
    page.wait_for_load_state("networkidle")
    page.locator(".tab-bar a[href$='/mine']").click()
    page.locator(".task-row").wait_for()


def _offline(studio: Any, page: Any) -> None:
    _open("tasks", ".task-row img")(studio, page)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.locator(".strip").wait_for()


def _map(studio: Any, page: Any) -> None:
    _open("tasks", ".task-row img")(studio, page)
    page.locator(".segments button").nth(1).click()
    page.locator(".tasks-map .maplibregl-canvas").wait_for()
    page.wait_for_timeout(2500)


def _round(studio: Any, page: Any) -> None:
    _open("tasks", ".task-row img")(studio, page)
    page.wait_for_timeout(500)
    page.locator(".segments button").nth(2).click()
    page.locator(".task-number").first.wait_for()


def _task(kind: str) -> Shoot:
    """The first task of a kind that has pictures."""

    def shoot(studio: Any, page: Any) -> None:
        _open("tasks", ".task-row")(studio, page)
        tasks = page.evaluate("fetch('/field/api/pull?cursor=').then(a => a.json())")["tasks"]
        fits = [
            one
            for one in tasks
            if one["kind"] == kind and (kind != "handle" or "handle" in one["moves"])
        ]
        chosen = sorted(fits, key=lambda one: -len(one["before"]))[0]
        page.locator(f".task-row[href$='/{chosen['id']}']").click()
        page.locator(".task-truth").wait_for()
        page.wait_for_timeout(400)

    return shoot


def _work(kind: str, nth: int = 0) -> Shoot:
    """The form of a task's outcome."""

    def shoot(studio: Any, page: Any) -> None:
        _task(kind)(studio, page)
        page.locator(".thumb-pair .button").nth(nth).click()
        page.locator("dialog .shutter:enabled").wait_for()
        page.wait_for_timeout(500)

    return shoot


def _return(studio: Any, page: Any) -> None:
    _task("handle")(studio, page)
    page.locator("details.fold").last.click()
    page.locator("details.fold").last.locator(".cluster .button").first.click()
    page.locator("dialog .button-primary").wait_for()


def _go(studio: Any, page: Any) -> None:
    _task("handle")(studio, page)
    page.locator(".task > .button-wide").click()
    page.locator("dialog .picks a").first.wait_for()


def _leaving(studio: Any, page: Any) -> None:
    _open("me", ".segments")(studio, page)
    page.locator(".card .button").first.click()


def _phone(studio: Any, page: Any) -> None:
    page.goto(f"{studio.url}/accounts/phone/")
    page.locator("form .button-primary").click()
    page.locator("svg, .qr").first.wait_for()


def _entering(studio: Any, page: Any) -> None:
    """The link of the code, opened on a phone that nobody is signed in on."""
    _phone(studio, page)
    link = page.locator("a[href*='/field/in/']").get_attribute("href")
    page.context.clear_cookies(name="sessionid")
    page.goto(link)
    page.locator("main .button-primary").wait_for()


def _spent(studio: Any, page: Any) -> None:
    page.goto(f"{studio.url}/field/in/{OLD_LINK}")


SCREENS = (
    Screen("first", _first),
    Screen("snap", _snapping),
    Screen("snap-denied", _denied),
    Screen("snap-closed", _closed),
    Screen("snapped", _snapped),
    Screen("snap-lacking", _lacking),
    Screen("photo", _photo),
    Screen("draw", _drawing),
    Screen("place", _pin),
    Screen("kinds", _kinds),
    Screen("outbox-empty", _open("sent", ".blank")),
    Screen("outbox", _outbox),
    Screen("outbox-sent", _outbox_sent),
    Screen("mine-empty", _open("mine", ".blank")),
    Screen("mine", _mine),
    Screen("me", _open("me", ".segments")),
    Screen("tasks-signed-out", _open("tasks", ".blank")),
    Screen("unknown", _open("nowhere", ".blank")),
    Screen("tasks", _open("tasks", ".task-row img"), "chen"),
    Screen("tasks-offline", _offline, "chen"),
    Screen("tasks-map", _map, "chen"),
    Screen("tasks-round", _round, "chen"),
    Screen("tasks-empty", _open("tasks", ".blank"), "wu"),
    Screen("task", _task("handle"), "chen"),
    Screen("handle", _work("handle"), "chen"),
    Screen("return", _return, "chen"),
    Screen("go", _go, "chen"),
    Screen("recheck", _task("recheck"), "he"),
    Screen("recheck-rework", _work("recheck", 1), "he"),
    Screen("verify", _task("verify"), "hu"),
    Screen("independent-recheck", _task("recheck"), "{visitor}"),
    Screen("me-staff", _leaving, "chen"),
    Screen("phone", _phone, "chen"),
    Screen("in", _entering, "chen"),
    Screen("in-spent", _spent),
)
