"""When something is due: the pure engine against counting minute by minute."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from holidays.countries.china import China
from hypothesis import given, settings
from hypothesis import strategies as st

from gulou.kit.worktime import (
    Calendar,
    Limit,
    Measure,
    Season,
    UnknownYear,
    after,
    due,
    left,
    mark,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
NOTHING = timedelta()
# hypothesis wants naive bounds; the zone is added afterwards.
# ruff: noqa: DTZ001
# Zones with summer time at the usual hour, at half an hour, and one that left out a Friday.
ZONES = [
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
]  # fmt: skip
DAYTIME = ((480, 720), (840, 1080))
# Into the night, over the hours that clocks leap over or show twice, and ending at midnight.
NIGHTS = ((0, 150), (155, 300), (1320, 1440))
SUMMER = (Season(5, 15, ((450, 720), (900, 1080))), Season(10, 8, DAYTIME))
instants = st.one_of(
    st.datetimes(datetime(2025, 6, 1), datetime(2027, 1, 1)),
    st.datetimes(datetime(2011, 12, 28), datetime(2012, 1, 2)),
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31)),
    st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 27)),
    st.datetimes(datetime(2028, 2, 27), datetime(2028, 3, 2)),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))
calendars = st.builds(
    Calendar,
    zone=st.sampled_from([ZoneInfo(zone) for zone in ZONES]),
    seasons=st.sampled_from([(Season(1, 1, DAYTIME),), (Season(1, 1, NIGHTS),), SUMMER]),
    week=st.sampled_from([frozenset(range(5)), frozenset({2, 6}), frozenset(range(7))]),
    off=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40),
    on=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
)
brief = settings(max_examples=25, deadline=None)
amounts = st.timedeltas(MINUTE, timedelta(hours=500))


@cache
def chinese() -> Calendar:
    """As the State Council had it from 2024 to 2026, with a summer of its own."""
    years = range(2024, 2027)
    published: Any = China(years=years)  # type: ignore[no-untyped-call]  # theirs has no types
    return Calendar(
        SHANGHAI, seasons=SUMMER, off=frozenset(published),
        on=frozenset(published.weekend_workdays), years=frozenset(years),
    )  # fmt: skip


def plain(zone: Any = SHANGHAI) -> Calendar:
    return Calendar(zone)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def works(minute: datetime, calendar: Calendar) -> bool:
    """Whether the minute that begins here is working time: the definition, word by word."""
    wall = minute.astimezone(calendar.zone)
    day = wall.date()
    if day not in calendar.on and (day.weekday() not in calendar.week or day in calendar.off):
        return False
    seasons = sorted(calendar.seasons, key=lambda one: (one.month, one.day))
    begun = [one for one in seasons if (one.month, one.day) <= (day.month, day.day)]
    spans = (begun or seasons)[-1].spans
    return any(begins <= wall.hour * 60 + wall.minute < ends for begins, ends in spans)


def counted_due(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    now = start
    while minutes:
        minutes -= works(now, calendar)
        now += MINUTE
    return now


@given(instants, st.integers(1, 900), calendars)
@brief
def test_adding_agrees_with_counting_minutes(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    assert calendar.add(start, minutes * MINUTE) == counted_due(start, minutes, calendar)


@given(instants, st.integers(0, 60 * 24 * 5), calendars)
@brief
def test_working_time_agrees_with_counting_minutes(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    end = start + minutes * MINUTE
    counted = sum(works(start + i * MINUTE, calendar) for i in range(minutes)) * MINUTE
    assert calendar.worked(start, end) == counted
    assert calendar.worked(end, start) == -counted


def test_three_years_of_the_chinese_calendar_agree_minute_by_minute() -> None:
    calendar, start = chinese(), at("2024-01-01T00:00").astimezone(UTC)
    minutes = (at("2027-01-01T00:00") - start) // MINUTE
    # The zone has had one offset since 1991, so a day is looked at once and its minutes counted.
    day = [[works(start + timedelta(days=d, minutes=m), calendar) for m in range(0, 1440, 30)]
           for d in range(minutes // 1440)]  # fmt: skip
    working = [half for halves in day for half in halves for _ in range(30)]
    until = [0, *accumulate(working)]
    assert minutes == 1096 * 1440
    assert all(
        calendar.worked(start, start + i * MINUTE) == until[i] * MINUTE
        for i in range(0, minutes, 29)
    )
    ends = [i + 1 for i, works_now in enumerate(working) if works_now]
    assert all(
        calendar.add(start, k * MINUTE) == start + ends[k - 1] * MINUTE
        for k in range(1, len(ends) + 1, 13)
    )
    begins = [i for i, works_now in enumerate(working) if works_now]
    end = start + minutes * MINUTE
    assert all(
        calendar.take(end, k * MINUTE) == start + begins[-k] * MINUTE
        for k in range(1, len(begins) + 1, 13)
    )


@brief
@given(instants, amounts, amounts, calendars)
def test_adding_in_two_steps_is_adding_at_once(
    start: datetime, one: timedelta, two: timedelta, calendar: Calendar
) -> None:
    assert calendar.add(calendar.add(start, one), two) == calendar.add(start, one + two)
    assert calendar.take(calendar.take(start, one), two) == calendar.take(start, one + two)


@brief
@given(instants, amounts, calendars)
def test_counting_gives_back_what_was_added_or_taken(
    start: datetime, amount: timedelta, calendar: Calendar
) -> None:
    assert calendar.worked(start, calendar.add(start, amount)) == amount
    assert calendar.worked(calendar.take(start, amount), start) == amount


@brief
@given(instants, amounts, amounts, st.timedeltas(NOTHING, timedelta(days=9)), calendars)
def test_adding_is_monotonic(
    start: datetime, amount: timedelta, more: timedelta, later: timedelta, calendar: Calendar
) -> None:
    found = calendar.add(start, amount)
    assert start < found < calendar.add(start, amount + more)
    assert found <= calendar.add(start + later, amount)


@brief
@given(instants, st.timedeltas(NOTHING, timedelta(days=200)), calendars)
def test_what_was_counted_ends_no_later_than_it_was_counted_to(
    start: datetime, length: timedelta, calendar: Calendar
) -> None:
    worked = calendar.worked(start, start + length)
    assert calendar.add(start, worked) <= start + length
    assert worked <= length


@brief
@given(instants, instants, instants, calendars)
def test_working_time_adds_up_over_what_lies_between(
    one: datetime, two: datetime, three: datetime, calendar: Calendar
) -> None:
    there = calendar.worked(one, two) + calendar.worked(two, three)
    assert there == calendar.worked(one, three)


@brief
@given(instants, st.integers(1, 500), st.integers(1, 500), st.sampled_from(Measure), calendars)
def test_more_time_is_never_due_earlier(
    start: datetime, amount: int, more: int, unit: Measure, calendar: Calendar
) -> None:
    soon, later = (due(start, Limit(n, unit), calendar) for n in (amount, amount + more))
    assert start < soon < later


@brief
@given(instants, st.integers(1, 60), st.sampled_from(Measure), calendars)
def test_the_time_left_at_the_start_is_the_limit_itself(
    start: datetime, amount: int, unit: Measure, calendar: Calendar
) -> None:
    limit = Limit(amount, unit)
    found = left(start, due(start, limit, calendar), unit, calendar)
    if unit != Measure.NATURAL_DAY:
        assert found == calendar.length(limit)
    else:
        assert abs(found - calendar.length(limit)) <= timedelta(days=1)


@brief
@given(instants, st.integers(1, 200), st.integers(0, 400), st.sampled_from(Measure), calendars)
def test_a_mark_is_where_that_share_is_used_up(
    start: datetime, amount: int, percent: int, unit: Measure, calendar: Calendar
) -> None:
    limit = Limit(amount, unit)
    due_at = after(start, limit, calendar)
    marked = mark(due_at, limit, calendar, percent)
    assert left(start, marked, unit, calendar) == calendar.length(limit, percent)
    assert mark(due_at, limit, calendar, 100) == due_at


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-11-23T17:00", 1, Measure.WORKING_HOUR, "2026-11-23T18:00"),
        ("2026-11-23T11:30", 1, Measure.WORKING_HOUR, "2026-11-23T14:30"),
        ("2026-11-23T17:50", 15, Measure.WORKING_MINUTE, "2026-11-24T08:05"),
        ("2026-11-27T17:30", 2, Measure.WORKING_HOUR, "2026-11-30T09:30"),
        ("2026-11-28T10:00", 1, Measure.WORKING_HOUR, "2026-11-30T09:00"),
        ("2026-11-23T10:00", 1, Measure.WORKING_DAY, "2026-11-24T10:00"),
        ("2026-11-23T08:00", 1, Measure.WORKING_DAY, "2026-11-23T18:00"),
        ("2026-11-27T22:00", 2, Measure.URGENT_HOUR, "2026-11-28T00:00"),
        ("2026-11-27T22:00", 2, Measure.HOUR, "2026-11-28T00:00"),
        ("2026-11-27T22:00", 1, Measure.URGENT_DAY, "2026-11-28T22:00"),
        ("2026-11-27T22:00", 15, Measure.MINUTE, "2026-11-27T22:15"),
        ("2026-11-27T22:00", 3, Measure.NATURAL_DAY, "2026-11-30T22:00"),
        ("2026-11-23T11:59:30.5", 1, Measure.WORKING_HOUR, "2026-11-23T14:59:30.5"),
        ("2028-02-28T10:00", 2, Measure.WORKING_DAY, "2028-03-01T10:00"),
        ("2028-02-28T10:00", 1, Measure.NATURAL_DAY, "2028-02-29T10:00"),
    ],
)
def test_it_counts_as_the_office_does(start: str, amount: int, unit: Measure, end: str) -> None:
    assert due(at(start), Limit(amount, unit), plain()) == at(end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # Spring Festival is worked before and after: 14 and 28 February make up for it.
        ("2026-02-13T17:00", "2026-02-14T17:00"),
        ("2026-02-14T17:00", "2026-02-24T17:00"),
        ("2026-02-27T17:00", "2026-02-28T17:00"),
        ("2026-09-30T09:00", "2026-10-08T10:00"),
    ],
)
def test_holidays_rest_and_the_days_that_make_up_for_them_work(start: str, end: str) -> None:
    assert due(at(start), Limit(1, Measure.WORKING_DAY), chinese()) == at(end)


def test_in_summer_the_hours_of_summer_count() -> None:
    hour = Limit(1, Measure.WORKING_HOUR)
    assert due(at("2026-05-14T14:00"), hour, chinese()) == at("2026-05-14T15:00")
    assert due(at("2026-05-15T14:00"), hour, chinese()) == at("2026-05-15T16:00")
    # What began in autumn lasts until the next spring.
    assert due(at("2026-01-05T14:00"), hour, chinese()) == at("2026-01-05T15:00")


def test_a_year_without_calendar_is_not_guessed() -> None:
    calendar, eve = chinese(), at("2026-12-31T17:00")
    assert due(eve, Limit(1, Measure.WORKING_HOUR), calendar) == at("2026-12-31T18:00")
    assert due(eve, Limit(9, Measure.URGENT_DAY), calendar) == at("2027-01-09T17:00")
    assert calendar.worked(eve, at("2027-01-01T00:00")) == timedelta(hours=1)
    with pytest.raises(UnknownYear) as refused:
        due(eve, Limit(2, Measure.WORKING_HOUR), calendar)
    assert refused.value.year == 2027
    with pytest.raises(UnknownYear):
        calendar.worked(eve, at("2027-01-01T00:01"))
    with pytest.raises(UnknownYear):
        calendar.take(at("2024-01-02T09:00"), timedelta(hours=2))
    with pytest.raises(UnknownYear):
        calendar.works_on(date(2023, 12, 31))


def test_who_works_through_holidays_needs_no_year() -> None:
    crew = Calendar(SHANGHAI, week=frozenset(range(7)))
    assert due(at("2031-10-01T09:00"), Limit(2, Measure.WORKING_HOUR), crew) == at(
        "2031-10-01T11:00"
    )


def test_a_natural_day_keeps_the_wall_clock_and_an_urgent_day_does_not() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    eve = at("2026-10-24T12:00", berlin)
    natural, urgent = Limit(1, Measure.NATURAL_DAY), Limit(1, Measure.URGENT_DAY)
    assert due(eve, natural, plain(berlin)) == at("2026-10-25T12:00", berlin)
    assert due(eve, urgent, plain(berlin)) == at("2026-10-25T11:00", berlin)


def test_a_day_that_the_zone_left_out_is_not_worked() -> None:
    apia = ZoneInfo("Pacific/Apia")
    thursday = at("2011-12-29T16:00", apia)
    assert due(thursday, Limit(1, Measure.WORKING_DAY), plain(apia)) == at("2012-01-02T16:00", apia)


def test_time_left_is_negative_when_it_is_late() -> None:
    deadline, monday = at("2026-11-27T17:00"), at("2026-11-30T09:00")
    assert left(monday, deadline, Measure.MINUTE, plain()) == -timedelta(days=2, hours=16)
    assert left(monday, deadline, Measure.WORKING_HOUR, plain()) == -timedelta(hours=2)


@pytest.mark.parametrize("unit", list(Measure))
def test_it_refuses_a_time_without_zone(unit: Measure) -> None:
    naive = datetime(2026, 11, 23)
    with pytest.raises(ValueError, match="time zone"):
        due(naive, Limit(1, unit), plain())
    with pytest.raises(ValueError, match="time zone"):
        left(at("2026-11-23T09:00"), naive, unit, plain())


@pytest.mark.parametrize("amount", [0, -1])
def test_it_refuses_a_limit_of_nothing(amount: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        due(at("2026-11-23T09:00"), Limit(amount, Measure.MINUTE), plain())


def test_it_refuses_a_calendar_without_working_time() -> None:
    with pytest.raises(ValueError, match="without working time"):
        Calendar(SHANGHAI, week=frozenset()).add(at("2026-11-23T09:00"), MINUTE)
