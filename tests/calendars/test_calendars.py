"""Calendars as data: years that are known or not, who keeps which, and taking changes back."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gulou.calendars import queries
from gulou.calendars.models import Calendar, Year
from gulou.calendars.national import load_national, published
from gulou.calendars.operations import (
    SYSTEM,
    give_calendar,
    set_calendar,
    set_year,
    take_back,
    take_published,
)
from gulou.calendars.states import Day, days_as_text, days_from_text, seasons_from_text
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.kit.worktime import Limit, Season
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = Limit(1, "working_day")


@pytest.fixture
def keeper(cast: Cast) -> User:
    """Somebody who keeps the calendars, in a house that knows 2026 and nothing else."""
    Year.objects.all().delete()
    posting = PostingFactory.create(
        unit=cast.office, role=RoleFactory.create(verbs=["calendars.manage"])
    )
    set_year(2026, [Day(date(2026, 11, 24), False, "试")], by=SYSTEM)
    return posting.user


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def last_event() -> int:
    return Event.objects.latest("id").pk


def test_a_holiday_moves_what_is_due(cast: Cast, keeper: User) -> None:
    found = queries.due(at("2026-11-23T10:00"), DAY, unit_id=cast.street.pk)
    assert found == at("2026-11-25T10:00")


def test_a_year_that_is_not_known_is_not_guessed(cast: Cast, keeper: User) -> None:
    eve = at("2026-12-31T16:00")
    assert queries.due(eve, DAY, unit_id=cast.street.pk) is None
    set_year(2027, [Day(date(2027, 1, 1), False, "元旦")], by=keeper)
    assert queries.due(eve, DAY, unit_id=cast.street.pk) == at("2027-01-04T16:00")


def test_who_may_enter_it_is_told_well_ahead(cast: Cast, keeper: User) -> None:
    with clock.at(datetime(2026, 10, 1, tzinfo=UTC)):
        assert queries.missing_words(keeper) == ""
    with clock.at(datetime(2026, 11, 5, tzinfo=UTC)):
        assert queries.missing_years() == [2027]
        assert "2027" in queries.missing_words(keeper)
        assert queries.missing_words(cast.lin) == ""


def test_a_change_is_on_record_and_can_be_taken_back(cast: Cast, keeper: User) -> None:
    set_year(2026, [], by=keeper)
    fact = Event.objects.latest("id")
    assert (fact.name, fact.payload["before"]["days"]) == (
        "calendar.year_set",
        ["2026-11-24 休 试"],
    )
    assert queries.history()[0].can_undo
    take_back(fact.pk, by=keeper)
    assert queries.known_years()[0].days == (Day(date(2026, 11, 24), False, "试"),)
    with pytest.raises(Refusal, match="cannot_take_back"):
        take_back(fact.pk, by=keeper)


def test_nobody_else_may_change_anything(cast: Cast, keeper: User) -> None:
    with pytest.raises(NotAllowed):
        set_year(2027, [], by=cast.guo)
    with pytest.raises(NotAllowed):
        set_calendar(None, {"name_zh": "环卫", "week": [0]}, by=cast.lin)
    with pytest.raises(NotAllowed):
        give_calendar(cast.street.pk, None, by=cast.lin)


def test_a_unit_keeps_its_own_calendar_or_that_of_the_unit_above(cast: Cast, keeper: User) -> None:
    told = {"name_zh": "环卫全年", "week": list(range(7)), "keeps_holidays": False}
    crew = set_calendar(None, told, by=keeper)
    give_calendar(cast.street.pk, crew.pk, by=keeper)
    holiday = at("2026-11-24T10:00")
    hour = Limit(1, "working_hour")
    assert queries.due(holiday, hour, unit_id=cast.street.pk) == at("2026-11-24T11:00")
    assert queries.due(holiday, hour, unit_id=cast.office.pk) == at("2026-11-25T09:00")
    with pytest.raises(Refusal, match="in_use"):
        set_calendar(crew.pk, {"active": False}, by=keeper)
    take_back(last_event(), by=keeper)
    assert queries.due(holiday, hour, unit_id=cast.street.pk) == at("2026-11-25T09:00")


def test_hours_follow_the_season(cast: Cast, keeper: User) -> None:
    told = {
        "name_zh": "夏令", "week": [0, 1, 2, 3, 4], "is_default": True,
        "seasons": seasons_from_text("05-01 8:00-12:00 15:00-18:30\n10-01 8:00-12:00 14:00-18:00"),
    }  # fmt: skip
    made = set_calendar(None, told, by=keeper)
    hour = Limit(1, "working_hour")
    assert queries.due(at("2026-07-01T14:00"), hour, unit_id=cast.street.pk) == at(
        "2026-07-01T16:00"
    )
    set_calendar(made.pk, {"seasons": seasons_from_text("01-01 09:00-10:00")}, by=keeper)
    take_back(last_event(), by=keeper)
    assert queries.of_unit(cast.street.pk).times.seasons[0] == Season(
        5, 1, ((480, 720), (900, 1110))
    )


def test_one_calendar_is_for_all(cast: Cast, keeper: User) -> None:
    first = set_calendar(None, {"name_zh": "甲", "week": [0], "is_default": True}, by=keeper)
    set_calendar(None, {"name_zh": "乙", "week": [1], "is_default": True}, by=keeper)
    assert [one.name_zh for one in queries.all_calendars() if one.is_default] == ["乙"]
    second = next(one for one in queries.all_calendars() if one.is_default)
    with pytest.raises(Refusal, match="default"):
        set_calendar(second.id, {"is_default": False}, by=keeper)
    set_calendar(first.pk, {"is_default": True}, by=keeper)
    told = Event.objects.filter(subject_uid=Calendar.objects.get(pk=second.id).uid).latest("id")
    assert told.payload["before"]["is_default"] and not told.payload["after"]["is_default"]
    assert not any(one.can_undo for one in queries.history()), "another one is promoted instead"


def test_what_the_office_entered_stays_when_a_package_knows_better(
    cast: Cast, keeper: User
) -> None:
    announced = {2026: [Day(date(2026, 10, 1), False, "国庆节")],
                 2027: [Day(date(2027, 1, 1), False, "元旦")]}  # fmt: skip
    assert take_published(announced, edition="test 1") == 1
    assert queries.year(2026) == queries.YearRef(
        2026, "office", "", (Day(date(2026, 11, 24), False, "试"),)
    )
    announced[2027].append(Day(date(2027, 1, 2), True, ""))
    assert take_published(announced, edition="test 2") == 1
    assert take_published(announced, edition="test 2") == 0


def test_the_package_knows_what_was_announced_and_guesses_are_not_taken(db: None) -> None:
    with clock.at(datetime(2026, 11, 23, tzinfo=UTC)):
        years = published()
        assert load_national() == len(years)
        assert load_national() == 0
    assert Day(date(2026, 2, 14), True) in years[2026]
    assert Day(date(2026, 2, 17), False, "春节") in years[2026]
    assert {2018, 2025, 2026} <= set(years)
    with clock.at(datetime(2090, 1, 1, tzinfo=UTC)):
        assert 2090 not in published()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-02-30 休", "no such day"),
        ("2026-02-03", "Line 1"),
        ("\n2027-02-03 休", "Line 2"),
        ("2026-02-03 休\n2026-02-03 班", "twice"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        days_from_text(text, year=2026)
    assert words in str(refused.value.message)
    assert refused.value.field == "days"


@pytest.mark.parametrize(
    "text", ["", "13-01 08:00-12:00", "01-01 12:00-08:00", "01-01", "02-30 08:00-12:00"]
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        seasons_from_text(text)


def test_days_are_written_as_they_are_read() -> None:
    text = "2026-02-14 班\n2026-02-17 休 春节"
    assert days_as_text(days_from_text(text, year=2026)) == text
