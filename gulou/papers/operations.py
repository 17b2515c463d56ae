"""Making papers: small ones at once, large ones by the worker; each is on record."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.errands import operations as errands
from gulou.errands.models import Errand
from gulou.errands.table import Outcome, Work
from gulou.joint import queries as joint
from gulou.joint.models import Operation
from gulou.joint.queries import OperationSeen
from gulou.kit import clock
from gulou.kit.errors import NotFound, Refusal
from gulou.outbox.record import record
from gulou.people.models import User

from . import exports
from .columns import columns_named
from .facts import PaperTaken
from .kinds import ERRAND, PaperKind, kind_named
from .models import Paper
from .order import Made, Order
from .selection import Selection
from .words import file_name, mark

_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Ready:
    """A paper that was made while one waited. `file` stands at its beginning."""

    file: IO[bytes]
    name: str
    made: Made


def stream_cases(selection: Selection, *, by: User, columns: Sequence[str] = ()) -> Iterator[bytes]:
    """All cases of a list as CSV, however many, sent as they are read. On record."""
    _keep(kind_named("csv"), selection, by, selection.count(by))
    return exports.csv_of(selection, reader=by, columns=columns_named(columns))


def make_paper(
    code: str,
    selection: Selection,
    *,
    by: User,
    columns: Sequence[str] = (),
    unreleased: bool = False,
    day: date | None = None,
) -> Ready | Errand:
    """Make a paper from the cases that the reader sees, or ask the worker for it if it is large.

    The weekly summary is of the week of `day` (today's) and always made at once.
    Raises Refusal where there are more cases than such a paper holds.
    """
    kind = kind_named(code)
    count = selection.count(by)
    if count > kind.most:
        raise Refusal("paper.too_many", ngettext(
            "This paper holds at most one case. Narrow the list down.",
            "This paper holds at most %(n)d cases. Narrow the list down.", kind.most,
        ) % {"n": kind.most})  # fmt: skip
    if count > kind.at_once:
        return _ask(kind, selection, by, count, columns, unreleased)
    _keep(kind, selection, by, count, unreleased=unreleased)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  the caller closes it
    day = day or timezone.localdate(clock.now())
    made = kind.make(Order(selection, by, day, columns, unreleased), file)
    file.seek(0)
    return Ready(file, _name(kind, made), made)


@transaction.atomic
def _ask(
    kind: PaperKind, selection: Selection, by: User, count: int, columns: Sequence[str],
    unreleased: bool,
) -> Errand:  # fmt: skip
    _keep(kind, selection, by, count, unreleased=unreleased)
    return errands.ask(
        ERRAND, by=by, paper=kind.code, selection=selection.parameters(), columns=list(columns),
        unreleased=unreleased,
    )  # fmt: skip


def make_joint_sheet(operation: Operation, form: str, *, by: User) -> Ready:
    """The sheet of a joint operation that the reader sees: "docx" or "pdf". On record."""
    kinds = {"docx": "joint-docx", "pdf": "joint-pdf"}
    if form not in kinds:
        raise NotFound("paper.unknown", _("There is no such paper."))
    shown = joint.operation_of(operation, reader=by)
    with transaction.atomic():
        paper = Paper.objects.create(kind=kinds[form], made_by=by, made_at=clock.now())
        fact = PaperTaken(
            kind=paper.kind, cases=len(shown.cases), narrowed=f"joint={operation.number}"
        )
        record(fact, subject=paper, actor=by.actor)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  the caller closes it
    make: Callable[[OperationSeen, IO[bytes]], Made] = import_string(
        f"gulou.papers.joint_sheet.make_{form}"
    )
    made = make(shown, file)
    file.seek(0)
    name = dated_name(f"{_('Joint enforcement')} {operation.number}", made.suffix)
    return Ready(file, name, made)


def make_asked(work: Work) -> Outcome:
    """The errand: the same paper, made by the worker."""
    told = work.parameters
    kind, selection = kind_named(told["paper"]), Selection.read(told["selection"])
    total = selection.count(work.by)
    order = Order(
        selection, work.by, timezone.localdate(clock.now()), told["columns"], told["unreleased"],
        tell=lambda done: work.tell(min(done, total), total),
    )  # fmt: skip
    made = kind.make(order, work.file)
    return Outcome(download_name=_name(kind, made), mime=made.mime, rows=made.cases)


@transaction.atomic
def _keep(
    kind: PaperKind, selection: Selection, by: User, count: int, *, unreleased: bool = False
) -> None:
    paper = Paper.objects.create(kind=kind.code, made_by=by, made_at=clock.now())
    fact = PaperTaken(kind=kind.code, cases=count, narrowed=selection.told(), unreleased=unreleased)
    record(fact, subject=paper, actor=by.actor)


def _name(kind: PaperKind, made: Made) -> str:
    return dated_name(str(kind.label), made.suffix)


def dated_name(words: str, suffix: str) -> str:
    """A name that tells what it is in a folder of many, and of which day."""
    told = {"day": timezone.localdate(clock.now()).isoformat(), "paper": words}
    named = _("%(day)s %(paper)s") % told
    return f"{file_name(f'{named} {mark()}')}.{suffix}"
