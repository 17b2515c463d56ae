"""What a file is by its first bytes, whatever its name says."""

from enum import Enum


class Kind(Enum):
    """What offices send as a table. The value is how people call it."""

    EMPTY = ""
    PACKAGE = "XLSX"
    OLD_OFFICE = "XLS"
    PDF = "PDF"
    PICTURE = "JPEG, PNG"
    WEB_PAGE = "HTML"
    # Perhaps: whoever decodes it finds out.
    TEXT = "CSV"


HEAD = 2048
"""So many bytes tell."""
_MARKS = {
    b"PK\x03\x04": Kind.PACKAGE,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Kind.OLD_OFFICE,
    b"%PDF": Kind.PDF,
    b"\x89PNG": Kind.PICTURE,
    b"\xff\xd8\xff": Kind.PICTURE,
    b"GIF8": Kind.PICTURE,
}
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins like this."""
    if not head.strip():
        return Kind.EMPTY
    for mark, kind in _MARKS.items():
        if head.startswith(mark):
            return kind
    # A bitmap; a table may begin with BM as well.
    if head.startswith(b"BM") and b"\0" in head[:16]:
        return Kind.PICTURE
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    return Kind.WEB_PAGE if start.startswith(_PAGES) else Kind.TEXT
