"""Supervision orders on paper: a list, hand-over and reminder sheets, and the official notice.

Lists and sheets are working papers: no red head, no document number, no place for a seal. The
notice has them, and only a body that is entitled to issue official documents makes one.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import typst
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override, pgettext
from django.utils.translation import gettext as _

from gulou.cases.models import Case
from gulou.cases.queries import cases_seen_by
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.words import name_of
from gulou.orders import operations
from gulou.orders import queries as orders
from gulou.orders.models import Notice, Order
from gulou.outbox.record import record
from gulou.people import queries as people
from gulou.people.models import User

from . import fonts, official
from .documents import Document
from .exports import DOCX_MIME
from .facts import PaperTaken
from .gathered import Item, gather
from .handover import PDF_MIME
from .models import Paper
from .order import ZIP_MIME, Made
from .words import file_name, mark, plain

_SETTING = Path(__file__).parent / "setting" / "orders.typ"


@dataclass(frozen=True)
class Ready:
    """A paper. `file` stands at its beginning."""

    file: IO[bytes]
    name: str
    made: Made


@dataclass(frozen=True)
class Line:
    """One order on paper: its case as documents show it, and what is asked of whom."""

    item: Item
    text: str
    person: str
    unit: str
    due: str
    state: str


@dataclass(frozen=True)
class Sheet:
    """What a kind of paper says above and below its table. `each`: one for each person."""

    label: Any
    asks: Any
    each: bool
    receipt: bool


_DOCX, _PDF = gettext_lazy("For Word and WPS (DOCX)"), gettext_lazy("To print (PDF)")
_SHEETS: Mapping[str, Sheet] = {
    "list": Sheet(gettext_lazy("List of supervision orders"), "", each=False, receipt=False),
    "handover": Sheet(
        gettext_lazy("Supervision hand-over sheet"),
        gettext_lazy(
            "Please do what is asked by the day named, and answer in the system: what was done, how it stands, pictures where there is something to see."
        ),
        each=True, receipt=True,
    ),
    "reminder": Sheet(
        gettext_lazy("Reminder sheet"),
        gettext_lazy(
            "This reminds of what is still to be answered. Please answer in the system without delay; what stands in the way belongs into the answer."
        ),
        each=True, receipt=False,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """One kind of paper and its forms, as buttons. `single`: for one order, too."""

    label: Any
    forms: Sequence[tuple[str, Any]]
    sign: str = "download"
    hint: Any = ""
    single: bool = True


def offered(reader: User) -> list[Offered]:
    """What this person may make of orders."""
    found = [
        Offered(sheet.label, ((f"{code}-docx", _DOCX), (f"{code}-pdf", _PDF)), single=sheet.each)
        for code, sheet in _SHEETS.items()
    ]
    if orders.may_issue(reader):
        hint = _(
            "An official document with the next number of the year. Issuing it is on record and not taken back."
        )
        found.append(
            Offered(
                _("Supervision notice"), (("notice-docx", _DOCX), ("notice-pdf", _PDF)),
                "rubber-stamp", hint,
            )
        )  # fmt: skip
    return found


def make(kind: str, uids: Sequence[UUID], *, by: User) -> Ready:
    """A paper from these orders, those that the reader sees. On record. Raises NotFound, Invalid."""
    code, _dash, form = kind.partition("-")
    if form not in ("docx", "pdf") or code not in (*_SHEETS, "notice"):
        raise NotFound("paper.unknown", _("There is no such paper."))
    found = orders.orders_picked(by, uids)
    if not found:
        raise Invalid("paper.no_order", _("Choose at least one order."))
    with override("zh-hans" if code == "notice" else get_language()):
        lines = list(_lines(found, by))
    if not lines:
        raise Invalid(
            "paper.no_order", _("None of these orders is on a case that a paper may show.")
        )
    if code == "notice":
        with transaction.atomic():
            shown = {one.number for one in (line.item for line in lines)}
            picked = [one for one in found if one.case.number in shown]
            issued = operations.issue_notice(
                picked, by=by, says=lambda notice: official.words_of(notice, lines)
            )
            _keep(kind, by, len(lines))
            return _notice(issued, issued.says or {}, form)
    _keep(kind, by, len(lines))
    return _sheets(_SHEETS[code], lines, form)


def notice_again(uid: UUID, form: str, *, by: User) -> Ready:
    """A notice that was issued: the same number and the same words. Raises NotFound; Refusal where
    a case in it is not the reader's to see any more, or not all of it can be said again."""
    if form not in ("docx", "pdf"):
        raise NotFound("paper.unknown", _("There is no such paper."))
    issued = orders.notice_seen_by(by, uid)
    found = list(issued.orders.select_related("case"))
    seen = set(
        cases_seen_by(by).filter(pk__in=[one.case_id for one in found]).values_list("pk", flat=True)
    )
    with override("zh-hans"):
        lines = list(_lines(found, by)) if issued.says is None else ()
    short = len(lines) != len(found) if issued.says is None else False
    if short or any(one.case.restricted and one.case_id not in seen for one in found):
        raise Refusal(
            "paper.notice_short",
            _(
                "Not all that this notice said can be said again: a case is restricted now, or something was erased. The copy that was issued stands."
            ),
        )
    says = issued.says or official.words_of(issued, lines)
    _keep(f"notice-{form}", by, len(found))
    return _notice(issued, says, form)


@transaction.atomic
def _keep(kind: str, by: User, count: int) -> None:
    paper = Paper.objects.create(kind=f"order-{kind}"[:20], made_by=by, made_at=clock.now())
    record(PaperTaken(kind=paper.kind, cases=count, narrowed=""), subject=paper, actor=by.actor)


def _lines(found: Sequence[Order], by: User) -> Iterator[Line]:
    """The orders on cases that the reader sees and that may be handed on, by person and due time."""
    ids = [one.case_id for one in found]
    seen = Case.objects.filter(pk__in=cases_seen_by(by).filter(pk__in=ids).order_by().values("pk"))
    items = {item.number: item for item in gather(seen)}
    units = people.unit_refs()
    full = Order.objects.filter(pk__in=[one.pk for one in found]).select_related(
        "case", "words", "person"
    )
    for one in full.order_by("person", "due_at", "id"):
        item = items.get(one.case.number)
        if item is not None:
            yield Line(
                item, plain(one.words.text), plain(str(one.person)), plain(name_of(units[one.unit_id])),
                timezone.localtime(one.due_at).strftime("%Y-%m-%d"), str(one.get_state_display()),
            )  # fmt: skip


def _sheets(sheet: Sheet, lines: Sequence[Line], form: str) -> Ready:
    """One file, or a ZIP with one for each person."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.unit, line.person) if sheet.each else ("", ""), []).append(line)
    mime = DOCX_MIME if form == "docx" else PDF_MIME
    write = _docx if form == "docx" else _pdf
    label = str(sheet.label)
    if len(groups) == 1:
        file = io.BytesIO()
        write(file, sheet, lines)
        file.seek(0)
        return Ready(file, _dated(label, form), Made(len(lines), form, mime))
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, ((unit, person), some) in enumerate(groups.items(), 1):
            one = io.BytesIO()
            write(one, sheet, some)
            archive.writestr(
                f"{n:02} {file_name(f'{label} {unit} {person}')}.{form}", one.getvalue()
            )
    whole.seek(0)
    return Ready(whole, _dated(label, "zip"), Made(len(lines), "zip", ZIP_MIME))


def _dated(label: str, suffix: str) -> str:
    day = timezone.localdate(clock.now()).isoformat()
    return f"{file_name(f'{day} {label} {mark()}')}.{suffix}"


def _told(sheet: Sheet, lines: Sequence[Line]) -> dict[str, Any]:
    """The words of a sheet, the same in both forms."""
    first, office = lines[0], name_of(people.office())
    meta = [
        [_("Given by"), office],
        *([[_("To be handled by"), first.unit], [_("Person responsible"), first.person]]
          if sheet.each else []),
        [_("Date"), timezone.localtime(clock.now()).strftime("%Y-%m-%d")],
        [_("Number of orders"), str(len(lines))],
    ]  # fmt: skip
    return {
        "title": str(sheet.label), "mark": mark(), "meta": meta,
        "heads": [_("No."), _("Point and problem"), _("What is to be done"),
                  *([] if sheet.each else [_("Person responsible")]),
                  _("Deadline"), _("How it stands")],
        "rows": [_row(n, line, sheet) for n, line in enumerate(lines, 1)],
        "asks": str(sheet.asks),
        "receipt": _("Receipt") if sheet.receipt else "",
        "signs": [_("Received by"), pgettext("paper", "Telephone"), pgettext("paper", "Time"),
                  _("Remarks")],
    }  # fmt: skip


def _row(n: int, line: Line, sheet: Sheet) -> list[str]:
    where = f"{line.item.place}\n{line.item.problem}\n{line.item.number}"
    person = [] if sheet.each else [f"{line.unit}\n{line.person}"]
    return [str(n), where, line.text, *person, line.due, line.state]


def _docx(file: IO[bytes], sheet: Sheet, lines: Sequence[Line]) -> None:
    told, paper = _told(sheet, lines), Document()
    paper.title(told["title"])
    if told["mark"]:
        paper.line(told["mark"], align="center", soft=True)
    for name, value in told["meta"]:
        paper.line(_("%(name)s: %(value)s") % {"name": name, "value": value})
    widths = (1.2, 5.0, 5.4, 2.5, 2.5) if sheet.each else (1.2, 4.4, 4.4, 2.6, 2.2, 1.8)
    paper.table(told["heads"], told["rows"], widths)
    if told["asks"]:
        paper.gap()
        paper.line(told["asks"])
    if told["receipt"]:
        paper.heading(told["receipt"])
        paper.table(told["signs"], [[""] * 4], (4.2, 4.0, 4.2, 4.2), height=1.4)
    paper.save(file)


def _pdf(file: IO[bytes], sheet: Sheet, lines: Sequence[Line]) -> None:
    columns = [1.1, 4.8, 0, 2.4, 2.4] if sheet.each else [1.1, 4.4, 0, 2.6, 2.4, 2.0]
    data = {**_told(sheet, lines), "fonts": fonts.CHAIN, "columns": columns,
            "page": _("Page %(page)s of %(pages)s")}  # fmt: skip
    file.write(_typeset(_SETTING, data))


def _typeset(setting: Path, data: Mapping[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gulou-paper-") as name:
        folder = Path(name)
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "main.typ").write_text(setting.read_text(encoding="utf-8"), encoding="utf-8")
        made: bytes = typst.compile(folder / "main.typ", root=folder, font_paths=fonts.for_typst())
    return made


def _notice(issued: Notice, told: Mapping[str, Any], form: str) -> Ready:
    """督办通知 in the layout of GB/T 9704, saying what was kept of it."""
    write: Callable[[Mapping[str, Any]], bytes] = (
        official.docx if form == "docx" else lambda data: _typeset(official.SETTING, data)
    )
    mime = DOCX_MIME if form == "docx" else PDF_MIME
    words = file_name(f"{issued} {told['title']} {mark()}")
    name = f"{words}.{form}"
    return Ready(io.BytesIO(write(told)), name, Made(len(told["matters"]), form, mime))
