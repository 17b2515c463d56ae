"""The made-up calendar."""

from datetime import date, datetime
from random import Random

from gulou.demo.seasons import ZONE, day, is_holiday, on_duty, working


def test_national_day_is_free_and_brings_rubbish_before_it() -> None:
    assert all(is_holiday(date(2026, 10, n)) for n in range(1, 8))
    assert not is_holiday(date(2026, 10, 8)) and "eve" in day(date(2026, 9, 30)).brings


def test_offices_work_after_the_holiday() -> None:
    found = working(datetime(2026, 10, 1, 9, 0, tzinfo=ZONE), Random(1))
    assert found.date() == date(2026, 10, 8) and found.hour == 8


def test_offices_rest_at_noon_and_at_night() -> None:
    assert working(datetime(2026, 11, 24, 12, 30, tzinfo=ZONE), Random(1)).hour == 14
    late = working(datetime(2026, 11, 24, 19, 0, tzinfo=ZONE), Random(1))
    assert (late.day, late.hour) == (25, 8)


def test_the_desk_is_staffed_on_sundays_but_not_at_night() -> None:
    sunday = datetime(2026, 11, 22, 20, 0, tzinfo=ZONE)
    assert on_duty(sunday, Random(1)) == sunday
    night = on_duty(sunday.replace(hour=23), Random(1))
    assert (night.day, night.hour) == (23, 7)


def test_a_typhoon_comes_in_its_season_and_only_then() -> None:
    days = [day(date(2026, month, n)) for month in range(1, 13) for n in range(1, 29)]
    months = {one.on.month for one in days if "typhoon" in one.brings}
    assert months == {7, 8, 9, 10}
