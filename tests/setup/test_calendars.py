"""The pages of calendars: seen by who may, changed with a word of it, refused in the form."""

from datetime import date

import pytest

from gulou.calendars import queries
from gulou.calendars.models import Year
from gulou.calendars.operations import SYSTEM, set_calendar
from gulou.calendars.states import Day
from gulou.catalogue import queries as catalogue
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.people import PostingFactory, RoleFactory


@pytest.fixture
def clockmaker(cast: Cast, kinds: Kinds) -> User:
    verbs = ["calendars.manage", "catalogue.manage", "case.recompute", "case.read"]
    role = RoleFactory.create(verbs=verbs, reaches_below=True)
    return PostingFactory.create(unit=cast.office, role=role).user


def test_the_page_shows_calendars_years_and_units(
    cast: Cast, clockmaker: User, as_user: SignedIn
) -> None:
    set_calendar(None, {"name_zh": "机关", "week": [0, 1], "is_default": True}, by=SYSTEM)
    page = as_user(clockmaker).get("/setup/calendars/").text
    assert "08:00-12:00 14:00-18:00" in page
    assert as_user(cast.lin).get("/setup/calendars/").status_code == 403


def test_a_missing_year_is_told_on_three_pages(clockmaker: User, as_user: SignedIn) -> None:
    Year.objects.all().delete()
    client = as_user(clockmaker)
    for url in ("/setup/", "/setup/calendars/", "/desk/"):
        assert "are not entered yet" in client.get(url).text, url


def test_a_year_is_entered_and_a_wrong_line_is_named(clockmaker: User, as_user: SignedIn) -> None:
    client = as_user(clockmaker)
    sent = {
        "year": 2030,
        "days": "2030-02-03 休 春节\n2030-02-31 休",
        "edition": "国办发〔2029〕9号",
    }
    refused = client.post("/setup/calendars/years/new/", sent)
    assert refused.status_code == 422 and "Line 2" in refused.text and "国办发" in refused.text
    sent["days"] = "2030-02-03 休 春节"
    assert client.post("/setup/calendars/years/new/", sent).status_code == 302
    year = queries.year(2030)
    assert year is not None and year.days == (Day(date(2030, 2, 3), False, "春节"),)
    assert "国办发" in client.get("/setup/calendars/years/2030/").text


def test_a_calendar_is_added_changed_and_given_to_a_unit(
    cast: Cast, clockmaker: User, as_user: SignedIn
) -> None:
    client = as_user(clockmaker)
    sent = {"name_zh": "环卫", "week": ["0", "6"], "seasons": "01-01 06:00-10:00",
            "working_day": 240, "active": "on"}  # fmt: skip
    assert client.post("/setup/calendars/new/", sent).status_code == 302
    (made,) = [one for one in queries.all_calendars() if one.name_zh == "环卫"]
    assert client.get(f"/setup/calendars/{made.id}/").status_code == 200
    assert client.post(f"/setup/calendars/{made.id}/", sent).status_code == 409
    given = {"unit": cast.street.pk, "calendar": made.id}
    assert client.post("/setup/calendars/give/", given).status_code == 302
    assert queries.of_unit(cast.community.pk).id == made.id
    history = client.get("/setup/calendars/history/").text
    assert "Unit given a calendar" in history


def test_open_deadlines_are_looked_at_first(
    clockmaker: User, cast: Cast, as_user: SignedIn
) -> None:
    client = as_user(clockmaker)
    assert "No deadline would move." in client.get("/setup/calendars/recompute/").text
    assert client.post("/setup/calendars/recompute/").status_code == 302
    assert as_user(cast.lin).get("/setup/calendars/recompute/").status_code == 403


def test_a_step_gets_a_limit_of_its_own(kinds: Kinds, clockmaker: User, as_user: SignedIn) -> None:
    client = as_user(clockmaker)
    sent = {"step": "accept", "of": str(kinds.rubbish.pk), "amount": 3, "time_unit": "hour"}
    assert client.post("/setup/limits/own/", sent).status_code == 302
    found = catalogue.limit_for("accept", category_id=kinds.rubbish.pk, condition_id=None)
    assert found is not None and (found.amount, found.unit) == (3, "hour")
    assert "Acceptance" in client.get("/setup/limits/").text
    assert (
        client.get(f"/setup/limits/own/?step=accept&category={kinds.rubbish.pk}").status_code == 200
    )


def test_warnings_are_set_in_one_form(clockmaker: User, as_user: SignedIn) -> None:
    client = as_user(clockmaker)
    assert 'value="80"' in client.get("/setup/limits/warnings/").text
    sent = {"percent_1": 60, "level_1": "unit", "percent_2": 100, "level_2": "district"}
    assert client.post("/setup/limits/warnings/", sent).status_code == 302
    assert list(catalogue.warning_marks()) == [(60, "unit"), (100, "district")]
    sent["percent_2"] = 60
    assert client.post("/setup/limits/warnings/", sent).status_code == 422


def test_years_are_kept_by_who_may(cast: Cast, clockmaker: User, as_user: SignedIn) -> None:
    answer = as_user(cast.lin).post("/setup/calendars/years/new/", {"year": 2032, "days": ""})
    assert answer.status_code == 403
