"""The days that differ from the week, year by year, as a table."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.calendars import operations, queries
from gulou.calendars.states import MANAGE, MOST_NAME, Day
from gulou.kit.errors import Invalid
from gulou.people.models import User
from gulou.sheets.columns import Column, Kind, Row
from gulou.sheets.lexicon import Choices
from gulou.sheets.tally import Step, Tally

from .register import Content, Part, Register, Taken

# fmt: off
COLUMNS = (
    Column("day", "日期", "Day", ("date",), needed=True, kind=Kind.DAY, width=14, help=gettext_lazy("By it the row is recognised."), example="2027-01-01"),
    Column("works", "休班", "Free or worked", ("类型",), needed=True, listed=True, width=12, help=gettext_lazy("休: a public holiday. 班: a day that makes up for one."), example="休"),
    Column("name", "名称", "Name", most=MOST_NAME, width=20, example="元旦"),
)
# fmt: on


def _kinds() -> Choices:
    return Choices((("off", "休", "rest"), ("on", "班", "work")), {"假": "off"})


def content(_reader: User) -> list[Content]:
    """Every known day, the latest year first."""
    word = _kinds().word
    return [[
        {"day": one.day.isoformat(), "works": word("on" if one.works else "off"), "name": one.name}
        for year in queries.known_years() for one in year.days
    ]]  # fmt: skip


def choices(_reader: User) -> Mapping[str, Sequence[str]]:
    """What is chosen from."""
    return {"works": _kinds().words()}


def take(taken: Taken, by: User | None, tally: Tally) -> None:
    """Let the days of each year that the file names be the days of that year."""
    kinds, years = _kinds(), dict[int, dict[Day, tuple[Row, Step]]]()
    for row in taken[0]:
        with tally.row(row) as step:
            day = _day(row, kinds)
            step.title = row["day"]
            there = years.setdefault(day.day.year, {})
            twice = next((r for one, (r, _s) in there.items() if one.day == day.day), None)
            if twice is not None:
                words = _("This stands in the file twice: also in row %(row)s.")
                raise Invalid("table.twice", words % {"row": twice.number}, field="day")
            there[day] = row, step
    if tally.mistakes:
        return
    for year, found in years.items():
        known = queries.year(year)
        was = {one.day: one for one in known.days} if known else {}
        if known and set(known.days) == set(found):
            continue
        for day, (_row, step) in found.items():
            before = was.get(day.day)
            step.added = before is None
            if before is not None and before != day:
                step.change(
                    "works", *(kinds.word("on" if d.works else "off") for d in (before, day))
                )
        gone = sorted(set(was) - {day.day for day in found})
        if gone:
            words = _("%(year)s: no longer different: %(days)s.")
            tally.notes.append(words % {"year": year, "days": ", ".join(map(str, gone))})
        operations.set_year(year, found, by=by or operations.SYSTEM, edition=tally.file_name)


def _day(row: Row, kinds: Choices) -> Day:
    row.need("day")
    row.need("works")
    day = row.day("day")
    if day is None:
        raise Invalid("table.cell", _("Write the day as 2026-11-23."), field="day")
    return Day(day, row.find("works", kinds) == "on", row["name"])


REGISTER = Register(
    code="holidays",
    label=gettext_lazy("Public holidays"),
    words=gettext_lazy("Which days of a year are free, and which make up for them."),
    sign="calendar",
    verb=MANAGE,
    list_view="setup:calendars",
    parts=(Part("节假日", "Holidays", COLUMNS),),
    content=content,
    choices=choices,
    take=take,
    rules=(
        gettext_lazy("All days of a year that the file names take the place of what was there for that year."),
        gettext_lazy("Years that are not in the file stay as they are. Clocks that run do not move by it."),
    ),
)  # fmt: skip
