"""Asks a child of a helper to read a picture. One helper of a kind per process, started when needed.

A child that has read one well is asked again, for as long as it wants to go on. Safe from any
thread. If the helper is gone it is started anew; if a child dies, only the picture that it was
reading is refused.
"""

import atexit
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from shutil import copyfileobj
from typing import IO, Any

from gulou.kit.env import ROOT
from gulou.photos.decoding import wire
from gulou.photos.decoding.exif import Said

logger = logging.getLogger(__name__)

MOST_PIXELS = 50_000_000
# As many children at once as there are processors; who waits longer than this is sent away.
AT_ONCE = max(2, os.cpu_count() or 2)
_PATIENCE_SECONDS = 10.0
_TIMED_OUT = {-signal.SIGXCPU, -signal.SIGALRM}


@dataclass(frozen=True)
class Limits:
    """What one child may use, over what the helper itself takes."""

    memory_mb: int = 300
    cpu_seconds: int = 6
    wall_seconds: float = 12


class Unreadable(Exception):
    """The picture was refused: code "pixels", "damaged", "memory", "time" or "busy"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Copy:
    """A JPEG copy, upright and bare."""

    size: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Picture:
    """What was read. Width and height as seen; `said` only if asked to inspect, and the hashes only
    if a copy was asked for too."""

    width: int
    height: int
    copies: tuple[Copy, ...]
    said: Said
    perceptual_hash: str
    difference_hash: str


class Helper:
    """The process at the other end: a module that calls `helper.run`.

    At most `at_once` children work at a time. With `rest_seconds` it ends when nobody has asked for
    so long: one that holds much is there only while it is needed.
    """

    def __init__(
        self, module: str, *, at_once: int, limits: Limits, rest_seconds: float = 0
    ) -> None:
        self._module = module
        self._at_once = at_once
        self._limits = limits
        self._rest_seconds = rest_seconds
        self._forget()
        atexit.register(self.stop)
        os.register_at_fork(after_in_child=self._forked)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(self._at_once)
        self._asking = 0
        self._rest: threading.Timer | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._idle: list[socket.socket] = []

    def _forked(self) -> None:
        """In a fork of ours: the helper is the parent's, and ours to ask as long as it lives; its
        children that wait are not."""
        self.let_go()
        if self._process:
            self._process.returncode = 0
        control = self._control
        self._forget()
        self._control = control

    @property
    def pid(self) -> int | None:
        """The helper's process id, if it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def _start(self) -> socket.socket:
        self._stop()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-W", "ignore", "-m", self._module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                # None of our secrets; one arena and one thread, so that neither eats address space.
                env={
                    "PATH": os.environ.get("PATH", ""), "MALLOC_ARENA_MAX": "1",
                    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                },
            )  # fmt: skip
        self._control = ours
        return ours

    def _stop(self) -> None:
        self.let_go()
        if self._control:
            self._control.close()
        if self._process:
            try:
                self._process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None

    def stop(self) -> None:
        """End the helper; the next ask starts another."""
        with self._lock:
            if self._rest:
                self._rest.cancel()
            self._stop()

    def warm(self) -> None:
        """Start the helper now, so that the first photo need not wait for it; forks share it."""
        with self._lock:
            if not self.pid:
                self._start()

    def rest_after(self, seconds: float) -> None:
        """From now on it ends when nobody has asked for so long."""
        self._rest_seconds = seconds

    def _count(self, change: int) -> None:
        """Count who asks now. When the last has its answer, the time of rest begins."""
        if not self._rest_seconds:
            return
        with self._lock:
            self._asking += change
            if self._rest:
                self._rest.cancel()
            self._rest = None
            if not self._asking:
                self._rest = threading.Timer(self._rest_seconds, self.stop_if_idle)
                self._rest.daemon = True
                self._rest.start()

    def stop_if_idle(self) -> None:
        """End the helper unless somebody waits for it."""
        with self._lock:
            if not self._asking:
                self._stop()

    def new_line(self) -> socket.socket:
        """A line to a new child, from the helper, that is started if it does not run."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            gone = self._process is not None and self.pid is None
            control = None if gone else self._control
            try:
                socket.send_fds(control or self._start(), [b"+"], [theirs.fileno()])
            except OSError:
                socket.send_fds(self._start(), [b"+"], [theirs.fileno()])
        return ours

    def idle_line(self) -> socket.socket | None:
        """A line to a child that waits for another picture."""
        while self._idle:
            with suppress(IndexError):
                line = self._idle.pop()
                # What has something to say now has ended, or was killed while it waited.
                if not select.select([line], [], [], 0)[0]:
                    return line
                line.close()
        return None

    def keep(self, line: socket.socket) -> None:
        """Remember a line whose child has answered and waits."""
        self._idle.append(line)

    def let_go(self) -> None:
        """Let the children that wait end."""
        while self._idle:
            with suppress(IndexError):
                self._idle.pop().close()

    def _ask(
        self, line: socket.socket, source: int, ask: wire.Head
    ) -> tuple[wire.Head, list[bytes]]:
        """One ask. Raises Cut if the child went away, Unreadable if nobody answers."""
        try:
            # The kernel ends the child at its own limit; the slack is for starting a helper.
            line.settimeout(ask["wall_seconds"] + 10)
            wire.ask(line, ask, source)
            head, blobs = wire.receive(line)
        except TimeoutError as error:
            line.close()
            raise Unreadable("time") from error
        except BaseException:
            line.close()
            raise
        if head.pop("last", True) or not self._may_wait(ask):
            line.close()
        else:
            self.keep(line)
        return head, blobs

    def _may_wait(self, ask: wire.Head) -> bool:
        """The memory of a child is limited when it begins; its time with each picture."""
        return bool(ask["memory_mb"] == self._limits.memory_mb)

    def _answer(self, source: int, ask: wire.Head) -> tuple[wire.Head, list[bytes]]:
        while self._may_wait(ask) and (line := self.idle_line()):
            # It may have had enough of waiting just now.
            with suppress(wire.Cut, OSError):
                return self._ask(line, source, ask)
        for last in (False, True):
            try:
                return self._ask(self.new_line(), source, ask)
            except (wire.Cut, OSError) as error:
                if last:
                    raise Unreadable("damaged") from error
                time.sleep(0.05)
        raise AssertionError("the loop ends by itself")

    def ask(
        self, file: IO[bytes], ask: wire.Head, *, limits: Limits | None = None, patience: float
    ) -> tuple[wire.Head, list[bytes]]:
        """Let a limited child work on a file. Raises Unreadable.

        `patience` is how many seconds to wait for a free child before it raises "busy".
        """
        if not self._turns.acquire(timeout=patience):
            raise Unreadable("busy")
        self._count(1)
        try:
            with _descriptor(file) as source:
                head, blobs = self._answer(source, {**ask, **asdict(limits or self._limits)})
        finally:
            self._count(-1)
            self._turns.release()
        if "died" in head:
            raise Unreadable("time" if head["died"] in _TIMED_OUT else "damaged")
        if "refused" in head:
            logger.info("photo refused: %s %s", head["refused"], head.get("detail", ""))
            raise Unreadable(head["refused"])
        return head, blobs


_helper = Helper("gulou.photos.decoding.helper", at_once=AT_ONCE, limits=Limits())
warm = _helper.warm
rest_after = _helper.rest_after


@contextmanager
def _descriptor(file: IO[bytes]) -> Iterator[int]:
    """A real file descriptor with the content of `file`."""
    try:
        yield file.fileno()
        return
    except (AttributeError, OSError):
        pass
    with tempfile.TemporaryFile() as real:
        file.seek(0)
        copyfileobj(file, real)
        real.flush()
        yield real.fileno()


def _picture(head: wire.Head, blobs: list[bytes]) -> Picture:
    copies: list[dict[str, Any]] = head["copies"]
    return Picture(
        width=head["width"],
        height=head["height"],
        copies=tuple(Copy(data=blob, **copy) for copy, blob in zip(copies, blobs, strict=True)),
        said=Said(**head.get("said", {})),
        perceptual_hash=head.get("perceptual_hash", ""),
        difference_hash=head.get("difference_hash", ""),
    )


def read_picture(
    file: IO[bytes],
    *,
    kind: str,
    sizes: Sequence[str],
    inspect: bool = False,
    limits: Limits | None = None,
    patience: float = _PATIENCE_SECONDS,
) -> Picture:
    """Decode a picture in a limited child; `kind` is a code of kinds.py. Raises Unreadable.

    `patience` is how many seconds to wait for a free child before it raises "busy".
    """
    ask = {
        "kind": kind,
        "sizes": list(sizes),
        "inspect": inspect,
        "most_pixels": MOST_PIXELS,
    }
    return _picture(*_helper.ask(file, ask, limits=limits, patience=patience))
