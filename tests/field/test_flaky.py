"""A phone with a day's work on a bad link: all of it arrives once, every byte equal, though the
browser is killed in the middle and the server again and again."""

import base64
import hashlib
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.browser import ARGUMENTS, CHROMIUM, PATIENCE_MS, in_browser
from tests.conftest import SOAK, Cast, Kinds
from tests.e2e.stack import Stack, a_stack
from tests.factories.cases import IN_WEST
from tests.factories.photos import make_jpeg

from .flaky import FlakyLink

pytestmark = in_browser
REPORTS, PHOTOS, RESTARTS, PATIENCE = (200, 3, 5, 1500) if SOAK else (12, 3, 1, 120)

# What the phone has kept when the app was closed without a network: its own form of it.
_KEEP = """
async ({items, photos}) => {
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("gulou-field");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const tx = db.transaction(["items", "bytes"], "readwrite");
  for (const item of items) tx.objectStore("items").put(item);
  for (const {bytes, ...photo} of photos) {
    const content = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0)).buffer;
    tx.objectStore("bytes").put({...photo, bytes: content});
  }
  await new Promise((done, failed) => { tx.oncomplete = done; tx.onabort = () => failed(tx.error); });
  db.close();
}
"""


@pytest.fixture
def stack(cast: Cast, kinds: Kinds, tmp_path: Path) -> Iterator[Stack]:
    with a_stack(tmp_path) as found:
        yield found


@pytest.fixture
def link(stack: Stack) -> Iterator[FlakyLink]:
    with FlakyLink(stack.ports[0], share=0.2) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def gather_static(folder: Path) -> None:
    """Let the servers of this folder have what the pages load."""
    with override_settings(STATIC_ROOT=folder / "static"):
        call_command("collectstatic", interactive=False, verbosity=0)


class Phone:
    """A browser with a folder of its own, which stays when it is killed."""

    def __init__(self, run: Any, folder: Path, url: str) -> None:
        self.run, self.folder, self.url = run, folder, url
        self.open()

    def open(self) -> None:
        self.context = self.run.chromium.launch_persistent_context(
            self.folder, executable_path=CHROMIUM, args=ARGUMENTS,
            viewport={"width": 390, "height": 844}, locale="zh-CN",
        )  # fmt: skip
        self.page = self.context.pages[0]
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.goto(f"{self.url}/field/")
        self.page.wait_for_selector("#field > :not(noscript)")

    def kill(self) -> None:
        """As the system does it when memory is short."""
        ours = f"--user-data-dir={self.folder}".encode()
        for one in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if ours in one.read_bytes().split(b"\0"):
                    os.kill(int(one.parent.name), signal.SIGKILL)
            except OSError:
                continue


def a_day(kinds: Kinds) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    items, photos = [], []
    for n in range(REPORTS):
        item, pictures = str(uuid.uuid4()), []
        for m in range(PHOTOS):
            data, uid = make_jpeg(text=f"{n} of {m}", size=(800, 600)), str(uuid.uuid4())
            pictures.append(_picture(uid, data))
            photos.append({
                "uid": uid, "item": item, "type": "image/jpeg", "thumb": None,
                "bytes": base64.b64encode(data).decode(),
            })  # fmt: skip
        made = f"2026-11-23T01:{n // 60:02}:{n % 60:02}.000Z"
        items.append({
            "id": item, "operation": str(uuid.uuid4()), "secret": uuid.uuid4().hex * 2,
            "kind": "report", "task": None, "version": None, "about": None, "phase": "waiting",
            "given": {"category": kinds.rubbish.pk, "lat": IN_WEST[0], "lon": IN_WEST[1],
                      "words": f"路边有垃圾 {n}"},
            "pictures": pictures, "owner": "", "made_at": made, "changed_at": made,
            "sent_at": None, "tries": 0, "next_at": 0, "problem": None, "now": None, "behind": "",
            "result": None,
        })  # fmt: skip
    return items, photos


def _picture(uid: str, data: bytes) -> dict[str, Any]:
    return {
        "uid": uid, "kind": "photo", "name": "street.jpg", "type": "image/jpeg",
        "size": len(data), "width": 800, "height": 600, "seconds": None,
        "sha256": hashlib.sha256(data).hexdigest(), "taken": None, "place": None, "capture": "",
        "drawn": False, "sent": 0, "url": "", "kept": False,
    }  # fmt: skip


def test_a_days_work_arrives_once_and_whole_over_a_bad_link(
    stack: Stack, link: FlakyLink, kinds: Kinds, tmp_path: Path
) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    gather_static(stack.folder)
    web = stack.web(0)
    stack.wait_for(0)
    items, photos = a_day(kinds)
    with playwright.sync_playwright() as run:
        phone = Phone(run, tmp_path / "phone", link.url)
        for at in range(0, REPORTS, 20):
            there = {one["id"] for one in items[at : at + 20]}
            some = [one for one in photos if one["item"] in there]
            phone.page.evaluate(_KEEP, {"items": items[at : at + 20], "photos": some})
        phone.page.reload()
        _wait_until(lambda: len(stack.rows("SELECT 1 FROM phones_upload")) > PHOTOS)
        phone.kill()
        phone = Phone(run, tmp_path / "phone", link.url)
        for n in range(1, RESTARTS + 1):
            _wait_until(lambda n=n: _arrived(stack) >= REPORTS * n // (RESTARTS + 1), phone)
            web.kill()
            web = stack.web(0)
            stack.wait_for(0)
        _wait_until(lambda: _arrived(stack) == REPORTS, phone)
        # The phone knows it too, and has let the bytes go.
        _wait_until(lambda: _unsent(phone) == 0, phone)
        phone.context.close()

    kept = stack.rows("SELECT client_id::text FROM cases_report")
    assert sorted(one for (one,) in kept) == sorted(one["operation"] for one in items)
    found = stack.rows("SELECT sha256, original FROM photos_photo WHERE state = 'kept'")
    sent = [picture["sha256"] for item in items for picture in item["pictures"]]
    assert sorted(sha for sha, _path in found) == sorted(sent)
    for sha, path in found:
        (file,) = stack.folder.rglob(path)
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha
    assert link.fates["passed"] > 0
    assert all(link.fates[one] for one in ("never came", "broke off", "no answer")), link.fates


def _arrived(stack: Stack) -> int:
    count: int = stack.rows("SELECT count(*) FROM cases_report")[0][0]
    return count


def _unsent(phone: Phone) -> int:
    left: int = phone.page.evaluate("""async () => {
      const db = await new Promise((done) => {
        const asked = indexedDB.open("gulou-field");
        asked.onsuccess = () => done(asked.result);
      });
      const asked = db.transaction("items").objectStore("items").getAll();
      const items = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
      db.close();
      return items.filter((one) => one.phase !== "sent").length;
    }""")
    return left


def _wait_until(done: Any, phone: Phone | None = None) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until
        # Playwright's own loop runs only while it is asked something.
        if phone:
            phone.page.wait_for_timeout(200)
        else:
            time.sleep(0.2)
