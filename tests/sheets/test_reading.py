"""Files as they really come: what is read, what is told, what is refused."""

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from gulou.kit.errors import Invalid
from gulou.sheets.columns import Column, Kind
from gulou.sheets.reading import Limits, TooLong, read_book
from gulou.sheets.tables import Table, read_table
from tests.sheets.conftest import book, csv

COLUMNS = (
    Column("code", "编码", "Code", needed=True, kind=Kind.CODE, most=20),
    Column("name_zh", "名称", "Name", needed=True),
    Column("since", "起始日期", "From", kind=Kind.DAY),
    Column("kind", "类型", "Kind"),
)
HEADS = ["编码", "名称", "起始日期", "类型"]


def read(file: BytesIO, rows: int = 1000) -> Table:
    return read_table(read_book(file, Limits(rows)), COLUMNS)


def refused(file: BytesIO) -> str:
    with pytest.raises(Invalid) as caught:
        read(file)
    return caught.value.code


def saved(made: openpyxl.Workbook) -> BytesIO:
    file = BytesIO()
    made.save(file)
    return file


def test_rows_are_read_by_the_heads_in_any_order_under_a_title() -> None:
    table = read(
        book([["某区一览表"], ["名称*", "备注", "编码"], ["甲", "x", "A"], [], ["乙", None, "B"]])
    )
    assert [(row.number, row["code"], row["name_zh"]) for row in table.rows] == [
        (3, "A", "甲"), (5, "B", "乙"),
    ]  # fmt: skip
    assert any("备注" in note for note in table.notes)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("编码,名称\nA,甲\n", "utf-8-sig"),
        ("编码,名称\nA,甲\n", "gb18030"),
        ("编码\t名称\nA\t甲\n", "utf-16"),
        ("编码;名称\r\nA;甲\r\n", "utf-8"),
    ],
)
def test_csv_is_read_in_the_encodings_of_offices(text: str, encoding: str) -> None:
    assert [row["name_zh"] for row in read(csv(text, encoding)).rows] == ["甲"]


def test_days_are_days_whatever_they_are_kept_as() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEADS)
    from datetime import date, datetime

    days: list[Any] = [date(2026, 1, 2), datetime(2026, 1, 2, 8), 46024, "2026/1/2", "2026年1月2日"]  # noqa: DTZ001
    for number, day in enumerate(days):
        sheet.append([f"A{number}", "甲", day])
    sheet["D3"].number_format = "General"
    assert {row.day("since") for row in read(saved(made)).rows} == {date(2026, 1, 2)}


def test_numbers_where_text_is_meant_are_taken_and_told() -> None:
    table = read(book([HEADS, [350102, "甲"], [13800000000, "乙"]]))
    assert [row["code"] for row in table.rows] == ["350102", "13800000000"]
    assert any("编码" in note and "zeros" in note for note in table.notes)


def test_a_number_that_the_workbook_has_rounded_is_refused() -> None:
    table = read(book([HEADS, [350102199001011234, "甲"]]))
    assert [(one.row, one.column) for one in table.mistakes] == [(2, "编码")]


def test_a_code_that_became_a_day_is_refused() -> None:
    made = openpyxl.Workbook()
    from datetime import date

    sheet = made.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet.append([date(2026, 1, 2), "甲"])
    assert [(one.row, one.column) for one in read(saved(made)).mistakes] == [(2, "编码")]


def test_a_formula_gives_what_it_shows_and_is_told() -> None:
    file = BytesIO()
    made = xlsxwriter.Workbook(file)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    sheet.write_string(1, 0, "A")
    sheet.write_formula(1, 1, '=CONCAT("榕","荫")', value="榕荫")
    made.close()
    table = read(file)
    assert table.rows[0]["name_zh"] == "榕荫"
    assert any("formula" in note and "名称 2" in note for note in table.notes)


def test_a_formula_that_nobody_reckoned_and_an_error_are_mistakes() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet.append(["A", "=B1"])
    sheet.append(["B", "#N/A"])
    sheet["B3"].data_type = "e"
    assert [(one.row, one.column) for one in read(saved(made)).mistakes] == [
        (2, "名称"),
        (3, "名称"),
    ]


def test_merged_cells_among_the_rows_are_refused_but_not_in_a_title() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["一览表"], HEADS, ["A", "甲"], ["B", None]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B3:B4")
    assert [(one.row, one.words[:15]) for one in read(saved(made)).mistakes] == [
        (3, "The cells B3:B4")
    ]


def test_hidden_sheets_are_not_read_and_hidden_rows_are_told() -> None:
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.append(HEADS)
    first.append(["X", "旧"])
    first.sheet_state = "hidden"
    second = made.create_sheet("新")
    second.append(HEADS)
    second.append(["A", "甲"])
    second.row_dimensions[2].hidden = True
    table = read(saved(made))
    assert [(row.sheet, row["code"]) for row in table.rows] == [("新", "A")]
    assert any("hidden" in note for note in table.notes)


def test_blank_rows_and_formats_at_the_end_are_nothing() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet.append(["A", "甲"])
    for number in range(3, 3000):
        sheet.cell(number, 1).number_format = "@"
    assert len(read(saved(made), rows=10).rows) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file.old_office"),
        (b"%PDF-1.7", "file.pdf"),
        (b"\x89PNG\r\n", "file.picture"),
        (b"BM\x36\x04\0\0\0\0\0\0", "file.picture"),
        (b"BMDM,BMMC\nA,B", "file.missing_column"),
        (b"<html><table><tr><td>A</td></tr></table></html>", "file.web_page"),
        (b"PK\x03\x04 but no more", "file.damaged"),
        (b"\x00\x01\x02\x03", "file.encoding"),
        ('编码,"名称\nA,甲'.encode() + b'"x"' + b"\n", "file.missing_column"),
    ],
)
def test_other_kinds_of_files_are_refused_by_what_they_are(content: bytes, code: str) -> None:
    assert refused(BytesIO(content)) == code


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("word/document.xml", "file.word"),
        ("xl/workbook.bin", "file.other_book"),
        ("content.xml", "file.other_book"),
        ("readme.txt", "file.zip"),
    ],
)
def test_other_packages_are_refused_by_what_they_are(inside: str, code: str) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr(inside, "x")
    assert refused(file) == code


def test_a_part_that_unpacks_to_much_more_is_not_unpacked() -> None:
    file = book([HEADS, ["A", "甲"]])
    bomb = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")
            new.writestr(name, text)
    assert len(bomb.getvalue()) < 200_000
    with pytest.raises(TooLong):
        read_book(bomb, Limits(1000, unpacked=1_000_000))


def test_entities_are_not_expanded() -> None:
    file, evil = book([HEADS]), BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/workbook.xml":
                text = text.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
            new.writestr(name, text)
    assert refused(evil) == "file.damaged"


def test_half_a_million_rows_are_refused_without_reading_them_all() -> None:
    file = BytesIO()
    row = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>A{n}</t></is></c></row>'
    start = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    with (
        zipfile.ZipFile(book([HEADS])) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(start.encode())
            for n in range(1, 500_001, 10_000):
                sheet.write("".join(row.format(n=k) for k in range(n, n + 10_000)).encode())
            sheet.write(b"</sheetData></worksheet>")
    with pytest.raises(TooLong):
        read_book(file, Limits(300))


def test_the_same_column_twice_is_refused() -> None:
    assert refused(book([["编码", "名称", "Code"], ["A", "甲", "B"]])) == "file.column_twice"


def test_a_missing_column_is_named_in_the_words_of_the_reader() -> None:
    with pytest.raises(Invalid, match="missing_column") as caught:
        read(book([["编码"], ["A"]]))
    assert "Missing: Name" in str(caught.value.message)


def test_too_many_columns_are_no_table_of_ours() -> None:
    assert refused(book([HEADS, ["x"] * 300])) == "file.too_wide"


def test_a_long_hidden_list_does_not_make_a_short_file_long() -> None:
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.append(HEADS)
    first.append(["A", "甲"])
    lists = made.create_sheet("选项")
    for number in range(50):
        lists.append([number])
    lists.sheet_state = "hidden"
    assert len(read(saved(made), rows=10).rows) == 1
