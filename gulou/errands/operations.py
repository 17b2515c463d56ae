"""Asking for long work, cancelling it, and fetching what came of it."""

import uuid
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import NotAllowed, NotFound, Refusal, TooMany
from gulou.outbox.record import record
from gulou.people.models import User

from . import rights
from .facts import ErrandAsked, ErrandCancelled, ErrandDone, ErrandFailed, ErrandFetched
from .files import files
from .models import Errand
from .queries import errand_of, underway
from .states import ENDED, State
from .table import Outcome, kind_named

_MOST_AT_ONCE = 5
_MOST_TRIES = 5


@transaction.atomic
def ask(kind: str, *, by: User, given: IO[bytes] | None = None, **parameters: Any) -> Errand:
    """Ask for long work; a worker begins it as soon as one is free.

    `parameters` are JSON values without personal data, `given` a file that comes with it. Raises
    NotAllowed without a verb of the kind, TooMany when several of this person are under way.
    """
    User.objects.select_for_update().get(pk=by.pk)
    if not rights.may_ask(by, kind_named(kind)):
        raise NotAllowed(
            "errand.not_allowed", _("Your posting does not let you ask for this. Ask the office.")
        )
    if underway(by) >= _MOST_AT_ONCE:
        raise TooMany(
            "errand.too_many", _("Several pieces of work of yours are under way. Wait for one.")
        )
    uid = uuid.uuid4()
    errand = Errand.objects.create(
        uid=uid, kind=kind, asked_by=by, parameters=parameters,
        language=get_language() or settings.LANGUAGE_CODE, asked_at=clock.now(),
        given=files.keep(f"{uid}-given", given) if given is not None else "",
    )  # fmt: skip
    record(ErrandAsked(kind=kind), subject=errand, actor=by.actor)
    return errand


@transaction.atomic
def cancel(errand: Errand, *, by: User) -> Errand:
    """Stop it. What was begun stops within moments and leaves nothing behind."""
    errand = _locked(errand_of(by, errand.uid))
    if errand.state in ENDED:
        raise Refusal("errand.ended", _("It has ended already. Reload to see what came of it."))
    _end(errand, State.CANCELLED)
    record(ErrandCancelled(kind=errand.kind), subject=errand, actor=by.actor)
    return errand


@transaction.atomic
def fetch(errand: Errand, *, by: User) -> IO[bytes]:
    """Open its file for who asked for it, if they still reach all that is in it; on record."""
    errand = _locked(errand_of(by, errand.uid))
    if not rights.may_fetch(by, errand):
        raise NotAllowed(
            "errand.not_yours_now",
            _("Your postings have changed since this was made, so it is closed. Make it again."),
        )
    try:
        file = files.open_file(errand.result)
    except FileNotFoundError as error:
        raise NotFound("errand.no_file", _("The file is not here any more.")) from error
    record(ErrandFetched(kind=errand.kind, rows=errand.rows), subject=errand, actor=by.actor)
    return file


@transaction.atomic
def begin(uid: uuid.UUID) -> Errand | None:
    """Take it up, from the start if somebody had begun it and died. None if it has ended.

    One that has killed its worker again and again is given up.
    """
    errand = Errand.objects.select_for_update().get(uid=uid)
    if errand.state in ENDED:
        return None
    if errand.attempts >= _MOST_TRIES:
        _fail(errand, "errand.died", str(_("It stopped every time it was tried. Ask for less.")))
        return None
    kind = kind_named(errand.kind)
    if not rights.may_ask(errand.asked_by, kind):
        _fail(errand, "errand.not_allowed", str(_("Your postings have changed meanwhile.")))
        return None
    errand.state, errand.started_at = State.RUNNING, clock.now()
    errand.attempts += 1
    errand.done = errand.total = 0
    errand.reach = rights.reach_for(errand.asked_by, kind)
    errand.save(update_fields=["state", "started_at", "attempts", "done", "total", "reach"])
    return errand


@transaction.atomic
def finish(errand: Errand, outcome: Outcome, *, path: str, size: int, sha256: str) -> bool:
    """It is done, and its file written. False if somebody cancelled it meanwhile."""
    errand = _locked(errand)
    if errand.state in ENDED:
        return False
    errand.result, errand.download_name = path, outcome.download_name[:200]
    errand.mime, errand.bytes, errand.rows = outcome.mime, size, outcome.rows
    _end(errand, State.DONE, "result", "download_name", "mime", "bytes", "rows")
    fact = ErrandDone(kind=errand.kind, rows=outcome.rows, bytes=size, sha256=sha256)
    record(fact, subject=errand, actor=errand.asked_by.actor)
    return True


@transaction.atomic
def fail(errand: Errand, *, code: str, words: str) -> None:
    """It cannot be done: why, for the machine and for the person."""
    errand = _locked(errand)
    if errand.state not in ENDED:
        _fail(errand, code, words)


def _fail(errand: Errand, code: str, words: str) -> None:
    errand.error, errand.error_words = code[:80], words[:500]
    _end(errand, State.FAILED, "error", "error_words")
    record(ErrandFailed(kind=errand.kind, error=code), subject=errand, actor="system")


def _end(errand: Errand, state: State, *also: str) -> None:
    errand.state, errand.ended_at = state, clock.now()
    errand.expires_at = errand.ended_at + timedelta(days=settings.ERRAND_DAYS)
    errand.save(update_fields=["state", "ended_at", "expires_at", *also])


def _locked(errand: Errand) -> Errand:
    # Always fresh: the row may have moved on since it was read.
    return Errand.objects.select_for_update().get(pk=errand.pk)
