"""Workbooks made in the test, and one call that reads them into a register."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from gulou.people.models import User
from gulou.sheets import operations
from gulou.sheets.models import Sheet
from gulou.sheets.queries import report_of
from gulou.sheets.registers import REGISTERS
from gulou.sheets.reports import Report
from tests.people.conftest import boss, clerk

__all__ = ["boss", "clerk"]

Cells = Sequence[Sequence[Any]]
Bring = Callable[..., Sheet]


def book(*sheets: Cells, titles: Sequence[str] = ()) -> BytesIO:
    """A workbook of these sheets; strings stay strings, but for "=…", numbers numbers."""
    file = BytesIO()
    made = xlsxwriter.Workbook(file)
    for at, rows in enumerate(sheets):
        sheet = made.add_worksheet(titles[at] if titles else None)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    made.close()
    return file


def csv(text: str, encoding: str = "utf-8") -> BytesIO:
    return BytesIO(text.encode(encoding))


def bring(register: str, file: BytesIO, *, by: User) -> Sheet:
    """Its dry run."""
    return operations.bring_in(REGISTERS[register], file, file_name="x.xlsx", by=by)


def tried(register: str, file: BytesIO, *, by: User) -> Report:
    return report_of(bring(register, file, by=by))


def applied(register: str, file: BytesIO, *, by: User) -> Report:
    """Dry run and confirmation."""
    sheet = bring(register, file, by=by)
    assert report_of(sheet).mistakes == [], report_of(sheet)
    return report_of(operations.apply_sheet(sheet, by=by))


def mistakes(report: Report) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.words) for one in report.mistakes]


def taken_out(register: str, *, by: User) -> BytesIO:
    """The present content, as it is downloaded."""
    file = BytesIO()
    operations.take_out(REGISTERS[register], file, by=by)
    file.seek(0)
    return file


def edited(file: BytesIO, changes: Mapping[str, Any], *, sheet: int = 0) -> BytesIO:
    """The same workbook after somebody wrote into some of its cells."""
    made = openpyxl.load_workbook(file)
    for cell, value in changes.items():
        made.worksheets[sheet][cell] = value
    out = BytesIO()
    made.save(out)
    return out


@pytest.fixture
def catalogue_keeper(cast: Any) -> User:
    """guo, who also keeps the catalogue, the places and the calendars."""
    from gulou.calendars.states import MANAGE as CALENDARS
    from gulou.catalogue.states import MANAGE
    from gulou.people.verbs import PLACES
    from tests.factories.people import PostingFactory, RoleFactory

    role = RoleFactory.create(code="keeper", verbs=[MANAGE, PLACES, CALENDARS])
    PostingFactory.create(user=cast.guo, role=role, unit=cast.office)
    guo: User = cast.guo
    return guo
