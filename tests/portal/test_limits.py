"""How often one network address may ask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gulou.kit import clock
from gulou.portal import limits

pytestmark = pytest.mark.django_db

ASKED = [
    ("post", "/report/check/", limits.LOOKUPS),
    ("post", "/report/categories/", limits.LOOKUPS),
    ("get", "/report/places?q=x", limits.LOOKUPS),
    ("get", "/track/", limits.VISITS),
    ("get", f"/t/{'x' * 43}/", limits.VISITS),
    ("get", f"/t/{'x' * 43}/receipt/", limits.VISITS),
    ("get", "/report/photos/5d1b8a0e-7c1f-4d55-9a86-3c3f5c0d3a11/", limits.PICTURES),
    ("get", "/photos/5d1b8a0e-7c1f-4d55-9a86-3c3f5c0d3a11/page", limits.PICTURES),
]


@pytest.fixture(autouse=True)
def _one_an_hour(settings: Any) -> Iterator[None]:
    settings.GULOU = replace(settings.GULOU, reports_per_hour=1)
    yield


@pytest.mark.parametrize(("method", "url", "limit"), ASKED, ids=lambda one: str(one))
def test_an_address_that_asks_without_end_is_told_to_wait(
    client: Client, cast: Any, kinds: Any, monkeypatch: Any, method: str, url: str,
    limit: limits.Limit,
) -> None:  # fmt: skip
    monkeypatch.setitem(limit.__dict__, "share", 2)
    ask = getattr(client, method)
    for _time in range(2):
        assert ask(url).status_code != 429
    assert ask(url).status_code == 429
    assert ask(url, REMOTE_ADDR="10.9.8.7").status_code != 429
    with clock.at(clock.now() + timedelta(hours=1)):
        assert ask(url).status_code != 429


def test_nobody_who_reports_or_follows_comes_near_them() -> None:
    assert min(limit.most for limit in (limits.LOOKUPS, limits.VISITS, limits.PICTURES)) >= 60
