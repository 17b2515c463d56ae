"""Public holidays as a workbook: a year that the file names becomes what the file says."""

from datetime import date

import pytest

from gulou.calendars import queries
from gulou.calendars.models import Year
from gulou.calendars.operations import SYSTEM, set_year
from gulou.calendars.states import Day
from gulou.sheets.columns import Row
from gulou.sheets.registers import REGISTERS
from gulou.sheets.tally import Tally

HEADS = {"day": "日期", "works": "休班", "name": "名称"}


def read(*lines: tuple[str, str, str]) -> Tally:
    rows = [
        Row(n, dict(zip(HEADS, line, strict=True)), heads=HEADS) for n, line in enumerate(lines, 2)
    ]
    tally = Tally(file_name="2027.xlsx")
    REGISTERS["holidays"].take([rows], None, tally)
    return tally


@pytest.fixture(autouse=True)
def _known(db: None) -> None:
    Year.objects.all().delete()
    set_year(2026, [Day(date(2026, 10, 1), False, "国庆节")], by=SYSTEM)


def test_a_file_enters_a_year_and_leaves_others() -> None:
    tally = read(("2027-01-01", "休", "元旦"), ("2027-01-02", "班", ""))
    assert tally.mistakes == []
    year = queries.year(2027)
    assert year is not None
    assert year.days == (Day(date(2027, 1, 1), False, "元旦"), Day(date(2027, 1, 2), True))
    assert queries.year(2026) is not None


def test_days_that_the_file_lacks_differ_no_longer() -> None:
    tally = read(("2026-10-02", "rest", "国庆节"))
    assert "2026-10-01" in tally.notes[0]
    year = queries.year(2026)
    assert year is not None
    assert [one.day for one in year.days] == [date(2026, 10, 2)]


def test_nothing_is_entered_where_a_row_is_wrong() -> None:
    tally = read(("2027-01-01", "休", "元旦"), ("2027-02-30", "休", ""), ("2027-01-01", "班", ""))
    assert len(tally.mistakes) == 2
    assert queries.year(2027) is None


def test_what_goes_out_comes_in_unchanged(django_user_model: type) -> None:
    (content,) = REGISTERS["holidays"].content(django_user_model())
    tally = read(*[(one["day"], one["works"], one["name"]) for one in content])
    assert all(step.done == "same" for step in tally.steps.values())
