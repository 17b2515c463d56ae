"""The layout of an official document (GB/T 9704-2012): red head, number, title, body, date.

Its words are Chinese whatever language the reader has: it is a document of the office. The fonts
that the standard names are licensed: they are named first, and free ones stand in.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx as word
from django.utils import timezone
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gulou.orders.models import Notice

from .words import mark, plain

if TYPE_CHECKING:
    from .orders import Line

SETTING = Path(__file__).parent / "setting" / "notice.typ"
TITLE = "督办通知"
SONG = ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "Noto Serif SC", "Noto Serif CJK SC")
FANG = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "Noto Serif SC", "Noto Serif CJK SC")
HEI = ("SimHei", "Noto Sans SC", "Noto Sans CJK SC")
_RED = RGBColor(0xD0, 0x10, 0x10)
_PITCH = Pt(28.95)


def words_of(issued: Notice, lines: Sequence["Line"]) -> dict[str, Any]:
    """What the document says, the same in both forms. Dates without leading zeros."""
    day = timezone.localtime(issued.at)
    units = list(dict.fromkeys(line.unit for line in lines))
    matters = []
    for n, line in enumerate(lines, 1):
        due = "{}年{}月{}日".format(*(int(part) for part in line.due.split("-")))
        matters.append({
            "head": f"{_chinese(n)}、{line.item.place}",
            "body": [f"问题：{line.item.problem}（案卷 {line.item.number}）。", f"要求：{line.text}",
                     f"责任单位：{line.unit}；责任人：{line.person}；办结反馈时限：{due}。"],
        })  # fmt: skip
    return {
        "head": plain(issued.body), "number": str(issued), "title": TITLE, "mark": mark(),
        "to": "、".join(units) + "：",
        "opening": f"经研究，现将以下 {len(lines)} 项问题交由你单位办理，请按要求抓紧落实，并在时限内书面反馈办理情况。",
        "matters": matters,
        "closing": "请各责任单位明确专人负责，按时限办结并在系统内反馈。逾期未办结的，请说明原因。",
        "by": plain(issued.body), "date": f"{day.year}年{day.month}月{day.day}日",
        "song": SONG, "fang": FANG, "hei": HEI,
    }  # fmt: skip


def _chinese(n: int) -> str:
    digits = "零一二三四五六七八九"
    if n < 10:
        return digits[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
    hundreds, rest = divmod(n, 100)
    between = "零" if 0 < rest < 10 else "一" if 10 <= rest < 20 else ""
    return digits[hundreds] + "百" + between + (_chinese(rest) if rest else "")


def docx(told: Mapping[str, Any]) -> bytes:
    """The document for Word and WPS."""
    paper = word.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    centre, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    _say(paper, told["head"], SONG[1], 36, align=centre, red=True, pitch=None)
    if told["mark"]:
        _say(paper, told["mark"], FANG[1], 12, align=centre, pitch=None)
    number = _say(paper, told["number"], FANG[1], 16, align=centre)
    _red_line(number)
    _say(paper, "", FANG[1], 16)
    _say(paper, told["title"], SONG[1], 22, align=centre)
    _say(paper, "", FANG[1], 16)
    _say(paper, told["to"], FANG[1], 16)
    _say(paper, told["opening"], FANG[1], 16, indent=True)
    for matter in told["matters"]:
        _say(paper, matter["head"], HEI[0], 16, indent=True)
        for text in matter["body"]:
            _say(paper, text, FANG[1], 16, indent=True)
    _say(paper, told["closing"], FANG[1], 16, indent=True)
    _say(paper, "", FANG[1], 16)
    # Room for the seal: the date stands four characters in from the right.
    for text in (told["by"], told["date"]):
        _say(paper, text, FANG[1], 16, align=right).paragraph_format.right_indent = Pt(64)
    _page_number(section)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _say(
    paper: Any, text: str, font: str, size: int, *, align: Any = None, red: bool = False,
    indent: bool = False, pitch: Any = _PITCH,
) -> Any:  # fmt: skip
    paragraph = paper.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if pitch is not None:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
    if align is not None:
        paragraph.alignment = align
    if indent:
        form.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(plain(text))
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    if red:
        run.font.color.rgb = _RED
    return paragraph


def _red_line(paragraph: Any) -> None:
    """The red rule below the number."""
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "D01010")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    paragraph._p.get_or_add_pPr().append(border)


def _page_number(section: Any) -> None:
    """— 1 — below, as the standard has it."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("", "— "), ("field", "PAGE"), ("", " —")):
        run = paragraph.add_run(text if not kind else "")
        run.font.name, run.font.size = "Times New Roman", Pt(14)
        if kind:
            for mark_ in ("begin", "instr", "end"):
                if mark_ == "instr":
                    element = OxmlElement("w:instrText")
                    element.text = text
                else:
                    element = OxmlElement("w:fldChar")
                    element.set(qn("w:fldCharType"), mark_)
                run._element.append(element)
