"""Reading a CSV file of any size, packed or not, line by line."""

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.sheets.reading import HEAD, Kind, encoding_of, kind_of

_CHUNK = 1 << 20
_MOST = 4 << 30
"""What a packed file may hold: a file that unpacks for ever is stopped here."""


@dataclass(frozen=True)
class Line:
    """One line: where it stands, its cells by column, and the digest of what it says."""

    number: int
    cells: Mapping[str, str]

    def digest(self) -> str:
        """The same for the same cells in any order of columns."""
        text = "\x1f".join(f"{k}\x1e{v}" for k, v in sorted(self.cells.items()))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class CsvFile:
    """A CSV file whose encoding and columns are known."""

    path: Path
    encoding: str
    columns: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """Every line that is not empty. Cells are trimmed; a line that is too long loses nothing:
        it has its rest under the column ""."""
        with _opened(self.path) as raw, _text(raw, self.encoding) as text:
            reader = csv.reader(text)
            next(reader, None)
            for cells in reader:
                told = [cell.strip() for cell in cells]
                if any(told):
                    named = dict(zip(self.columns, told, strict=False))
                    if len(told) > len(self.columns):
                        named[""] = ",".join(told[len(self.columns) :])
                    yield Line(reader.line_num, named)


def open_csv(path: Path) -> CsvFile:
    """Look at a file: is it text, in which encoding, with which columns. Raises Invalid."""
    try:
        encoding = _encoding(path)
        with _opened(path) as raw, _text(raw, encoding) as text:
            columns = tuple(name.strip() for name in next(csv.reader(text), []))
    except (OSError, EOFError, csv.Error) as error:
        raise Invalid(
            "file.unreadable",
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error},
            field="file",
        ) from error
    if len(set(columns)) != len(columns):
        raise Invalid("file.columns", _("Two columns have the same name."), field="file")
    return CsvFile(path, encoding, columns)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb") if packed else path.open("rb"))


def _text(raw: IO[bytes], encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(cast("io.BufferedReader", raw), encoding=encoding, newline="")


def _encoding(path: Path) -> str:
    """The encoding of a file that is text. Raises Invalid."""
    with _opened(path) as raw:
        kind = kind_of(raw.read(HEAD))
    if kind not in (Kind.EMPTY, Kind.TEXT):
        raise Invalid(
            "file.kind",
            _("This is no CSV file (%(kind)s). Save it as CSV and try again.")
            % {"kind": kind.value},
            field="file",
        )
    return encoding_of(lambda: _chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    size = 0
    with _opened(path) as raw:
        while chunk := raw.read(_CHUNK):
            size += len(chunk)
            if size > _MOST:
                raise Invalid("file.too_large", _("This file is too large."), field="file")
            yield chunk
