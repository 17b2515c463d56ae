"""Lists of cases as CSV and XLSX: what the reader sees, and nothing that runs or tells on people."""

import csv
import io
from datetime import UTC, datetime
from typing import IO, Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gulou.cases.models import Case
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.queries import Filters
from gulou.cases.states import State
from gulou.errands.models import Errand
from gulou.kit import clock
from gulou.kit.errors import NotFound, Refusal
from gulou.kit.words import defused
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.papers import exports, kinds, operations
from gulou.papers.columns import COLUMNS, columns_named
from gulou.papers.selection import Selection
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap

pytestmark = pytest.mark.django_db
EVERYTHING = Selection(filters=Filters())


def read_csv(selection: Selection, reader: User, columns: list[str] | None = None) -> list[Any]:
    data = b"".join(operations.stream_cases(selection, by=reader, columns=columns or ()))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def read_xlsx(file: IO[bytes]) -> list[tuple[Any, ...]]:
    (sheet,) = openpyxl.load_workbook(file).worksheets
    return list(sheet.iter_rows(values_only=True))


def made(kind: str, selection: Selection, reader: User) -> IO[bytes]:
    ready = operations.make_paper(kind, selection, by=reader)
    assert isinstance(ready, operations.Ready)
    return ready.file


def test_a_row_says_what_the_list_says(cast: Cast, kinds: Kinds) -> None:
    with clock.at(datetime(2026, 11, 23, 1, 0, tzinfo=UTC)):
        case = a_case(cast, kinds.rubbish, state=State.HANDLING, address="南后街 1 号")
    (row,) = read_csv(EVERYTHING, cast.guo)
    assert row["Case number"] == case.number
    assert (row["State"], row["Class"], row["Category"]) == (
        "Being handled", "Cleanliness", "Exposed rubbish")  # fmt: skip
    assert (row["Street"], row["Responsible unit"]) == ("Area W", cast.street.name_en)
    assert row["Opened"] == "2026-11-23 09:00"
    assert (row["Place"], row["Late"], row["Ended"]) == ("南后街 1 号", "yes", "")
    assert list(row) == [str(column.head) for column in COLUMNS]


def test_heads_and_names_are_in_the_language_of_the_reader(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    with translation.override("zh-hans"):
        (row,) = read_csv(EVERYTHING, cast.guo)
    assert (row["小类"], row["大类"]) == ("暴露垃圾", "市容环境")


def test_everybody_gets_what_they_see_and_the_filters_narrow_it(cast: Cast, kinds: Kinds) -> None:
    west = a_case(cast, kinds.rubbish, state=State.HANDLING)
    a_case(cast, kinds.smoking)
    a_case(cast, kinds.rubbish, state=State.REDIRECTED)
    assert len(read_csv(EVERYTHING, cast.guo)) == 3
    assert len(read_csv(EVERYTHING, cast.wu)) == 2, "what was passed on is for few eyes"
    assert read_csv(EVERYTHING, cast.zhao) == []
    (row,) = read_csv(Selection(filters=Filters(category_id=kinds.smoking.pk)), cast.wu)
    assert row["Category"] == "Smoking"
    picked = Selection(numbers=(west.number, "nothing"))
    assert [row["Case number"] for row in read_csv(picked, cast.lin)] == [west.number]
    assert read_csv(picked, cast.zhao) == []


def test_nothing_of_the_reporter_is_in_it(cast: Cast, kinds: Kinds) -> None:
    receive_report(a_snap(kinds.rubbish, words="我是举报人王某", contact=ContactDetails(
        name="王女士", phone="13900000000")))  # fmt: skip
    told = b"".join(operations.stream_cases(EVERYTHING, by=cast.guo)).decode()
    told += str(read_xlsx(made("xlsx", EVERYTHING, cast.guo)))
    for secret in ("举报人", "王女士", "13900000000"):
        assert secret not in told


HOSTILE = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_cell_is_a_formula(cast: Cast, kinds: Kinds, text: str) -> None:
    a_case(cast, kinds.rubbish)
    Case.objects.update(address=text, summary=text)
    (row,) = read_csv(EVERYTHING, cast.guo)
    assert row["Place"] == row["Public summary"] == f"'{text}"
    sheet = openpyxl.load_workbook(made("xlsx", EVERYTHING, cast.guo)).worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


def test_a_name_of_the_office_is_defused_too(cast: Cast, kinds: Kinds) -> None:
    assert defused("=1") == "'=1"
    assert defused("南后街=1") == "南后街=1"
    type(cast.street).objects.filter(pk=cast.street.pk).update(name_en="=cmd()", name_zh="=cmd()")
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    (row,) = read_csv(EVERYTHING, cast.guo)
    assert row["Responsible unit"] == "'=cmd()"


def test_strange_characters_and_long_words_come_through(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    strange = 'a,"b";\n第二行 \x0b\x01 \u202eright 𠮷'
    Case.objects.update(address=strange, summary="长" * 300)
    (row,) = read_csv(EVERYTHING, cast.guo)
    assert row["Place"] == strange
    head, line = read_xlsx(made("xlsx", EVERYTHING, cast.guo))
    cell = dict(zip(head, line, strict=True))
    assert cell["Place"] == 'a,"b";\n第二行  right 𠮷'
    assert cell["Public summary"] == "长" * 300


def test_a_workbook_holds_times_as_times_and_numbers_as_numbers(cast: Cast, kinds: Kinds) -> None:
    with clock.at(datetime(2026, 11, 23, 1, 0, tzinfo=UTC)):
        a_case(cast, kinds.rubbish)
    head, line = read_xlsx(made("xlsx", EVERYTHING, cast.guo))
    cell = dict(zip(head, line, strict=True))
    assert cell["Opened"] == datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001  a sheet knows no zones
    assert (cell["Reports"], cell["Ended"]) == (1, None)


def test_an_empty_list_has_its_heads(cast: Cast, kinds: Kinds) -> None:
    assert read_csv(EVERYTHING, cast.guo) == []
    assert len(read_xlsx(made("xlsx", EVERYTHING, cast.guo))) == 1


def test_columns_are_chosen_and_unknown_ones_left_out(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    (row,) = read_csv(EVERYTHING, cast.guo, ["street", "number", "password"])
    assert list(row) == ["Case number", "Street"]
    assert len(columns_named(["password"])) == len(COLUMNS)


def test_it_is_on_record_without_the_words_that_were_looked_for(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    narrowed = Selection(filters=Filters(text="13900000000", states=("received",)))
    operations.stream_cases(narrowed, by=cast.guo)
    event = Event.objects.get(name="paper.taken")
    assert event.actor == cast.guo.actor
    assert (event.payload["kind"], event.payload["cases"]) == ("csv", 0)
    assert event.payload["narrowed"] == "states=received;text=…"


def test_a_selection_survives_the_way_to_the_worker() -> None:
    selection = Selection(
        filters=Filters(states=("closed",), street_id=3, text="路", since=clock.now()), sort="due"
    )
    assert Selection.read(selection.parameters()) == selection
    old = {"filters": {"gone": 1}, "numbers": ["2026-1"], "sort": "new"}
    assert Selection.read(old) == Selection(numbers=("2026-1",))


def _at_most(monkeypatch: pytest.MonkeyPatch, *, at_once: int, most: int = 100) -> None:
    few = {
        code: kinds.PaperKind(code, kind.label, kind.maker, at_once, most)
        for code, kind in kinds.KINDS.items()
    }
    monkeypatch.setattr(kinds, "KINDS", few)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_long_list_is_made_by_the_worker(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    _at_most(monkeypatch, at_once=1)
    for _ in range(3):
        a_case(cast, kinds.rubbish)
    asked = operations.make_paper(form, EVERYTHING, by=cast.guo)
    assert isinstance(asked, Errand)
    deliver_all()
    asked.refresh_from_db()
    assert (asked.state, asked.rows) == ("done", 3)
    assert asked.download_name.endswith(f".{form}")


def test_it_refuses_what_no_such_paper_holds(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at_most(monkeypatch, at_once=1, most=1)
    for _ in range(2):
        a_case(cast, kinds.rubbish)
    with pytest.raises(Refusal):
        operations.make_paper("xlsx", EVERYTHING, by=cast.guo)
    with pytest.raises(NotFound):
        operations.make_paper("secret", EVERYTHING, by=cast.guo)
    monkeypatch.setattr(exports, "_MOST_ROWS", 1)
    with pytest.raises(Refusal):
        exports.write_xlsx(io.BytesIO(), EVERYTHING, reader=cast.guo, columns=COLUMNS)


def test_it_asks_the_database_once_however_long_the_list(cast: Cast, kinds: Kinds) -> None:
    for _ in range(5):
        a_case(cast, kinds.rubbish)
    stream = operations.stream_cases(EVERYTHING, by=cast.guo)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(stream)
    assert len([q for q in asked.captured_queries if "cases_case" in q["sql"]]) == 1
