"""Writing a register as a workbook: its rows, a page that explains, and lists to choose from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _

from gulou.kit.words import in_language
from gulou.people.models import User

from .columns import Column, Kind
from .registers import Part, Register

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows below the last that still have their lists.
_ROOM = 2000
_LONGEST = 32_767


def write_book(register: Register, file: IO[bytes], *, reader: User, empty: bool) -> int:
    """Write what is in the register as this person sees it, or an empty one to fill in; the number
    of rows."""
    import xlsxwriter  # noqa: PLC0415  twelve megabytes for each process of the web

    content = [[] for _part in register.parts] if empty else register.content(reader)
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    looks = _Looks(book)
    listed = register.choices(reader)
    lists = _lists_of(register, listed)
    sheets = [book.add_worksheet(part.title) for part in register.parts]
    explained = book.add_worksheet(_("How to fill it in"))
    chosen = book.add_worksheet(_("Lists"))
    for sheet, part, rows in zip(sheets, register.parts, content, strict=True):
        _write_part(sheet, part, rows, looks)
        _offer(sheet, part, lists, chosen.get_name(), len(rows))
    _explain(explained, register, listed, looks)
    _write_lists(chosen, lists)
    chosen.hide()
    book.close()
    return sum(len(rows) for rows in content)


class _Looks:
    """How cells look."""

    def __init__(self, book: Any) -> None:
        head = {"bold": True, "bg_color": "#EDEAE4", "border": 1, "text_wrap": True,
                "valign": "vcenter", "num_format": "@"}  # fmt: skip
        self.head = book.add_format(head)
        self.needed = book.add_format({**head, "font_color": "#B8352A"})
        self.told = book.add_format({"font_color": "#6B6B6B"})
        self.text = book.add_format({"num_format": "@"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.plain = None

    def of(self, column: Column) -> Any:
        """How the cells of a column look."""
        if column.told:
            return self.told
        if column.kind is Kind.DAY:
            return self.day
        return self.plain if column.kind in (Kind.WHOLE, Kind.DEGREES) else self.text


def _write_part(sheet: Any, part: Part, rows: Sequence[Mapping[str, str]], looks: _Looks) -> None:
    sheet.freeze_panes(1, 1)
    for at, column in enumerate(part.columns):
        sheet.set_column(at, at, column.width, looks.of(column))
        head = f"{column.head}*" if column.needed else column.head
        sheet.write_string(0, at, head, looks.needed if column.needed else looks.head)
    for number, row in enumerate(rows, 1):
        for at, column in enumerate(part.columns):
            if text := row.get(column.name, ""):
                _write_cell(sheet, number, at, column, text[:_LONGEST], looks)
    sheet.autofilter(0, 0, max(len(rows), 1), len(part.columns) - 1)


def _write_cell(sheet: Any, row: int, at: int, column: Column, text: str, looks: _Looks) -> None:
    """Text is always written as text, so none becomes a formula."""
    if column.kind is Kind.DAY:
        sheet.write_datetime(row, at, date.fromisoformat(text), looks.day)
    elif column.kind in (Kind.WHOLE, Kind.DEGREES):
        sheet.write_number(row, at, float(text))
    else:
        sheet.write_string(row, at, text, looks.of(column))


def _lists_of(
    register: Register, listed: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """The lists of the columns, one column each on the sheet of lists."""
    names = {c.name for part in register.parts for c in part.columns if c.listed}
    return {name: listed[name] for name in sorted(names) if listed.get(name)}


def _offer(
    sheet: Any, part: Part, lists: Mapping[str, Sequence[str]], where: str, rows: int
) -> None:
    """Let listed cells be chosen from their list. What is not on it may be typed after a warning:
    a code, or something that the same file adds."""
    places = list(lists)
    for at, column in enumerate(part.columns):
        if column.name not in lists:
            continue
        letter = chr(ord("A") + places.index(column.name))
        source = f"='{where}'!${letter}$1:${letter}${len(lists[column.name])}"
        sheet.data_validation(1, at, rows + _ROOM, at, {
            "validate": "list", "source": source, "error_type": "warning",
            "error_title": str(column.head)[:32],
            "error_message": _("This is not on the list. Keep it if you are sure."),
        })  # fmt: skip


def _write_lists(sheet: Any, lists: Mapping[str, Sequence[str]]) -> None:
    for number in range(max((len(words) for words in lists.values()), default=0)):
        for at, words in enumerate(lists.values()):
            if number < len(words):
                sheet.write_string(number, at, words[number])


def _explain(
    sheet: Any, register: Register, listed: Mapping[str, Sequence[str]], looks: _Looks
) -> None:
    for at, width in enumerate((18, 10, 52, 40, 28)):
        sheet.set_column(at, at, width, looks.wrap)
    sheet.write_string(0, 0, str(register.label), looks.title)
    number = 1
    for words in (*register.rules, *_general()):
        sheet.merge_range(number, 0, number, 4, f"· {words}", looks.wrap)
        sheet.set_row(number, 32)
        number += 1
    for part in register.parts:
        number += 1
        if len(register.parts) > 1:
            sheet.write_string(number, 0, part.title, looks.title)
            number += 1
        heads = (_("Column"), _("Needed"), _("What to write"), _("To choose from"), _("Example"))
        for at, head in enumerate(heads):
            sheet.write_string(number, at, head, looks.head)
        for column in part.columns:
            number += 1
            said = (
                column.head, _("yes") if column.needed else "", _help(column),
                _choice(listed.get(column.name, ()) if column.listed else ()), column.example,
            )  # fmt: skip
            for at, text in enumerate(said):
                sheet.write_string(number, at, text, looks.wrap)


def _general() -> Sequence[str]:
    return (
        _("Columns may stand in any order and be left out, but for those that are needed. A file"
          " as CSV with the same heads does as well."),
        _("An empty cell leaves what is there; a dash (-) empties it. Nothing is removed because"
          " a file does not name it."),
        _("Nothing happens before you have seen the dry run: it lists every mistake and every"
          " change. The same file a second time changes nothing."),
    )  # fmt: skip


def _help(column: Column) -> str:
    kinds = {
        Kind.DAY: _("A day as 2026-11-23."), Kind.FLAG: _("Yes or no."),
        Kind.CODE: _("As text, so that zeros in front stay."),
    }  # fmt: skip
    words = [str(column.help), kinds.get(column.kind, "")]
    return in_language("", " ").join(one for one in words if one)


def _choice(words: Sequence[str]) -> str:
    if len(words) > 12:
        more = _("%(words)s … (%(count)s in the list)")
        return more % {"words": in_language("、", ", ").join(words[:8]), "count": len(words)}
    return in_language("、", ", ").join(words)
