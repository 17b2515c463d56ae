"""When the field app answers a thumb on a middling phone: a real Chromium, its processor slowed four
times, over what browsers call fast 3G. The first visit loads all; the second has the service worker."""

import shutil
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from .browser import Strange

SLOWER = 4
# "Fast 3G" of Chromium's own tools, which Lighthouse calls slow 4G where it slows the network by the
# browser: each request waits this long, as if it had opened a connection.
_NETWORK = {
    "offline": False, "latency": 562.5,
    "downloadThroughput": 1.6e6 / 8 * 0.9, "uploadThroughput": 750e3 / 8 * 0.9,
}  # fmt: skip
_QUIET_MS = 5000
# The shutter, or where there is no live picture what opens the phone's own camera.
_READY = "#field .shutter, #field input[capture]"
_WATCH = """
  window.__long = []; window.__ready = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) __long.push([one.startTime, one.startTime + one.duration]);
  }).observe({type: "longtask", buffered: true});
  const look = () => {
    const found = document.querySelector(%r);
    if (found && !found.disabled) { __ready = performance.now(); return; }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
_WELCOMED = """
  if (location.protocol !== "about:") {
    localStorage.setItem("gulou-field-settings", JSON.stringify({welcomed: true}));
  }
"""
_ARGUMENTS = [
    "--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Opening:
    """Milliseconds from asking for the address until the camera's screen answers."""

    first_ms: float
    again_ms: float


def browser() -> str:
    """The path of a Chromium that Playwright can drive; empty where one of the two is missing."""
    if find_spec("playwright") is None:
        return ""
    # The same names as scripts/get-chromium looks for.
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), "")


def measure(home: str, path: str) -> Opening:
    """Open the app twice on a phone of its own. Raises Strange when it does not open."""
    playwright = import_module("playwright.sync_api")
    with playwright.sync_playwright() as run:
        found = run.chromium.launch(executable_path=browser(), args=_ARGUMENTS)
        phone = found.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True, is_mobile=True
        )
        phone.add_init_script(_WATCH % _READY)
        phone.add_init_script(_WELCOMED)
        page = phone.new_page()
        slow = phone.new_cdp_session(page)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        slow.send("Network.enable")
        slow.send("Network.emulateNetworkConditions", _NETWORK)
        first = _opened(page, home + path)
        page.evaluate("navigator.serviceWorker.ready")
        again = _opened(page, home + path)
        found.close()
    return Opening(round(first), round(again))


def _opened(page: Any, address: str) -> float:
    """The end of the last long task before five quiet seconds, or the first frame with a shutter that
    can be pressed, whichever is later: what Lighthouse calls time to interactive."""
    page.goto(address, wait_until="commit")
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        ready, now, tasks = page.evaluate("[window.__ready, performance.now(), window.__long]")
        end = max([ready, *(ends for _, ends in tasks)])
        if ready and now - end > _QUIET_MS:
            return float(end)
        if time.monotonic() > until:
            raise Strange(f"{address} did not open on a slow phone")
        page.wait_for_timeout(200)
