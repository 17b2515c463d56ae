"""Reading the tables that offices send: workbooks (XLSX) and CSV, whatever they turn out to be."""

import zipfile
from typing import IO

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid

from .tables import Book, Cell, Limits, RawTable, Sort, TooLong
from .text import Text, decoded, read_csv
from .workbook import read_workbook

__all__ = ["Book", "Cell", "Limits", "RawTable", "Sort", "Text", "TooLong", "decoded", "read_book"]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")


def read_book(file: IO[bytes], limits: Limits) -> Book:
    """The tables of a file, by what is in it and not by its name.

    Raises Invalid in words for what is no table of ours, TooLong where it holds more than `limits`.
    """
    file.seek(0)
    head = file.read(2048)
    file.seek(0)
    if not head.strip():
        raise _refused("file.empty", _("The file is empty."))
    if head.startswith(b"PK\x03\x04"):
        return _zipped(file, limits)
    if head.startswith(_OLD_OFFICE):
        raise _refused("file.old_office", _(
            "This is a workbook of the old kind (XLS), or one with a password. Save it as XLSX"
            " without a password and send that."
        ))  # fmt: skip
    if head.startswith(b"%PDF"):
        raise _refused("file.pdf", _("This is a PDF. Send the workbook (XLSX) or CSV."))
    if head.startswith(_PICTURES):
        raise _refused("file.picture", _("This is a picture. Send the workbook (XLSX) or CSV."))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise _refused("file.web_page", _(
            "This is a web page that some system has named like a workbook. Open it in WPS or"
            " Excel, save it as XLSX and send that."
        ))  # fmt: skip
    return read_csv(file, limits)


def _zipped(file: IO[bytes], limits: Limits) -> Book:
    try:
        with zipfile.ZipFile(file) as package:
            names = set(package.namelist())
            if "xl/workbook.xml" in names:
                return read_workbook(package, limits)
    # Without its key, or packed in a way that nobody reads: RuntimeError, too.
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:
        raise _refused("file.damaged", _("The file is damaged. Save it again.")) from error
    if "word/document.xml" in names:
        raise _refused("file.word", _("This is a Word document. Send the workbook (XLSX)."))
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise _refused("file.other_book", _("Save the workbook as XLSX and send that."))
    raise _refused(
        "file.zip", _("This is an archive, no workbook. Unpack it and send the XLSX or CSV in it.")
    )


def _refused(code: str, words: str) -> Invalid:
    return Invalid(code, words, field="file")
