"""`make screenshots`: the pictures of docs/images, from a demonstration that is made for them.

It has a database, a folder and a port of its own, and lives on one fixed day, so that the same
pages give the same pictures in any year. Every photo in them is a drawing of gulou.demo.

    python -m tests.e2e.screenshots                  all of them
    python -m tests.e2e.screenshots --keep desk-     some, and the demonstration stays for next time
"""

import argparse
import http.client
import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from .field_pictures import LOOKS, OTHERS, SCREENS, Look, welcomed

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "images"
HOME = ROOT / "var" / "screenshots"
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
"""A Monday at half past ten in Fuzhou."""
CASES = 160
HEAVIEST = 250_000
LIGHT = 60_000
PATIENCE_MS = 30_000
HOST = "gulou.example"
"""What the browser believes the server to be called, so that no picture shows a chance port."""
# Where the resident stands: 三坊七巷.
PLACE = (26.0862, 119.2941)

Shoot = Callable[["Studio", Any], Any]


@dataclass(frozen=True)
class Picture:
    """One file: who looks, with what, at which page."""

    name: str
    shoot: Shoot
    user: str = ""
    phone: bool = False
    english: bool = False
    dark: bool = False
    whole: bool = False
    look: Look | None = None
    """Of the phone app."""


@dataclass(frozen=True)
class Studio:
    """The address of the demonstration, and the cases of it that pictures show."""

    url: str
    closed: str
    waiting: str
    followed: str
    category: int
    """Of the litter bin."""
    visitor: str
    """Who rechecks a closed case independently."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="screenshots")
    asked.add_argument("--keep", action="store_true", help="leave the demonstration for next time")
    asked.add_argument("--look", choices=OTHERS, help="the phone app as somebody else sees it")
    asked.add_argument("--into", type=Path, default=FOLDER, help="another folder")
    asked.add_argument("names", nargs="*", help="only pictures whose name begins so")
    wanted = asked.parse_args()
    port = _free_port()
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="gulou.config.settings", GULOU_DATA_DIR=str(HOME),
        GULOU_LISTEN="127.0.0.1", GULOU_PORT=str(port), GULOU_HOSTS=f"127.0.0.1,{HOST}", GULOU_DEMO="1",
    )  # fmt: skip
    if not wanted.keep:
        shutil.rmtree(HOME, ignore_errors=True)
    with _database(), _server(port):
        pictures = _field_pictures({"": OTHERS[wanted.look]}) if wanted.look else PICTURES
        chosen = [one for one in pictures if one.name.startswith(tuple(wanted.names) or ("",))]
        _take(_studio(f"http://{HOST}"), port, chosen, wanted.into)
    if not wanted.keep:
        shutil.rmtree(HOME, ignore_errors=True)
    return 0


@contextmanager
def _database() -> Iterator[None]:
    """The embedded server with a demonstration whose every picture is prepared."""
    import django

    from gulou.config import embedded

    server = embedded.Server(embedded.place(HOME), durable=False)
    server.start()
    try:
        django.setup()
        _fill()
        yield
    finally:
        from django.db import connection

        connection.close()
        server.stop()


def _fill() -> None:
    from gulou.config.runtime import migrate, prepare
    from gulou.demo.operations import is_loaded, load_demo
    from gulou.kit.progress import told
    from gulou.outbox.deliver import deliver_all

    migrate.migrate()
    prepare.collect_static()
    if is_loaded():
        return
    with told() as tell:
        load_demo(progress=tell, cases=CASES, until=NOW)
    deliver_all()


@contextmanager
def _server(port: int) -> Iterator[None]:
    """The real web server, in a process that believes it is NOW."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from tests.e2e import screenshots; screenshots.serve()"], cwd=ROOT
    )
    try:
        until = time.monotonic() + 60
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("The web server does not start.")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def serve() -> None:
    """In a process of its own: granian as `gulou web` runs it, on that day."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "gulou.config.wsgi:application", address="127.0.0.1", port=int(os.environ["GULOU_PORT"]),
        interface=Interfaces.WSGI, blocking_threads=4, log_level=LogLevels.warning,
    ).serve(target_loader=load, wrap_loader=False)  # fmt: skip


def load() -> Any:
    """The application, each of whose requests is made NOW."""
    from gulou.config.wsgi import application
    from gulou.kit import clock

    def on_that_day(environ: Any, start_response: Any) -> Any:
        with clock.at(NOW):
            return application(environ, start_response)

    return on_that_day


def _answers(port: int) -> bool:
    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        probe.request("GET", "/healthz")
        return probe.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        probe.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _studio(url: str) -> Studio:
    """Choose what is shown: the latest of each kind."""
    from gulou.cases.models import Case, Report
    from gulou.cases.states import State
    from gulou.catalogue.models import Category

    shown = Case.objects.filter(state=State.CLOSED, cover__isnull=False, objected_at=None)
    shown = shown.filter(photos__kind="after", photos__released_at__isnull=False).distinct()
    to_rate = Report.objects.filter(case__in=shown, channel="web", me_too=False, answers=None)
    filed = Case.objects.filter(state=State.FILED, cover__isnull=False)
    return Studio(
        url, closed=shown.order_by("-reworks", "-returns", "-ended_at")[0].number,
        waiting=filed.order_by("-opened_at")[0].number,
        followed=to_rate.order_by("-case__ended_at")[0].token,
        category=Category.objects.get(code_set__current=True, code="component.03.05").pk,
        visitor=_visitor(),
    )  # fmt: skip


def _visitor() -> str:
    """Only these pictures show what this person sees, so nobody else knows a password for them."""
    from gulou.cases.models import Revisit
    from gulou.demo.logins import PASSWORD
    from gulou.people.models import User

    open_ones = Revisit.objects.filter(begun_at__isnull=False, ended_at=None)
    latest = open_ones.exclude(person=None).values_list("person", flat=True).latest("begun_at")
    person = User.objects.get(pk=latest)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return str(person.username)


def _take(studio: Studio, port: int, pictures: Sequence[Picture], folder: Path) -> None:
    from playwright.sync_api import Error, sync_playwright

    from tests.browser import ARGUMENTS, CHROMIUM

    missing: list[str] = []
    (folder / "field").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *ARGUMENTS,
                *_camera(),
                f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{port}",
                # A phone tells its place to https only, or to whom it is told to trust.
                f"--unsafely-treat-insecure-origin-as-secure=http://{HOST}",
            ],
        )
        for picture in pictures:
            print(picture.name, flush=True)
            try:
                _one(browser, studio, picture, folder)
            except (Error, LookupError) as error:
                missing.append(picture.name)
                print(str(error)[:600], flush=True)
        browser.close()
    if missing:
        raise SystemExit(f"Not taken: {', '.join(missing)}")


def _camera() -> tuple[str, ...]:
    """A camera that looks at a drawing of the demonstration."""
    from gulou.demo.pictures import picture

    film = HOME / "camera.mjpeg"
    film.parent.mkdir(parents=True, exist_ok=True)
    film.write_bytes(picture("bin", 1, stage="before"))
    return (
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )  # fmt: skip


def _one(browser: Any, studio: Studio, picture: Picture, folder: Path) -> None:
    size = {"width": 390, "height": 844} if picture.phone else {"width": 1440, "height": 900}
    if picture.look:
        size = {"width": picture.look.width, "height": picture.look.height}
    context = browser.new_context(
        viewport=size, device_scale_factor=2 if picture.phone else 1, has_touch=picture.phone,
        is_mobile=picture.phone, locale="en-GB" if picture.english else "zh-CN",
        timezone_id="Asia/Shanghai", color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce", permissions=["geolocation"],
        geolocation={"latitude": PLACE[0], "longitude": PLACE[1], "accuracy": 12},
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.clock.set_fixed_time(NOW)
    page.on("response", lambda one: one.status >= 400 and print(f"  {one.status} {one.url}"))
    if picture.user:
        _sign_in(page, studio, picture.user.format(**vars(studio)))
    if picture.look:
        welcomed(page, picture.look)
    picture.shoot(studio, page)
    if picture.look is None:  # The phone app goes on pulling and sending.
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    if picture.whole:
        # A window as long as the page, so that what sticks to its end stands at the end.
        long = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": long})
        page.wait_for_timeout(600)
    kept = folder / picture.name
    if picture.look:
        _keep_small(page.screenshot(), kept.with_suffix(".webp"))
    else:
        _keep(page.screenshot(), kept.with_suffix(".png"))
    context.close()


def _sign_in(page: Any, studio: Studio, name: str) -> None:
    from gulou.demo.logins import PASSWORD

    page.goto(f"{studio.url}/accounts/login/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.click(".form .button-primary")
    page.wait_for_url("**/desk/")


def _keep(data: bytes, path: Path) -> None:
    """With as many colours as the weight allows, and nothing but the picture in the file."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    for colours in (256, 128, 64):
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < HEAVIEST:
            return


def _keep_small(data: bytes, path: Path) -> None:
    """One of many: as good as its weight allows."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    for quality in (70, 50, 35):
        image.save(path, quality=quality, method=6)
        if path.stat().st_size < LIGHT:
            return


# What is shown.


def _at(path: str, ready: str = "") -> Shoot:
    def shoot(studio: Studio, page: Any) -> None:
        page.goto(studio.url + path.format(**vars(studio)))
        if ready:
            page.locator(ready).first.wait_for()

    return shoot


def _filled_in(studio: Studio, page: Any) -> None:
    """The report form as it stands just before it is sent."""
    from gulou.demo.pictures import picture

    page.goto(f"{studio.url}/report/")
    drawn = picture("bin", 1, stage="before")
    page.locator("input[type=file]").set_input_files(
        [{"name": "IMG_0712.jpg", "mimeType": "image/jpeg", "buffer": drawn}]
    )
    page.locator(".upload.kept").wait_for()
    page.locator("[data-pin-target=here]").click()
    page.locator("[data-controller~=pin][data-ready]").wait_for()
    page.locator(f".tiles .tile:has(input[value='{studio.category}'])").first.click()
    page.locator("#id_words").fill("果皮箱满了，垃圾掉了一地")
    page.wait_for_timeout(800)
    page.evaluate("window.scrollTo(0, 0)")


def _sent(studio: Studio, page: Any) -> None:
    _filled_in(studio, page)
    page.locator(".thumb-bar button").click()
    page.wait_for_url(lambda url: url.endswith("/receipt/") or page.locator("#check").count() > 0)
    if page.locator("#check").count():
        page.locator("#check .button-primary").click()
    page.wait_for_url("**/receipt/")


def _compared(studio: Studio, page: Any) -> None:
    page.goto(f"{studio.url}/t/{studio.followed}/")
    page.locator(".compare.ready").wait_for()
    page.evaluate("window.scrollTo(0, 0)")


def _beside(studio: Studio, page: Any) -> None:
    page.goto(f"{studio.url}/desk/cases/")
    page.locator("#beside .case-title").wait_for()
    for _ in range(8):  # down to the first one that has a picture
        if page.locator("#beside img").count():
            break
        page.keyboard.press("j")
        page.wait_for_timeout(700)


def _map(studio: Studio, page: Any) -> None:
    page.goto(f"{studio.url}/desk/cases/?all=1&layout=map")
    page.locator("[data-controller~=map][data-ready]").wait_for(timeout=90_000)
    page.wait_for_timeout(2_000)


def _field_pictures(looks: Mapping[str, Look] = LOOKS) -> list[Picture]:
    """Every screen of the phone app."""
    return [
        Picture(
            f"field/{screen.name}{behind}", screen.shoot, screen.user, phone=True,
            english=look.english, dark=look.dark, look=look,
        )
        for screen in SCREENS
        for behind, look in looks.items()
    ]  # fmt: skip


PICTURES = (
    Picture("home", _at("/")),
    Picture("home-phone", _at("/"), phone=True),
    Picture("home-phone-dark", _at("/"), phone=True, dark=True),
    Picture("report-phone", _filled_in, phone=True),
    Picture("report-phone-whole", _filled_in, phone=True, whole=True),
    Picture("report-phone-en", _filled_in, phone=True, english=True),
    Picture("track-phone", _compared, phone=True),
    Picture("track-phone-whole", _compared, phone=True, whole=True),
    Picture("track-phone-dark", _compared, phone=True, dark=True),
    Picture("sign-in", _at("/accounts/login/")),
    Picture("desk-queue", _at("/desk/", "#work .row"), user="guo"),
    Picture("desk-queue-phone", _at("/desk/", "#work .row"), user="chen", phone=True),
    Picture("desk-cases", _beside, user="guo"),
    Picture("desk-cases-dark", _beside, user="guo", dark=True),
    Picture("desk-cases-en", _beside, user="guo", english=True),
    Picture("desk-record", _at("/desk/cases/{closed}/", ".compare.ready"), user="guo"),
    Picture(
        "desk-record-en", _at("/desk/cases/{closed}/", ".compare.ready"), user="guo", english=True
    ),
    Picture("desk-dispatch", _at("/desk/cases/{waiting}/dispatch/", "#move"), user="guo"),
    Picture("desk-map", _map, user="guo"),
    Picture("desk-map-dark", _map, user="guo", dark=True),
    Picture("receipt-phone", _sent, phone=True),
    *_field_pictures(),
)


if __name__ == "__main__":
    sys.exit(main())
