"""Taking a register out; bringing a file, trying it, applying it, and taking its first passwords."""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gulou.errands import operations as errands
from gulou.errands.table import Outcome, Work
from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotFound, Refusal
from gulou.kit.sealing import seal, unseal
from gulou.outbox.record import record
from gulou.people.models import User

from .facts import LoginsTaken, SheetApplied, SheetTaken
from .files import files
from .models import Sheet
from .queries import sheet_of
from .reading import Book, Limits, TooLong, read_book
from .registers import Register, register_coded
from .reports import Report, read_report, report_of
from .running import run
from .states import State
from .tally import ADDED, CHANGED, SAME, Login, Tally
from .writing import write_book

ERRAND = "sheets.read"
LARGEST_FILE = 20 * 1024 * 1024
_AT_ONCE_UNPACKED = 24 * 1024 * 1024
# One file at a time is read into the house.
_LOCK = 0x67756C6F75
_PATIENCE_SECONDS = 5.0

Tell = Callable[[int, int], None]


@transaction.atomic
def take_out(register: Register, file: IO[bytes], *, by: User) -> int:
    """Write the register as this person sees it; on record. The number of rows."""
    register = register_coded(register.code, by=by)
    rows = write_book(register, file, reader=by, empty=False)
    sheet = Sheet.objects.create(register=register.code, by=by, state=State.TAKEN, at=clock.now())
    record(SheetTaken(register=register.code, rows=rows), subject=sheet, actor=by.actor)
    return rows


def bring_in(register: Register, file: IO[bytes], *, file_name: str, by: User) -> Sheet:
    """Keep a file and try it: at once, or by the worker where it is long. What is wrong with it
    stands in its report. Raises Invalid for one that is too large."""
    register = register_coded(register.code, by=by)
    if file.seek(0, 2) > LARGEST_FILE:
        raise Invalid("file.too_large", _("Files may have up to 20 MB."), field="file")
    uid = uuid.uuid4()
    sheet = Sheet.objects.create(
        uid=uid, register=register.code, by=by, state=State.READING, at=clock.now(),
        file_name=file_name[-200:], sha256=_digest(file), path=files.keep(str(uid), file),
    )  # fmt: skip
    return try_out(sheet, by=by)


def try_out(sheet: Sheet, *, by: User) -> Sheet:
    """The dry run, once more if it was done before."""
    sheet = sheet_of(by, sheet.uid)
    if sheet.state == State.APPLIED:
        raise Refusal("sheets.applied", _("This file has been applied already."))
    register = register_coded(sheet.register, by=by)
    limits = Limits(register.at_once, unpacked=_AT_ONCE_UNPACKED)
    try:
        book = _read(sheet, limits)
    except TooLong:
        return _ask(sheet, State.READING)
    except Refusal as refusal:
        return _keep(sheet, Report(refusal=str(refusal.message)))
    return _try(sheet, register, book, patience=_PATIENCE_SECONDS)


def apply_sheet(sheet: Sheet, *, by: User) -> Sheet:
    """Do what the dry run told: at once, or by the worker where it is long.

    Raises Refusal where there is nothing to do or something is wrong, Conflict where another file
    is being read, or where somebody changed what this one would change: then a new dry run
    stands in the report.
    """
    sheet = sheet_of(by, sheet.uid)
    if sheet.state == State.TRIED and sheet.large and read_report(sheet.report).fits:
        return _ask(sheet, State.APPLYING)
    return _apply(sheet, by=by, patience=_PATIENCE_SECONDS)


def read_asked(work: Work) -> Outcome:
    """The errand: the dry run or the application of a long file, by the worker."""
    sheet = sheet_of(work.by, uuid.UUID(work.parameters["sheet"]))
    register = register_coded(sheet.register, by=work.by)
    if work.parameters["step"] == State.APPLYING:
        sheet = _apply(sheet, by=work.by, patience=60.0, tell=work.tell)
        report = read_report(sheet.report)
        return Outcome(rows=report.added + report.changed)
    try:
        book = _read(sheet, Limits(register.most))
    except Refusal as refusal:
        _keep(sheet, Report(refusal=str(refusal.message)))
    else:
        _try(sheet, register, book, patience=60.0, tell=work.tell)
    report = read_report(Sheet.objects.get(pk=sheet.pk).report)
    return Outcome(rows=report.added + report.changed + report.same + report.mistakes_there_are)


@transaction.atomic
def take_logins(sheet: Sheet, *, by: User) -> list[Login]:
    """The first passwords of those whom the file enrolled: this once, then they are nowhere."""
    sheet = _locked(sheet_of(by, sheet.uid))
    if not sheet.logins:
        raise NotFound(
            "sheets.no_logins",
            _("The passwords were taken already. Reset that of somebody who has none."),
        )
    logins = [Login(**one) for one in json.loads(unseal(sheet.logins))]
    sheet.logins = b""
    sheet.save(update_fields=["logins"])
    record(LoginsTaken(people=len(logins)), subject=sheet, actor=by.actor)
    return logins


@transaction.atomic
def discard(sheet: Sheet, *, by: User) -> None:
    """Give a file up that was not applied."""
    sheet = _locked(sheet_of(by, sheet.uid))
    if sheet.state == State.APPLIED:
        raise Refusal("sheets.applied", _("This file has been applied already."))
    transaction.on_commit(lambda: files.remove(sheet.path))
    sheet.delete()


def _try(
    sheet: Sheet, register: Register, book: Book, *, patience: float, tell: Tell | None = None,
    overtaken: bool = False,
) -> Sheet:  # fmt: skip
    try:
        with _alone(patience):
            tally = _run(sheet, register, book, trial=True, tell=tell)
    except Refusal as refusal:
        return _keep(sheet, Report(refusal=str(refusal.message)))
    return _keep(sheet, report_of(tally, overtaken=overtaken), tally)


def _apply(sheet: Sheet, *, by: User, patience: float, tell: Tell | None = None) -> Sheet:
    register = register_coded(sheet.register, by=by)
    with _alone(patience):
        sheet = _locked(sheet)
        if sheet.state == State.APPLIED:
            return sheet
        if not read_report(sheet.report).fits:
            raise Refusal("sheets.nothing_to_do", _("There is nothing in this file to apply."))
        book = _read(sheet, Limits(register.most))
        tally = _run(sheet, register, book, trial=False, tell=tell)
        if not tally.mistakes and tally.digest() == sheet.plan:
            return _applied(sheet, tally, by=by)
        transaction.set_rollback(True)
    _try(sheet, register, book, patience=patience, tell=tell, overtaken=True)
    raise Conflict(
        "sheets.overtaken",
        _("Somebody changed the register since the dry run. Nothing was applied; look at the new"
          " dry run."),
    )  # fmt: skip


def _run(sheet: Sheet, register: Register, book: Book, *, trial: bool, tell: Tell | None) -> Tally:
    return run(
        register, book, by=sheet.by, trial=trial, tell=tell or _silent,
        file_name=sheet.file_name, sha256=sheet.sha256,
    )  # fmt: skip


def _applied(sheet: Sheet, tally: Tally, *, by: User) -> Sheet:
    sheet.state, sheet.report = State.APPLIED, report_of(tally).kept()
    if tally.logins:
        sheet.logins = seal(json.dumps([asdict(login) for login in tally.logins]))
    sheet.save(update_fields=["state", "report", "logins"])
    fact = SheetApplied(
        register=sheet.register, added=tally.count(ADDED), changed=tally.count(CHANGED),
        same=tally.count(SAME), sha256=sheet.sha256,
    )  # fmt: skip
    record(fact, subject=sheet, actor=by.actor)
    path = sheet.path
    transaction.on_commit(lambda: files.remove(path))
    return sheet


@transaction.atomic
def _ask(sheet: Sheet, state: State) -> Sheet:
    sheet = _locked(sheet)
    sheet.state, sheet.large = state, True
    sheet.errand = errands.ask(ERRAND, by=sheet.by, sheet=str(sheet.uid), step=str(state))
    sheet.save(update_fields=["state", "large", "errand"])
    return sheet


@transaction.atomic
def _keep(sheet: Sheet, report: Report, tally: Tally | None = None) -> Sheet:
    sheet = _locked(sheet)
    sheet.state, sheet.report = State.TRIED, report.kept()
    sheet.plan = tally.digest() if tally else ""
    sheet.save(update_fields=["state", "report", "plan"])
    return sheet


def _read(sheet: Sheet, limits: Limits) -> Book:
    try:
        with files.open_file(sheet.path) as file:
            return read_book(file, limits)
    except FileNotFoundError as error:
        raise NotFound(
            "sheets.file_gone", _("The file is not here any more. Send it again.")
        ) from error


@contextmanager
def _alone(patience: float) -> Iterator[None]:
    """One transaction during which no other file is read in. Raises Conflict."""
    with transaction.atomic():
        until = time.monotonic() + patience
        while not _lock():
            if time.monotonic() > until:
                raise Conflict(
                    "sheets.busy",
                    _("Another file is being read in just now. Try again in a minute."),
                )
            time.sleep(0.1)
        yield


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _locked(sheet: Sheet) -> Sheet:
    found = Sheet.objects.select_for_update(of=("self",)).select_related("by", "errand")
    return found.get(pk=sheet.pk)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _silent(done: int, total: int) -> None:
    return None
