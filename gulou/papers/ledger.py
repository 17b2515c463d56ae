"""The rectification ledger (整改台账): a workbook to print on A4, to edit in WPS and Excel."""

import io
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext
from PIL import Image

from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.ui import times

from .exports import XLSX_MIME
from .gathered import Item, Picture, gather
from .order import Made, Order
from .selection import Selection
from .words import mark

_THUMB = (240, 180)
_ROW_POINTS = 84
_CELL_PIXELS = (132, 108)
_FONT = "宋体"
_PAPER_A4 = 9


def make(order: Order, file: IO[bytes]) -> Made:
    """Write it row by row."""
    selection, reader = order.selection, order.reader
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet(_("Ledger"))
    formats = _formats(book)
    _set_up(sheet)
    heads = _heads()
    for at, (_head, width) in enumerate(heads):
        sheet.set_column(at, at, width)
    last = len(heads) - 1
    sheet.set_row(0, 34)
    sheet.merge_range(0, 0, 0, last, "", formats["title"])
    sheet.write_string(0, 0, _("Rectification ledger"), formats["title"])
    sheet.merge_range(1, 0, 1, last, "", formats["under"])
    sheet.write_string(1, 0, _under(selection, reader), formats["under"])
    sheet.set_row(2, 26)
    for at, (head, _width) in enumerate(heads):
        sheet.write_string(2, at, head, formats["head"])
    done = 0
    for done, item in enumerate(gather(selection.cases(reader)), 1):
        _write(sheet, done + 2, done, item, formats)
        order.tell(done)
    if not done:
        sheet.merge_range(3, 0, 3, last, _("No case is in this list."), formats["cell"])
    book.close()
    return Made(done, "xlsx", XLSX_MIME)


def _heads() -> list[tuple[str, int]]:
    return [
        (_("No."), 5), (_("Point"), 20), (_("Problem"), 26), (pgettext("paper", "Before"), 18), (pgettext("paper", "After"), 18),
        (_("Responsible unit"), 14), (_("Person responsible"), 10), (_("Time limit"), 12),
        (_("How it stands"), 24), (_("Sign-off"), 12),
    ]  # fmt: skip


def _under(selection: Selection, reader: Any) -> str:
    day = timezone.localtime(clock.now()).strftime("%Y-%m-%d")
    count = selection.cases(reader).filter(restricted=False).order_by().count()
    words = npgettext("paper", "%(n)d case", "%(n)d cases", count) % {"n": count}
    return "    ".join(part for part in (name_of(people.office()), day, words, mark()) if part)


def _write(sheet: Any, row: int, at: int, item: Item, formats: dict[str, Any]) -> None:
    sheet.set_row(row, _ROW_POINTS)
    sheet.write_number(row, 0, at, formats["number"])
    sheet.write_string(row, 1, f"{item.place}\n{item.number}", formats["cell"])
    sheet.write_string(row, 2, item.problem, formats["cell"])
    for column, picture in ((3, item.before), (4, item.after)):
        sheet.write_blank(row, column, None, formats["cell"])
        if picture:
            _insert(sheet, row, column, picture)
    due = times.moment(item.due_at) if item.due_at else ""
    signed = timezone.localtime(item.ended_at).strftime("%Y-%m-%d") if item.ended_at else ""
    told = [str(item.state.label) + (" · " + _("late") if item.late else ""), item.done]
    cells = [item.unit, item.leader, due, "\n".join(part for part in told if part),
             f"{_('Signed off')}\n{signed}" if item.signed_off else ""]  # fmt: skip
    for column, text in enumerate(cells, 5):
        sheet.write_string(row, column, text, formats["cell"])


def _insert(sheet: Any, row: int, column: int, picture: Picture) -> None:
    jpeg = picture.jpeg(_THUMB)
    if not jpeg:
        return
    with Image.open(io.BytesIO(jpeg)) as seen:
        width, height = seen.size
    scale = min((_CELL_PIXELS[0] - 8) / width, (_CELL_PIXELS[1] - 8) / height)
    sheet.insert_image(row, column, "photo.jpg", {
        "image_data": io.BytesIO(jpeg), "x_scale": scale, "y_scale": scale, "object_position": 1,
        "x_offset": (_CELL_PIXELS[0] - width * scale) / 2,
        "y_offset": (_CELL_PIXELS[1] - height * scale) / 2,
    })  # fmt: skip


def _set_up(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 0)
    sheet.set_footer("&C&10" + _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"})


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": _FONT, "font_size": 10, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format({**base, "font_size": 18, "bold": True, "align": "center"}),
        "under": book.add_format({**base, "align": "center", "font_color": "#555555"}),
        "head": book.add_format(
            {**base, "bold": True, "align": "center", "border": 1, "bg_color": "#EDEAE4"}
        ),
        "cell": book.add_format({**base, "border": 1}),
        "number": book.add_format({**base, "border": 1, "align": "center"}),
    }
