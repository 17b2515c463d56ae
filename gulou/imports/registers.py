"""Registers from files on the command line: the same reading and the same rules as on the pages,
with the system as who acts."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.sheets.columns import Column
from gulou.sheets.reading import Book, Limits, read_book
from gulou.sheets.registers import Register
from gulou.sheets.running import run
from gulou.sheets.tables import Mistake
from gulou.sheets.tally import Tally

LARGEST_FILE = 200 * 1024 * 1024
_LIMITS = Limits(rows=500_000)
# So many mistakes are told at once.
_MOST_TOLD = 300


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there and not too large. Raises Invalid with words."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Invalid("file.too_large", _("Files may have up to 200 MB."), field="file")
        file = path.open("rb")
    except OSError as error:
        raise Invalid(
            "file.unreadable",
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror},
            field="file",
        ) from error
    with file:
        yield file


def read_file(path: Path, columns: Sequence[Column] = ()) -> Book:
    """The tables of a workbook or of CSV. Raises Invalid; of an empty file with its first line."""
    with opened(path) as file:
        try:
            return read_book(file, _LIMITS)
        except Invalid as refusal:
            if refusal.code != "file.empty" or not columns:
                raise
            words = f"{refusal.message} {first_line(columns)}"
            raise Invalid(refusal.code, words, field="file") from refusal


def import_register(register: Register, path: Path, *, dry_run: bool) -> Tally:
    """Do what the rows say, or only try it. Raises Invalid with every mistake on its own line."""
    book = read_file(path, register.parts[0].columns)
    with opened(path) as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    tally = run(register, book, by=None, trial=dry_run, file_name=path.name, sha256=sha256)
    refuse_mistakes(tally.mistakes)
    return tally


def refuse_mistakes(mistakes: Iterable[Mistake]) -> None:
    """Raise Invalid where there is any."""
    found = sorted(mistakes, key=lambda one: (one.sheet, one.row))
    if not found:
        return
    lines = [one.sentence for one in found[:_MOST_TOLD]]
    if len(found) > _MOST_TOLD:
        lines.append(_("%(count)s mistakes in all.") % {"count": len(found)})
    raise Invalid("table.mistakes", "\n".join(lines), field="file")


def first_line(columns: Sequence[Column]) -> str:
    """The first line of such a file, without what is rarely needed."""
    return ",".join(column.name for column in columns if not column.rare)
