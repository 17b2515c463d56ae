"""The sheet of a joint operation, as DOCX and PDF: the plan, the part of each unit, the result.

A working paper: no red head, no document number, no place for a seal.
"""

import json
import tempfile
from pathlib import Path
from typing import IO, Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gulou.joint.queries import OperationSeen, TaskSeen
from gulou.joint.states import State, TaskState
from gulou.ui.times import moment

from . import fonts
from .documents import Document
from .exports import DOCX_MIME
from .handover import PDF_MIME
from .order import Made
from .words import mark

_SETTING = Path(__file__).parent / "setting" / "joint.typ"


def make_docx(shown: OperationSeen, file: IO[bytes]) -> Made:
    """To edit in Word and WPS."""
    told, paper = _told(shown), Document()
    paper.title(told["title"])
    paper.line(" ".join(filter(None, (told["number"], told["mark"]))), align="center", soft=True)
    for name, value in told["meta"]:
        if value:
            paper.line(_("%(name)s: %(value)s") % {"name": name, "value": value})
    for head in ("plan", "parts", "cases", "result"):
        if not told[head]:
            continue
        paper.heading(told["heads"][head])
        if head == "parts":
            paper.table(told["columns"], told["parts"], (1.2, 3.4, 5.2, 2.6, 4.2))
        elif head == "cases":
            paper.table(told["case_columns"], told["cases"], (1.2, 4.2, 3.6, 7.6))
        else:
            paper.line(told[head])
    paper.gap()
    paper.line(told["note"], size=10.5, soft=True)
    paper.save(file)
    return Made(len(shown.cases), "docx", DOCX_MIME)


def make_pdf(shown: OperationSeen, file: IO[bytes]) -> Made:
    """To print."""
    with tempfile.TemporaryDirectory(prefix="gulou-paper-") as name:
        folder = Path(name)
        data = {**_told(shown), "fonts": fonts.CHAIN, "page": _("Page %(page)s of %(pages)s")}
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        (folder / "main.typ").write_text(_SETTING.read_text(encoding="utf-8"), encoding="utf-8")
        made = typst.compile(folder / "main.typ", root=folder, font_paths=fonts.for_typst())
    file.write(made)
    return Made(len(shown.cases), "pdf", PDF_MIME)


def _told(shown: OperationSeen) -> dict[str, Any]:
    """The words of the sheet, the same in both forms."""
    one = shown.operation
    off = shown.state == State.CALLED_OFF
    return {
        "title": one.title, "number": f"{_('Joint enforcement')} {one.number}", "mark": mark(),
        "meta": [
            [_("Unit that leads"), shown.lead],
            [_("Units that take part"), _(", ").join(shown.units)],
            [pgettext("paper", "Time"), f"{moment(one.begins_at)} – {moment(one.ends_at)}"],
            [_("Where the units meet"), one.address],
            [_("How it stands"), str(shown.state.label)],
        ],
        "heads": {
            "plan": _("The plan"), "parts": _("Parts of the units"), "cases": _("Cases"),
            "result": _("Why it was called off") if off else _("The result"),
        },
        "plan": one.plan.text if one.plan else "",
        "columns": [_("No."), _("Unit"), _("What it is to do"), _("Time limit"), _("How it stands")],
        "parts": [_part(n, task) for n, task in enumerate(shown.tasks, 1)],
        "case_columns": [_("No."), _("Number"), _("Category"), _("Place")],
        "cases": [
            [str(n), each.row.number, each.row.category, each.row.place]
            for n, each in enumerate(shown.cases, 1)
        ],
        "result": one.result.text if one.result else "",
        "note": _("A record of coordination. It holds no penalties and no names of parties."),
    }  # fmt: skip


def _part(n: int, task: TaskSeen) -> list[str]:
    stands = [str(task.state.label)]
    if task.state == TaskState.DONE and task.ended_at:
        stands.append(_("%(at)s, late") % {"at": moment(task.ended_at)} if task.late else moment(task.ended_at))  # fmt: skip
    elif task.late:
        stands.append(_("late"))
    if task.report:
        stands.append(task.report)
    return [str(n), task.unit, task.words, moment(task.due_at), "\n".join(stands)]
