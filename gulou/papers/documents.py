"""What every document of ours for Word and WPS has in common: A4, fonts, plain tables."""

import io
import re
from collections.abc import Sequence
from typing import IO, Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from .words import plain

# Fonts that Windows, WPS and Word have; none is shipped inside.
BODY, HEADING, LATIN = "仿宋", "黑体", "Times New Roman"
_LINES = "808080"
_NUMBER = re.compile(r"[+-]?\d+%?|—")


class Document:
    """A document that is written from top to bottom."""

    def __init__(self) -> None:
        self._docx = docx.Document()
        section = self._docx.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2.2)
        normal = self._docx.styles["Normal"]
        normal.font.name, normal.font.size = LATIN, Pt(12)
        _east_asian(normal.element.get_or_add_rPr(), BODY)
        # Without it programs set Chinese punctuation as elsewhere, in the middle of its square.
        language = OxmlElement("w:lang")
        language.set(qn("w:eastAsia"), "zh-CN")
        normal.element.get_or_add_rPr().append(language)
        normal.paragraph_format.space_after = Pt(4)
        normal.paragraph_format.line_spacing = 1.3

    def title(self, words: str) -> None:
        """The name of the paper: black, in the middle."""
        self._heading(words, 18, WD_ALIGN_PARAGRAPH.CENTER, level=1)

    def heading(self, words: str) -> None:
        """The name of a part."""
        self._heading(words, 14, WD_ALIGN_PARAGRAPH.LEFT, level=2)

    def _heading(self, words: str, size: int, align: Any, *, level: int) -> None:
        paragraph = self._docx.add_paragraph(style=f"Heading {level}")
        paragraph.alignment = align
        paragraph.paragraph_format.space_before = Pt(12 if level > 1 else 0)
        paragraph.paragraph_format.space_after = Pt(6)
        run = paragraph.add_run(plain(words))
        run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), False
        run.font.color.rgb = RGBColor(0, 0, 0)
        _east_asian(run._element.get_or_add_rPr(), HEADING)

    def line(
        self, words: str, *, size: float = 12, align: str = "left", soft: bool = False,
        keep: bool = False,
    ) -> None:  # fmt: skip
        """A paragraph; `keep` holds it on the page of what follows."""
        paragraph = self._docx.add_paragraph()
        paragraph.paragraph_format.keep_with_next = keep
        if align == "center":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _say(paragraph, words, size, soft=soft)

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str | bytes]],
        widths: Sequence[float], *, height: float = 0,
    ) -> None:  # fmt: skip
        """A table with thin lines whose head comes again on each page. Bytes are pictures, widths
        and the least height of a row centimetres."""
        table = self._docx.add_table(rows=0, cols=len(heads))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _border(table)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        for at, row in enumerate([heads, *rows]):
            line = table.add_row()
            properties = line._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if at == 0:
                properties.append(OxmlElement("w:tblHeader"))
            elif height:
                line.height = Cm(height)
            for cell, content, width in zip(line.cells, row, widths, strict=True):
                cell.width = Cm(width)
                _fill(cell, content, width, head=at == 0)

    def gap(self) -> None:
        """A little room after a table."""
        self._docx.add_paragraph().paragraph_format.line_spacing = Pt(8)

    def save(self, file: IO[bytes]) -> None:
        """Write it."""
        self._docx.save(file)


def _fill(cell: Any, content: Any, width: float, *, head: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.15
    if isinstance(content, bytes):
        paragraph.add_run().add_picture(io.BytesIO(content), width=Cm(width - 0.45))
        return
    if head:
        _shade(cell)
    if head or _NUMBER.fullmatch(content):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(paragraph, content, 10.5, font=HEADING if head else BODY)


def _say(paragraph: Any, words: str, size: float, *, soft: bool = False, font: str = BODY) -> None:
    for at, part in enumerate(plain(words).split("\n")):
        run = paragraph.add_run(part)
        run.font.name, run.font.size = LATIN, Pt(size)
        _east_asian(run._element.get_or_add_rPr(), font)
        if soft:
            run.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
        if at < plain(words).count("\n"):
            run.add_break()


def _east_asian(properties: Any, font: str) -> None:
    """Word and WPS take Chinese characters from the font of this attribute alone."""
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)


def _border(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINES)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EDEAE4")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)
