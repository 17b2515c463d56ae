"""CSV as offices send it: UTF-8 with and without a mark, UTF-16, GB18030; comma, tab or semicolon."""

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid

from .tables import MOST_COLUMNS, Book, Budget, Cell, Limits, RawTable, TooLong, too_wide


@dataclass(frozen=True)
class Text:
    """The text of a file, its digest, and whether it came in the older Chinese encoding."""

    text: str
    digest: str
    gb18030: bool


def encoding_of(chunks: Callable[[], Iterable[bytes]], *, wide: bool = False) -> str:
    """The encoding that reads all of these bytes, which are asked for once for each that may be:
    UTF-8 (with or without a mark), GB18030; UTF-16 by its mark where `wide`. Raises Invalid."""
    start = next(iter(chunks()), b"") if wide else b""
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            if all("\0" not in decoder.decode(chunk) for chunk in chunks()):
                decoder.decode(b"", final=True)
                return encoding
        except UnicodeDecodeError:
            continue
    raise Invalid(
        "file.encoding",
        _("The file is no text in UTF-8 or GB18030. Save it as UTF-8 and try again."),
        field="file",
    )


def decoded(raw: bytes, *, wide: bool = False) -> Text:
    """The text of these bytes; in UTF-16 too where `wide`. Raises Invalid if it is none."""
    encoding = encoding_of(lambda: [raw], wide=wide)
    return Text(raw.decode(encoding), hashlib.sha256(raw).hexdigest(), encoding == "gb18030")


def read_csv(file: IO[bytes], limits: Limits) -> Book:
    """The one table of a CSV file. Raises Invalid, TooLong."""
    raw = file.read(limits.unpacked + 1)
    if len(raw) > limits.unpacked:
        raise TooLong(limits)
    found = decoded(raw, wide=True)
    first = found.text.lstrip().split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    table, budget = RawTable(""), Budget(limits)
    lines = csv.reader(io.StringIO(found.text, newline=""), delimiter=mark)
    try:
        for number, line in enumerate(lines, 1):
            cells = {at: Cell(text) for at, text in enumerate(line) if text.strip()}
            if not cells:
                continue
            if len(cells) > MOST_COLUMNS:
                raise too_wide()
            if len(table.rows) >= limits.rows:
                raise TooLong(limits)
            for cell in cells.values():
                budget.spend(cell.text)
            table.rows.append((number, cells))
    except csv.Error as error:
        raise Invalid(
            "file.not_csv",
            _("Line %(line)d cannot be read as CSV: a quotation mark may be missing.")
            % {"line": lines.line_num},
            field="file",
        ) from error
    notes = [_("The file was read as GB18030.")] if found.gb18030 else []
    return Book([table], notes, is_text=True)
