"""Reading the rows of a file into a register: for a dry run, or in earnest."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from gulou.kit.errors import Invalid
from gulou.people.models import User

from .columns import Row
from .reading import Book
from .registers import Register
from .tables import has_table, read_table
from .tally import Tally


def run(
    register: Register,
    book: Book,
    *,
    by: User | None,
    trial: bool,
    tell: Callable[[int, int], None] = lambda done, total: None,
    file_name: str = "",
    sha256: str = "",
) -> Tally:
    """Do what every row says, by the operations of its room: all of them, or none where one is
    wrong. A trial does it and takes it back. Raises Invalid where the file has no such table."""
    tally = Tally(trial=trial, tell=tell, names=register.names, file_name=file_name, sha256=sha256)
    taken: list[Sequence[Row]] = []
    for part in register.parts:
        if part.optional and not has_table(book, part.columns, titles=part.titles):
            taken.append([])
            continue
        table = read_table(book, part.columns, titles=part.titles)
        taken.append(table.rows)
        tally.mistakes += table.mistakes
        tally.notes += table.notes
    tally.notes = list(dict.fromkeys(tally.notes))
    tally.total = sum(len(rows) for rows in taken)
    with transaction.atomic():
        register.take(taken, by, tally)
        if trial or tally.mistakes:
            transaction.set_rollback(True)
    if not tally.total and not tally.mistakes:
        raise Invalid("file.no_rows", _("There are heads in the file and no row."), field="file")
    return tally
