"""The worker: does what the record owes, and the jobs of the clock. Stops between two deliveries.

What is slow, and what depends on somebody outside, has a thread of its own for each line, so that
nothing waits behind a provider that does not answer. When the worker is told to stop, such work is
left after a moment: it is taken up again from the start.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from django.db import close_old_connections, connections
from django.db.utils import InterfaceError, OperationalError

from gulou.config.jobs import JOBS, Job
from gulou.config.runtime import leash, memory, pulse
from gulou.notices.jobs import SENDERS as ROBOTS
from gulou.outbox.deliver import deliver_one
from gulou.outbox.table import lines
from gulou.photos.decoding.client import rest_after
from gulou.providers.jobs import LEAVERS
from gulou.providers.jobs import SENDERS as PROVIDERS

logger = logging.getLogger(__name__)

_IDLE_SECONDS = 0.5
_LONGEST_PAUSE = 15.0
_FAREWELL_SECONDS = 3.0
_DECODER_SECONDS = 30.0


def work() -> int:
    """Work until told to stop; what has been begun is finished."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    memory.spare()
    leash.hold()
    # Nobody waits for a picture here: what decodes is there only while there is something to decode.
    rest_after(_DECODER_SECONDS)
    with pulse.living():
        _work_until(stop)
    return 0


def _work_until(stop: threading.Event) -> None:
    beside = [_beside(line, partial(deliver_one, line=line), stop) for line in lines()]
    beside += [_beside(name, send, stop) for name, send in {**ROBOTS, **PROVIDERS}.items()]
    Worker(deliver_one, JOBS).work_until(stop)
    until = time.monotonic() + _FAREWELL_SECONDS
    for thread in beside:
        thread.join(max(0.0, until - time.monotonic()))


def _beside(name: str, deliver: Callable[[], bool], stop: threading.Event) -> threading.Thread:
    def work() -> None:
        Worker(deliver, ()).work_until(stop)
        if name in LEAVERS:
            LEAVERS[name]()

    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


class Worker:
    """One loop over the deliveries and the jobs."""

    def __init__(self, deliver: Callable[[], bool], jobs: Iterable[Job]) -> None:
        self._deliver = deliver
        self._due = {job: 0.0 for job in jobs}
        self._pause = 0.0

    def work_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            stop.wait(self.step())

    def step(self) -> float:
        """Do one thing; how many seconds to wait before the next."""
        try:
            close_old_connections()
            self._do_a_job()
            busy = self._deliver()
        except (OperationalError, InterfaceError) as error:
            return self._database_gone(error)
        except Exception:  # whatever it is, the thread lives on
            logger.exception("%s failed", threading.current_thread().name)
            return _LONGEST_PAUSE
        if self._pause:
            logger.warning("the database is back")
        self._pause = 0.0
        return 0.0 if busy else _IDLE_SECONDS

    def _do_a_job(self) -> None:
        now = time.monotonic()
        job = next((job for job, due in self._due.items() if due <= now), None)
        if job is None:
            return
        self._due[job] = now + job.every.total_seconds()
        try:
            job.call()
        except (OperationalError, InterfaceError):
            self._due[job] = now
            raise
        except Exception:  # a job may fail in any way; the worker lives on
            logger.exception("the job %s failed", job.call.__qualname__)

    def _database_gone(self, error: Exception) -> float:
        if not self._pause:
            logger.warning("the database does not answer: %s", error)
        connections.close_all()
        self._pause = min(_LONGEST_PAUSE, self._pause * 2 or 0.5)
        return self._pause
