"""The real browser that some tests play in: where it is, when they skip, and what axe finds."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gulou.bench import phone

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = phone.browser()
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
BUILT = ROOT / "gulou/ui/static/built/manifest.json"
ARGUMENTS = ["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"]
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PATIENCE_MS = 45_000
"""A machine that does much else is slow: no test waits for less."""

in_browser = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt install chromium"),
    pytest.mark.skipif(not AXE.exists(), reason="no axe here: npm ci in frontend/"),
    pytest.mark.skipif(not BUILT.exists(), reason="pages not built: npm run build in frontend/"),
]
"""The marks of a file whose tests play in a browser: `pytestmark = in_browser`."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Playwright's browser, once for each file of tests."""
    with a_chromium() as browser:
        yield browser


@contextmanager
def a_chromium(*more: str) -> Iterator[Any]:
    """Playwright's browser, with what else it is to be started with."""
    playwright = pytest.importorskip("playwright.sync_api")
    # Playwright's loop runs in this thread; Django's database is used from it all the same.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def violations(page: Any, *, rules: Sequence[str] = WCAG, whole: bool = False) -> list[str]:
    """What axe finds wrong, one line each. It is run apart from the page, whose rules stay on.

    `whole`: the page stands in a window of its own length, so that no bar covers a part of it.
    """
    window = page.viewport_size
    if whole:
        page.set_viewport_size({**window, "height": 4000})
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", list(rules))
    if whole:
        page.set_viewport_size(window)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


def jpeg_file(data: bytes, name: str = "street.jpg") -> dict[str, Any]:
    """A JPEG as Playwright chooses it for a file field."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}
