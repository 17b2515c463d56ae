"""When something is due: the pure engine against counting minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gulou.catalogue.limits import due, left, working_minutes_between, working_time_between
from gulou.catalogue.states import TimeUnit

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
# hypothesis wants naive bounds; the zone is added afterwards.
# ruff: noqa: DTZ001
# Zones with summer time at the usual hour, at half an hour, and one that left out a Friday.
zones = st.sampled_from(
    [ZoneInfo(z) for z in (
        "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
    )]
)  # fmt: skip
instants = st.one_of(
    st.datetimes(datetime(1986, 1, 1), datetime(2037, 1, 1)),
    st.datetimes(datetime(2011, 12, 28), datetime(2012, 1, 2)),
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31)),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def works(minute: datetime, zone: ZoneInfo) -> bool:
    """Whether the minute that begins here is working time: the definition, word by word."""
    wall = minute.astimezone(zone)
    return wall.weekday() < 5 and wall.hour in (8, 9, 10, 11, 14, 15, 16, 17)


def counted_due(start: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    now = start
    while minutes:
        minutes -= works(now, zone)
        now += MINUTE
    return now


@given(instants, st.integers(1, 30), zones)
@settings(max_examples=60, deadline=None)
def test_working_hours_agree_with_counting_minutes(
    start: datetime, hours: int, zone: ZoneInfo
) -> None:
    found = due(start, hours, TimeUnit.WORKING_HOUR, zone=zone)
    assert found == counted_due(start, hours * 60, zone)


@given(instants, st.integers(0, 60 * 24 * 9), zones)
@settings(max_examples=60, deadline=None)
def test_working_minutes_between_agree_with_counting_them(
    start: datetime, minutes: int, zone: ZoneInfo
) -> None:
    counted = sum(works(start + i * MINUTE, zone) for i in range(minutes))
    assert working_minutes_between(start, start + minutes * MINUTE, zone=zone) == counted
    assert working_minutes_between(start + minutes * MINUTE, start, zone=zone) == -counted


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 60),
    st.sampled_from([TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY]),
    zones,
)
def test_the_working_time_left_at_the_start_is_the_limit_itself(
    start: datetime, amount: int, unit: TimeUnit, zone: ZoneInfo
) -> None:
    hours = amount * (8 if unit == TimeUnit.WORKING_DAY else 1)
    assert left(start, due(start, amount, unit, zone=zone), unit, zone=zone) == timedelta(
        hours=hours
    )


@given(instants, st.integers(1, 500), st.integers(1, 500), st.sampled_from(TimeUnit), zones)
def test_more_time_is_never_due_earlier(
    start: datetime, amount: int, more: int, unit: TimeUnit, zone: ZoneInfo
) -> None:
    soon, later = (due(start, a, unit, zone=zone) for a in (amount, amount + more))
    assert start < soon <= later


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-11-23T17:00", 1, TimeUnit.WORKING_HOUR, "2026-11-23T18:00"),
        ("2026-11-23T11:30", 1, TimeUnit.WORKING_HOUR, "2026-11-23T14:30"),
        ("2026-11-27T17:30", 2, TimeUnit.WORKING_HOUR, "2026-11-30T09:30"),
        ("2026-11-28T10:00", 1, TimeUnit.WORKING_HOUR, "2026-11-30T09:00"),
        ("2026-11-23T10:00", 1, TimeUnit.WORKING_DAY, "2026-11-24T10:00"),
        ("2026-11-23T08:00", 1, TimeUnit.WORKING_DAY, "2026-11-23T18:00"),
        ("2026-11-27T22:00", 2, TimeUnit.URGENT_HOUR, "2026-11-28T00:00"),
        ("2026-11-27T22:00", 1, TimeUnit.URGENT_DAY, "2026-11-28T22:00"),
        ("2026-11-27T22:00", 15, TimeUnit.MINUTE, "2026-11-27T22:15"),
        ("2026-11-27T22:00", 3, TimeUnit.NATURAL_DAY, "2026-11-30T22:00"),
    ],
)
def test_it_counts_as_the_office_does(start: str, amount: int, unit: TimeUnit, end: str) -> None:
    assert due(at(start), amount, unit, zone=SHANGHAI) == at(end)


def test_a_natural_day_keeps_the_wall_clock_and_an_urgent_day_does_not() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    eve = at("2026-10-24T12:00", berlin)
    assert due(eve, 1, TimeUnit.NATURAL_DAY, zone=berlin) == at("2026-10-25T12:00", berlin)
    assert due(eve, 1, TimeUnit.URGENT_DAY, zone=berlin) == at("2026-10-25T11:00", berlin)


def test_a_day_that_the_zone_left_out_is_not_worked() -> None:
    apia = ZoneInfo("Pacific/Apia")
    thursday = at("2011-12-29T16:00", apia)
    assert due(thursday, 1, TimeUnit.WORKING_DAY, zone=apia) == at("2012-01-02T16:00", apia)


def test_the_zone_of_the_office_is_the_default() -> None:
    assert due(at("2026-11-23T17:30"), 1, "working_hour") == at("2026-11-24T08:30")


def test_seconds_are_kept() -> None:
    start = at("2026-11-23T11:59:30.5")
    assert due(start, 1, TimeUnit.WORKING_HOUR) == at("2026-11-23T14:59:30.5")


def test_time_left_is_negative_when_it_is_late() -> None:
    deadline = at("2026-11-27T17:00")
    monday = at("2026-11-30T09:00")
    assert left(monday, deadline) == -timedelta(days=2, hours=16)
    assert left(monday, deadline, TimeUnit.WORKING_HOUR, zone=SHANGHAI) == -timedelta(hours=2)


@pytest.mark.parametrize("unit", list(TimeUnit))
def test_it_refuses_a_time_without_zone(unit: TimeUnit) -> None:
    naive = datetime(2026, 11, 23)
    with pytest.raises(ValueError, match="time zone"):
        due(naive, 1, unit)
    with pytest.raises(ValueError, match="time zone"):
        left(at("2026-11-23T09:00"), naive, unit)
    with pytest.raises(ValueError, match="time zone"):
        working_time_between(naive, at("2026-11-23T09:00"))


@pytest.mark.parametrize("amount", [0, -1])
def test_it_refuses_a_limit_of_nothing(amount: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        due(at("2026-11-23T09:00"), amount, TimeUnit.MINUTE)


def test_working_minutes_stop_at_the_end_of_the_day() -> None:
    monday_evening = datetime(2026, 11, 23, 17, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
    tuesday = datetime(2026, 11, 24, 8, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    zone = ZoneInfo("Asia/Shanghai")
    assert due(monday_evening, 15, TimeUnit.WORKING_MINUTE, zone=zone) == tuesday
