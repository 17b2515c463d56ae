"""The cache in the database holds what Django's own holds, at a fifth of the questions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gulou.kit.cache import QuickDatabaseCache

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gulou.kit.cache._COUNTED_EVERY", 10**12)


def test_the_settings_name_it() -> None:
    cache.get("anything")
    assert QuickDatabaseCache in type(cache._connections["default"]).__mro__  # type: ignore[attr-defined]


def test_it_gives_back_what_was_set_last() -> None:
    cache.set("k", ["一", 1])
    cache.set("k", ["二", 2])
    assert cache.get("k") == ["二", 2]


def test_setting_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        cache.set("k", 1)
    assert len(captured) == 1


def test_what_is_over_is_gone() -> None:
    cache.set("k", 1, timeout=-1)
    assert cache.get("k", "none") == "none"


def test_without_end_it_stays() -> None:
    cache.set("k", 1, timeout=None)
    assert cache.get("k") == 1


def test_adding_keeps_what_is_there() -> None:
    assert cache.add("k", 1)
    assert not cache.add("k", 2)
    assert cache.get("k") == 1


def test_now_and_then_it_thins_itself_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gulou.kit.cache._COUNTED_EVERY", 1)
    thin = QuickDatabaseCache("kit_cache", {"OPTIONS": {"MAX_ENTRIES": 3}})
    cache.clear()
    for n in range(12):
        thin.set(f"k{n:02}", n)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kit_cache")
        assert cursor.fetchone()[0] <= 4


AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = 3600


def _take(at: datetime, most: int = 2) -> datetime | None:
    return QuickDatabaseCache("kit_cache", {}).take("window", at=at, most=most, seconds=HOUR)


def test_there_are_so_many_in_any_hour() -> None:
    assert _take(AT) is None
    assert _take(AT + timedelta(minutes=50)) is None
    assert _take(AT + timedelta(minutes=59)) == AT
    assert _take(AT + timedelta(minutes=60)) is None
    assert _take(AT + timedelta(minutes=61)) == AT + timedelta(minutes=50)


def test_what_is_refused_is_not_taken() -> None:
    assert [_take(AT), _take(AT), _take(AT), _take(AT)] == [None, None, AT, AT]
    assert _take(AT + timedelta(hours=1)) is None


def test_taking_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as captured:
        _take(AT)
    assert len(captured) == 1


def test_what_is_given_back_can_be_taken_again() -> None:
    _take(AT)
    _take(AT)
    QuickDatabaseCache("kit_cache", {}).give_back("window")
    assert [_take(AT), _take(AT)] == [None, AT]


def test_fewer_than_before_count_at_once() -> None:
    for minutes in range(3):
        _take(AT + timedelta(minutes=minutes), most=3)
    assert _take(AT + timedelta(minutes=10), most=1) == AT + timedelta(minutes=2)
