"""Instants in words, in both languages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from gulou.ui import times

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)  # 14:05 in Fuzhou
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("rest", "words", "tone"),
    [
        (timedelta(minutes=20), "20 min left", "soon"),
        (3 * HOUR + timedelta(minutes=20), "3 h 20 min left", ""),
        (5 * HOUR, "5 h left", ""),
        (51 * HOUR, "by 25 Nov 17:05", ""),
        (-timedelta(minutes=40), "late by 40 min", "late"),
        (-25 * HOUR, "late by 1 day", "late"),
        (-50 * HOUR, "late by 2 days", "late"),
        (timedelta(0), "late by 0 min", "late"),
    ],
)
def test_it_says_how_much_time_is_left(rest: timedelta, words: str, tone: str) -> None:
    left = times.left(NOW + rest, now=NOW)
    assert (left.words, left.tone) == (words, tone)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (23 * HOUR, "23 h ago"),
        (24 * HOUR, "22 Nov"),
        (400 * 24 * HOUR, "2025-10-19"),
        (-48 * HOUR, "25 Nov"),
    ],
)
def test_it_is_relative_up_to_a_day(past: timedelta, words: str) -> None:
    assert times.ago(NOW - past, now=NOW) == words


def test_a_moment_is_in_the_time_of_the_office() -> None:
    assert times.moment(NOW) == "2026-11-23 14:05"


def test_the_same_day_needs_only_the_hour() -> None:
    assert times.day_and_hour(NOW + HOUR, now=NOW) == "15:05"
    assert times.day_and_hour(NOW + 10 * HOUR, now=NOW) == "24 Nov 00:05"
