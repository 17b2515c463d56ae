"""Ledger, hand-over sheets, weekly summary, chat text and long picture, opened again and read."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from django.utils import translation
from PIL import Image

from gulou.cases import operations as cases
from gulou.cases.models import Case, CasePhoto
from gulou.cases.queries import Filters
from gulou.cases.states import State
from gulou.errands.models import Errand
from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.papers import chat, figures, fonts, gathered, operations, picture
from gulou.papers import kinds as paper_kinds
from gulou.papers.figures import Week
from gulou.papers.selection import Selection
from gulou.people.models import User
from gulou.people.operations import rename_unit
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence

pytestmark = pytest.mark.django_db
EVERYTHING = Selection(filters=Filters())
HOSTILE = "=1+1 \x0b\x01\u202eevil <b>&amp;#let x = 1 $x$ " + "很长" * 90


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def made(kind: str, reader: User, selection: Selection = EVERYTHING, **given: Any) -> bytes:
    ready = operations.make_paper(kind, selection, by=reader, **given)
    assert isinstance(ready, operations.Ready)
    with ready.file as file:
        return file.read()


def with_pictures(cast: Cast, kinds: Kinds, **given: Any) -> Case:
    """A closed case with a picture before and one after."""
    shown = evidence()
    return a_case(cast, kinds.rubbish, state=State.CLOSED, photos=tuple(shown.photos),
                  draft=shown.draft, **given)  # fmt: skip


def words_of(document: bytes) -> str:
    paper = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_the_ledger_holds_each_case_with_its_pictures(cast: Cast, kinds: Kinds) -> None:
    case = with_pictures(cast, kinds, address="南后街 1 号")
    Case.objects.update(summary="门口堆放垃圾")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(made("ledger", cast.guo))).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "整改台账"
    assert rows[2][:5] == ("序号", "点位", "问题", "整改前", "整改后")
    assert rows[3][1] == f"W区域 南后街 1 号\n{case.number}"
    assert rows[3][2] == "暴露垃圾：门口堆放垃圾"
    assert "已清理" in str(rows[3][8])
    assert str(rows[3][9]).startswith("已销号")
    assert len(sheet._images) == 2  # type: ignore[attr-defined]  # openpyxl has no other way to ask
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.paperSize, sheet.print_title_rows) == (9, "$3:$3")


def test_a_ledger_of_nothing_says_so(cast: Cast, kinds: Kinds) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made("ledger", cast.guo)))
    assert book.worksheets[0].cell(4, 1).value == "这份列表中没有案卷。"


def test_a_picture_is_a_copy_without_anything_beside_it(cast: Cast, kinds: Kinds) -> None:
    with_pictures(cast, kinds)
    book = zipfile.ZipFile(io.BytesIO(made("ledger", cast.guo)))
    pictures = [book.read(name) for name in book.namelist() if name.startswith("xl/media/")]
    assert pictures
    for one in pictures:
        assert b"Exif" not in one
        assert len(one) < 30_000


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_each_unit_gets_its_sheet(cast: Cast, kinds: Kinds, form: str) -> None:
    case = with_pictures(cast, kinds)
    other = a_case(cast, kinds.rubbish, state=State.FILED)
    cases.dispatch_case(other, by=cast.guo, unit_id=cast.department.pk)
    waiting = a_case(cast, kinds.rubbish)
    archive = zipfile.ZipFile(io.BytesIO(made(f"sheets-{form}", cast.guo)))
    assert sorted(archive.namelist()) == sorted(
        f"问题交办单 {unit.name_zh}.{form}" for unit in (cast.street, cast.department)
    )
    said = archive.read(f"问题交办单 {cast.street.name_zh}.{form}")
    text = words_of(said) if form == "docx" else pdf_words(said)
    assert case.number in text
    assert "签收回执" in text
    for number in (other.number, waiting.number):
        assert number not in text
    alone = made(f"sheets-{form}", cast.guo, Selection(numbers=(case.number,)))
    assert alone.startswith(b"PK" if form == "docx" else b"%PDF")


def test_units_of_one_name_get_a_sheet_each(cast: Cast, kinds: Kinds) -> None:
    rename_unit(cast.department, name_zh=cast.street.name_zh, name_en="Same", by=None)
    a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    other = a_case(cast, kinds.rubbish, state=State.FILED)
    cases.dispatch_case(other, by=cast.guo, unit_id=cast.department.pk)
    archive = zipfile.ZipFile(io.BytesIO(made("sheets-docx", cast.guo)))
    assert len(set(archive.namelist())) == 2


def pdf_words(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages)


def test_a_pdf_is_set_in_our_font_and_a_docx_names_chinese_ones(cast: Cast, kinds: Kinds) -> None:
    case = with_pictures(cast, kinds)
    only = Selection(numbers=(case.number,))
    reader = pypdf.PdfReader(io.BytesIO(made("sheets-pdf", cast.guo, only)))
    used = {
        font["/BaseFont"].split("+")[-1].removesuffix("-Identity-H")
        for page in reader.pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    assert used == {"NotoSansSC-Regular"}, "a font that is not found is replaced in silence"
    assert fonts.missing() == []
    document = zipfile.ZipFile(io.BytesIO(made("sheets-docx", cast.guo, only)))
    text = document.read("word/document.xml").decode()
    assert 'w:eastAsia="仿宋"' in text
    assert "tblHeader" in text


def test_there_is_no_sheet_where_no_unit_is_responsible(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish)
    with pytest.raises(Refusal):
        made("sheets-docx", cast.guo)


def test_hostile_words_and_missing_files_break_nothing(cast: Cast, kinds: Kinds) -> None:
    case = with_pictures(cast, kinds)
    Case.objects.update(address=HOSTILE[:200], summary=HOSTILE[:300])
    for one in CasePhoto.objects.all():
        one.photo.renditions.all().delete()
        type(one.photo).objects.filter(pk=one.photo.pk).update(original="originals/gone.jpg")
    only = Selection(numbers=(case.number,))
    assert "#let x" in words_of(made("sheets-docx", cast.guo, only))
    assert "#let" in pdf_words(made("sheets-pdf", cast.guo, only))
    assert "\u202e" not in chat.text_of(only, reader=cast.guo)
    cells = openpyxl.load_workbook(io.BytesIO(made("ledger", cast.guo, only))).worksheets[0]
    assert {cell.data_type for row in cells.iter_rows() for cell in row} <= {"s", "n"}
    made("picture", cast.guo, only, unreleased=True)


def test_no_document_tells_of_a_reporter_or_of_what_is_for_few_eyes(
    cast: Cast, kinds: Kinds
) -> None:
    cases.receive_report(a_snap(kinds.rubbish, words="我是举报人王某",
                                contact=cases.ContactDetails(phone="13900000000")))  # fmt: skip
    hidden = a_case(cast, kinds.rubbish, state=State.REDIRECTED)
    told = chat.text_of(EVERYTHING, reader=cast.guo)
    told += str(list(openpyxl.load_workbook(io.BytesIO(made("ledger", cast.guo)))
                     .worksheets[0].iter_rows(values_only=True)))  # fmt: skip
    for secret in ("举报人", "13900000000", hidden.number):
        assert secret not in told


def test_everybody_makes_papers_of_what_they_see(cast: Cast, kinds: Kinds) -> None:
    with_pictures(cast, kinds)
    assert chat.text_of(EVERYTHING, reader=cast.zhao).count("\n") == 1
    with pytest.raises(Refusal):
        made("picture", cast.zhao)
    week = Week.of(clock.now().date())
    assert figures.figures_of(week, reader=cast.guo).opened == 1
    assert figures.figures_of(week, reader=cast.zhao).opened == 0


def test_only_released_pictures_are_drawn_unless_somebody_answers_for_more(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = with_pictures(cast, kinds)
    drawn: list[bool] = []
    real = gathered.Picture.jpeg

    def spy(self: gathered.Picture, *args: Any, **given: Any) -> bytes:
        drawn.append(self.released)
        return real(self, *args, **given)

    monkeypatch.setattr(gathered.Picture, "jpeg", spy)
    made("picture", cast.guo)
    assert drawn == []
    made("picture", cast.guo, unreleased=True)
    assert drawn == [False, False]
    records = [
        e.payload["unreleased"] for e in Event.objects.filter(name="paper.taken").order_by("pk")
    ]
    assert records == [False, True]
    drawn.clear()
    after = CasePhoto.objects.get(case=case, kind="after")
    cases.release_photos(case, by=cast.guo, uids=[after.photo.uid], summary="已清理")
    drawing = Image.open(io.BytesIO(made("picture", cast.guo)))
    assert drawn == [True]
    assert (drawing.width, drawing.format) == (1080, "JPEG")
    assert not drawing.getexif()


def test_a_picture_that_would_be_too_long_becomes_several(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "_MOST_HEIGHT", 1500)
    for _ in range(3):
        a_case(cast, kinds.rubbish)
    archive = zipfile.ZipFile(io.BytesIO(made("picture", cast.guo)))
    sizes = [Image.open(io.BytesIO(archive.read(name))).size for name in archive.namelist()]
    assert len(sizes) == 2
    assert all(width == 1080 and height < 2000 for width, height in sizes)


def test_lines_break_where_chinese_may_break() -> None:
    font = fonts.for_pictures(20)
    lines = picture._wrapped("路边堆放垃圾，影响通行。" * 3, font, 140, most=9)
    assert all(font.getlength(line) <= 160 for line in lines)
    assert not any(line[0] in "，。" for line in lines)
    assert "".join(lines) == "路边堆放垃圾，影响通行。" * 3
    assert picture._wrapped("长" * 99, font, 100, most=2)[-1].endswith("…")


def test_the_text_names_place_unit_and_limit(cast: Cast, kinds: Kinds) -> None:
    with clock.at(datetime(2026, 11, 23, 1, 0, tzinfo=UTC)):
        a_case(cast, kinds.rubbish, state=State.HANDLING, address="南后街 1 号")
        a_case(cast, kinds.rubbish)
        text = chat.text_of(EVERYTHING, reader=cast.guo)
    assert text.startswith(f"【{cast.office.name_zh}】问题整改提示（11月23日，共 2 个问题）")
    # Nobody has been asked to put the second right yet: it names no time.
    assert text.count("请于") == 1
    assert "位置：W区域 南后街 1 号" in text
    assert f"责任单位：{cast.street.name_zh}" in text
    assert "请于 2026-11-23" in text


MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


def test_the_week_is_counted_as_its_definitions_say(cast: Cast, kinds: Kinds) -> None:
    with clock.at(MONDAY):
        with_pictures(cast, kinds)
        a_case(cast, kinds.rubbish, state=State.DECLINED)
        for _ in range(3):
            a_case(cast, kinds.rubbish, state=State.HANDLING)
    with clock.at(datetime(2026, 11, 25, 1, 0, tzinfo=UTC)):
        a_case(cast, kinds.rubbish)
        past = figures.figures_of(Week.of(MONDAY.date()), reader=cast.guo)
        now = figures.figures_of(Week.of(MONDAY.date()).before, reader=cast.guo)
        assert (past.opened, past.closed, past.not_taken, past.open) == (5, 1, 1, 3)
        assert (past.handled, past.rate, past.late, now.opened, now.rate) == (1, 1.0, 3, 0, None)
        week = Week.of(clock.now().date())
        (again,) = figures.recurring(week, reader=cast.guo)
        assert (again.community, again.times) == ("W1区域", 6)
        text = words_of(made("weekly", cast.guo, day=MONDAY.date()))
    assert "本周登记案卷 5 件，结案 1 件，按时处置率 100%。未结 3 件，其中超时 3 件。" in text
    for word in ("统计口径", "较好案例", "需要跟进的案例", "反复出现的问题", "W区域"):
        assert word in text


def test_a_week_without_cases_is_a_paper_too(cast: Cast, kinds: Kinds) -> None:
    text = words_of(made("weekly", cast.guo))
    assert "本周登记案卷 0 件" in text
    assert "本周没有。" in text


def test_the_demonstration_is_marked(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gulou.papers.words.is_demonstration", lambda: True)
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    ready = operations.make_paper("sheets-pdf", EVERYTHING, by=cast.guo)
    assert isinstance(ready, operations.Ready)
    assert "演示数据" in ready.name
    assert "演示数据" in pdf_words(ready.file.read())


def test_many_cases_are_made_by_the_worker(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = paper_kinds.KINDS["ledger"]
    few = paper_kinds.PaperKind("ledger", ledger.label, ledger.maker, at_once=1, most=2)
    monkeypatch.setattr(paper_kinds, "KINDS", {"ledger": few})
    for _ in range(2):
        a_case(cast, kinds.rubbish)
    asked = operations.make_paper("ledger", EVERYTHING, by=cast.guo)
    assert isinstance(asked, Errand)
    deliver_all()
    asked.refresh_from_db()
    assert (asked.state, asked.rows) == ("done", 2)
    assert asked.download_name.startswith("整改台账 ")
