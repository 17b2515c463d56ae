"""A list of cases as CSV or XLSX, row by row: memory stays the same however long it is."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gulou.kit.errors import Refusal
from gulou.kit.words import defused
from gulou.people.models import User

from .columns import Column, Say, columns_named, rows_of, sayers
from .order import Made, Order, Tell
from .selection import Selection
from .words import plain

_ROWS_AT_ONCE = 2_000
# What a sheet of a workbook holds.
_MOST_ROWS = 1_048_575
_MOST_CHARACTERS = 32_767
_BOM = "\ufeff"
CSV_MIME = "text/csv; charset=utf-8"
XLSX_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _silent(done: int) -> None:
    """For who does not want to know how far it is."""


def csv_of(
    selection: Selection, *, reader: User, columns: Sequence[Column], tell: Tell = _silent
) -> Iterator[bytes]:
    """The cases that the reader sees as CSV with a byte order mark, in pieces of some hundred kB.

    The rows come from a cursor of the database, read as they are sent.
    """
    heads = [defused(str(column.head)) for column in columns]
    rows = rows_of(selection.cases(reader), columns, as_text=True)
    # All of it in the reader's language, which is another one by the time it is sent.
    return _pieces(heads, rows, sayers(columns, as_cells=False), tell)


def _pieces(
    heads: list[str], rows: QuerySet[Any], says: list[Say | None], tell: Tell
) -> Iterator[bytes]:
    buffer = io.StringIO()
    write = csv.writer(buffer).writerows
    buffer.write(_BOM)
    write([heads])
    done = 0
    for batch in _batches(rows.iterator(chunk_size=_ROWS_AT_ONCE)):
        write([
            [value if say is None else say(value) for say, value in zip(says, row, strict=True)]
            for row in batch
        ])  # fmt: skip
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        done += len(batch)
        tell(done)
    yield buffer.getvalue().encode()


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def write_xlsx(
    file: IO[bytes], selection: Selection, *, reader: User, columns: Sequence[Column],
    tell: Tell = _silent,
) -> int:  # fmt: skip
    """The same as a workbook; the number of rows. Times are times, and text is never a formula.

    Raises Refusal where a sheet cannot hold so many.
    """
    import xlsxwriter  # noqa: PLC0415  twelve megabytes that only the worker needs

    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet(_("Cases"))
    head = book.add_format({"bold": True, "bg_color": "#EDEAE4", "border": 1, "text_wrap": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 1)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _width(column))
        sheet.write_string(0, at, str(column.head), head)
    says, done = sayers(columns, as_cells=True), 0
    for row in rows_of(selection.cases(reader), columns, as_text=False).iterator(_ROWS_AT_ONCE):
        done += 1
        if done > _MOST_ROWS:
            raise Refusal(
                "export.too_long", _("A sheet holds a million rows at most. Export it as CSV.")
            )
        for at, (column, say, value) in enumerate(zip(columns, says, row, strict=True)):
            if value is None:
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(done, at, timezone.make_naive(value), moment)
            elif column.is_number:
                sheet.write_number(done, at, value)
            else:
                text = say(value) if say else str(value)
                sheet.write_string(done, at, plain(text)[:_MOST_CHARACTERS])
        if done % _ROWS_AT_ONCE == 0:
            tell(done)
    sheet.autofilter(0, 0, done, len(columns) - 1)
    book.close()
    return done


def _width(column: Column) -> int:
    if column.is_time:
        return 17
    return {"address": 32, "summary": 40, "category": 20, "unit": 22, "step_unit": 22}.get(
        column.code, 12 if column.is_number else 14
    )


def make_csv(order: Order, file: IO[bytes]) -> Made:
    """The list as CSV in a file."""
    done = 0

    def tell(rows: int) -> None:
        nonlocal done
        done = rows
        order.tell(rows)

    columns = columns_named(order.columns)
    for piece in csv_of(order.selection, reader=order.reader, columns=columns, tell=tell):
        file.write(piece)
    return Made(done, "csv", CSV_MIME)


def make_xlsx(order: Order, file: IO[bytes]) -> Made:
    """The list as a workbook."""
    rows = write_xlsx(
        file, order.selection, reader=order.reader, columns=columns_named(order.columns),
        tell=order.tell,
    )  # fmt: skip
    return Made(rows, "xlsx", XLSX_MIME)
