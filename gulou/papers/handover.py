"""Hand-over sheets (问题交办单), one for each unit, as DOCX and PDF.

They are working papers: no red head, no document number, no place for a seal.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import typst
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.ui import times

from . import fonts
from .documents import Document
from .exports import DOCX_MIME
from .gathered import Item, gather
from .order import ZIP_MIME, Made, Order
from .words import file_name, mark

PDF_MIME = "application/pdf"
_SETTING = Path(__file__).parent / "setting" / "handover.typ"
_PHOTO = (480, 360)

Write = Callable[[IO[bytes], Sequence[Item], str], None]


def make_docx(order: Order, file: IO[bytes]) -> Made:
    """Sheets to edit in Word and WPS. Raises Refusal where no unit is responsible for any case."""
    return _sheets(order, file, "docx", DOCX_MIME, _docx)


def make_pdf(order: Order, file: IO[bytes]) -> Made:
    """Sheets to print. Raises Refusal where no unit is responsible for any case."""
    return _sheets(order, file, "pdf", PDF_MIME, _pdf)


def _sheets(order: Order, file: IO[bytes], form: str, mime: str, write: Write) -> Made:
    """One sheet for each unit that answers for some of the cases; several come as a ZIP."""
    office, by_unit = people.office(), dict[int, list[Item]]()
    for item in gather(order.selection.cases(order.reader)):
        if item.unit_id != office.id:
            by_unit.setdefault(item.unit_id, []).append(item)
    if not by_unit:
        raise Refusal(
            "paper.no_unit",
            _("None of these cases has been dispatched to a unit yet, so there is nobody to tell."),
        )
    if len(by_unit) == 1:
        (items,) = by_unit.values()
        write(file, items, name_of(office))
        return Made(len(items), form, mime)
    done = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for items in by_unit.values():
            one = io.BytesIO()
            write(one, items, name_of(office))
            name = file_name(f"{_('Hand-over sheet')} {items[0].unit}")
            if f"{name}.{form}" in archive.namelist():  # two units of one name
                name = f"{name} {file_name(people.unit_refs()[items[0].unit_id].code)}"
            archive.writestr(f"{name}.{form}", one.getvalue())
            done += len(items)
            order.tell(done)
    return Made(done, "zip", ZIP_MIME)


def _told(items: Sequence[Item], office: str) -> dict[str, Any]:
    """The words of a sheet, the same in both forms."""
    count = len(items)
    return {
        "title": _("Hand-over sheet"),
        "mark": mark(),
        "meta": [
            [_("Handed over by"), office],
            [_("To be handled by"), items[0].unit],
            [_("Person responsible"), items[0].leader],
            [_("Date"), timezone.localtime(clock.now()).strftime("%Y-%m-%d")],
            [_("Number of problems"), ngettext("%(n)d", "%(n)d", count) % {"n": count}],
        ],
        "heads": [_("No."), _("Point and problem"), _("Picture"), _("Time limit"),
                  _("How it stands")],
        "asks": _(
            "Please handle each problem within its limit and show it by a picture taken after, in "
            "the system. What is not yours: give it back in the system with the reason."
        ),
        "receipt": _("Receipt"),
        "signs": [_("Received by"), pgettext("paper", "Telephone"), pgettext("paper", "Time"), _("Remarks")],
    }  # fmt: skip


def _texts(at: int, item: Item) -> list[str]:
    where = f"{item.place}\n{item.problem}\n{item.number}"
    due = times.moment(item.due_at) if item.due_at else _("none")
    return [str(at), where, due, str(item.state.label) + ("\n" + _("late") if item.late else "")]


def _jpeg(item: Item) -> bytes:
    return item.before.jpeg(_PHOTO) if item.before else b""


def _docx(file: IO[bytes], items: Sequence[Item], office: str) -> None:
    told, paper = _told(items, office), Document()
    paper.title(told["title"])
    if told["mark"]:
        paper.line(told["mark"], align="center", soft=True)
    for name, value in told["meta"]:
        if value:
            paper.line(_("%(name)s: %(value)s") % {"name": name, "value": value})
    rows: list[list[str | bytes]] = []
    for at, item in enumerate(items, 1):
        number, where, due, state = _texts(at, item)
        rows.append([number, where, _jpeg(item) or _("No picture yet"), due, state])
    paper.table(told["heads"], rows, (1.3, 6.8, 4.0, 2.4, 2.1))
    paper.gap()
    paper.line(told["asks"])
    paper.heading(told["receipt"])
    paper.table(told["signs"], [[""] * 4], (4.2, 4.0, 4.2, 4.2), height=1.4)
    paper.save(file)


def _pdf(file: IO[bytes], items: Sequence[Item], office: str) -> None:
    told = _told(items, office)
    with tempfile.TemporaryDirectory(prefix="gulou-paper-") as name:
        folder, rows = Path(name), []
        for at, item in enumerate(items, 1):
            photo = f"{at}.jpg" if (jpeg := _jpeg(item)) else ""
            if photo:
                (folder / photo).write_bytes(jpeg)
            number, where, due, state = _texts(at, item)
            rows.append({"texts": [number, where, due, state], "photo": photo})
        data = {**told, "rows": rows, "fonts": fonts.CHAIN, "none": _("No picture yet"),
                "page": _("Page %(page)s of %(pages)s")}  # fmt: skip
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "main.typ").write_text(_SETTING.read_text(encoding="utf-8"), encoding="utf-8")
        made = typst.compile(folder / "main.typ", root=folder, font_paths=fonts.for_typst())
    file.write(made)
