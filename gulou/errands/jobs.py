"""What the worker does: it runs errands, telling how far they are, and clears what ran out."""

import hashlib
import logging
import tempfile
import threading
import time
from typing import IO

from django.db import connections
from django.db.utils import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.outbox.deliver import LeaseLost, Renewal, renewal
from gulou.outbox.table import Envelope

from . import operations
from .files import files
from .models import Errand
from .states import ENDED, State
from .table import Outcome, Work, kind_named

logger = logging.getLogger(__name__)

_BEAT_SECONDS = 0.5
_RENEW_SECONDS = 20.0
# Work that tells nothing for so long hangs: it is left to its fate when its lease runs out.
_SILENT_SECONDS = 1800.0
_YOUNG_SECONDS = 24 * 3600
_CHUNK = 1 << 20


class Cancelled(Exception):
    """The person does not want it any more."""


def run(envelope: Envelope) -> None:
    """Run an errand. After a crash it is begun again; its result is written whole or not at all."""
    errand = operations.begin(envelope.subject_uid)
    if errand is None:
        return
    with translation.override(errand.language), _Beat(errand, renewal()) as beat:
        try:
            _work(errand, beat)
        except Cancelled:
            logger.info("errand %s was cancelled", errand.uid)
        except Refusal as refusal:
            operations.fail(errand, code=refusal.code, words=str(refusal.message))
        except (OperationalError, InterfaceError, LeaseLost):
            raise
        except Exception:  # a kind of work may fail in any way; the person is told
            logger.exception("errand %s (%s) failed", errand.uid, errand.kind)
            words = _(
                "It could not be finished. Try again later; if it fails again, tell the office."
            )
            operations.fail(errand, code="errand.broken", words=words)


def _work(errand: Errand, beat: "_Beat") -> None:
    with tempfile.TemporaryFile(prefix="gulou-errand-") as file:
        work = Work(
            by=errand.asked_by, parameters=errand.parameters, tell=beat.tell, file=file,
            given=lambda: files.open_file(errand.given),
        )  # fmt: skip
        outcome = kind_named(errand.kind).call(work)
        beat.check()
        _keep(errand, outcome, file)


def _keep(errand: Errand, outcome: Outcome, file: IO[bytes]) -> None:
    path, size, sha256 = "", 0, ""
    if outcome.download_name:
        size, sha256 = file.seek(0, 2), _digest(file)
        path = files.keep(f"{errand.uid}-result", file)
    if not operations.finish(errand, outcome, path=path, size=size, sha256=sha256):
        files.remove(path)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


class _Beat:
    """Beside the work, on a connection of its own, so that it is seen while a transaction is open:
    writes how far it is, renews the lease, and hears that it was cancelled."""

    def __init__(self, errand: Errand, lease: Renewal) -> None:
        self._errand, self._lease = errand, lease
        self._far = (0, 0)
        self._told = self._renewed = time.monotonic()
        self._stop, self._cancelled, self._lost = (threading.Event() for _ in range(3))
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)

    def __enter__(self) -> "_Beat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def tell(self, done: int, total: int) -> None:
        """So far. Raises Cancelled, or LeaseLost when somebody else has taken it up."""
        self._far, self._told = (done, total), time.monotonic()
        self.check()

    def check(self) -> None:
        """Raise what `tell` raises."""
        if self._cancelled.is_set():
            raise Cancelled
        if self._lost.is_set():
            raise LeaseLost

    def _run(self) -> None:
        try:
            while not self._stop.wait(_BEAT_SECONDS):
                try:
                    self._beat()
                except (OperationalError, InterfaceError):
                    connections.close_all()  # the next beat may find it again
        finally:
            connections.close_all()

    def _beat(self) -> None:
        mine = Errand.objects.filter(pk=self._errand.pk)
        state = mine.values_list("state", flat=True).first()
        if state is None:
            return
        if state in ENDED:
            self._cancelled.set()
            return
        done, total = self._far
        mine.filter(state=State.RUNNING).exclude(done=done, total=total).update(
            done=done, total=total
        )
        now = time.monotonic()
        if now - self._renewed >= _RENEW_SECONDS and now - self._told < _SILENT_SECONDS:
            self._renewed = now
            if not self._lease.renew():
                self._lost.set()


def forget_expired() -> int:
    """Remove the files that ran out and what they were asked with; the number of errands."""
    expired = Errand.objects.filter(expires_at__lte=clock.now())
    count = 0
    for errand in expired.order_by("expires_at")[:500]:
        files.remove(errand.given)
        files.remove(errand.result)
        Errand.objects.filter(pk=errand.pk).update(
            given="", result="", parameters={}, reach={}, error_words="", expires_at=None
        )
        count += 1
    _sweep()
    return count


def _sweep() -> None:
    """Remove what a crash left without an errand that knows of it. Young files may be on their way."""
    known = {
        path
        for paths in Errand.objects.filter(expires_at__isnull=False).values_list("given", "result")
        for path in paths
    }
    known |= set(Errand.objects.exclude(state__in=ENDED).values_list("given", flat=True))
    files.remove_all_but(known, older_than_seconds=_YOUNG_SECONDS)
