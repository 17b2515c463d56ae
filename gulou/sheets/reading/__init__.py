"""Reading the tables that offices send: workbooks (XLSX) and CSV, whatever they turn out to be."""

import zipfile
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.kit.errors import Invalid

from .kinds import HEAD, Kind, kind_of
from .tables import Book, Cell, Limits, RawTable, Sort, TooLong
from .text import Text, decoded, encoding_of, read_csv
from .workbook import read_workbook

__all__ = [
    "HEAD", "Book", "Cell", "Kind", "Limits", "RawTable", "Sort", "Text", "TooLong", "decoded",
    "encoding_of", "kind_of", "read_book",
]  # fmt: skip

_NO_TABLES = {
    Kind.EMPTY: ("file.empty", gettext_lazy("The file is empty.")),
    Kind.OLD_OFFICE: ("file.old_office", gettext_lazy(
        "This is a workbook of the old kind (XLS), or one with a password. Save it as XLSX"
        " without a password and send that."
    )),
    Kind.PDF: ("file.pdf", gettext_lazy("This is a PDF. Send the workbook (XLSX) or CSV.")),
    Kind.PICTURE: ("file.picture", gettext_lazy(
        "This is a picture. Send the workbook (XLSX) or CSV."
    )),
    Kind.WEB_PAGE: ("file.web_page", gettext_lazy(
        "This is a web page that some system has named like a workbook. Open it in WPS or"
        " Excel, save it as XLSX and send that."
    )),
}  # fmt: skip


def read_book(file: IO[bytes], limits: Limits) -> Book:
    """The tables of a file, by what is in it and not by its name.

    Raises Invalid in words for what is no table of ours, TooLong where it holds more than `limits`.
    """
    file.seek(0)
    kind = kind_of(file.read(HEAD))
    file.seek(0)
    if kind in _NO_TABLES:
        code, words = _NO_TABLES[kind]
        raise _refused(code, str(words))
    return _zipped(file, limits) if kind == Kind.PACKAGE else read_csv(file, limits)


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
