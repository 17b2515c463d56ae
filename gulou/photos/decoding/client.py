"""Asks the helper to read a picture. One helper per process, started when first needed.

Safe from any thread. If the helper is gone it is started anew; if a child dies, only the picture
that it was reading is refused.
"""

import atexit
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import copyfileobj
from typing import IO, Any

from gulou.kit.env import ROOT
from gulou.photos.decoding import wire
from gulou.photos.decoding.exif import Said

logger = logging.getLogger(__name__)

MOST_PIXELS = 50_000_000
# As many children at once as there are processors; who waits longer than this is sent away.
_AT_ONCE = max(2, os.cpu_count() or 2)
_PATIENCE_SECONDS = 10.0
_MODULE = "gulou.photos.decoding.helper"
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


class _Helper:
    """The process at the other end."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def forked(self) -> None:
        """In a fork of ours: the helper belongs to the parent."""
        if self._control:
            self._control.close()
        if self._process:
            self._process.returncode = 0
        self._forget()

    @property
    def pid(self) -> int | None:
        """The helper's process id, if it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def _start(self) -> socket.socket:
        self._stop()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-W", "ignore", "-m", _MODULE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                # None of our secrets; and one arena, so that threads do not eat address space.
                env={"PATH": os.environ.get("PATH", ""), "MALLOC_ARENA_MAX": "1"},
            )
        self._control = ours
        return ours

    def _stop(self) -> None:
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
            self._stop()

    def hand_over(self, source: int, line: socket.socket) -> None:
        """Give a file and a line to the helper, starting it if it does not run."""
        with self._lock:
            control = self._control if self.pid else None
            try:
                socket.send_fds(control or self._start(), [b"+"], [source, line.fileno()])
            except OSError:
                socket.send_fds(self._start(), [b"+"], [source, line.fileno()])


_helper = _Helper()
_turns = threading.BoundedSemaphore(_AT_ONCE)
atexit.register(_helper.stop)
os.register_at_fork(after_in_child=_helper.forked)


def warm() -> None:
    """Start the helper now, so that the first photo need not wait for it."""
    with _helper._lock:
        if not _helper.pid:
            _helper._start()


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


def _ask(source: int, ask: wire.Head, patience: float) -> tuple[wire.Head, list[bytes]]:
    """One ask. Raises Cut if the helper went away, TimeoutError if nobody answers."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            ours.settimeout(patience)
            wire.send(ours, ask)
            _helper.hand_over(source, theirs)
        return wire.receive(ours)


def _answer(source: int, ask: wire.Head, wall_seconds: float) -> tuple[wire.Head, list[bytes]]:
    for last in (False, True):
        try:
            # The kernel ends the child at its own limit; the slack is for starting a helper.
            return _ask(source, ask, wall_seconds + 10)
        except TimeoutError as error:
            raise Unreadable("time") from error
        except (wire.Cut, OSError) as error:
            if last:
                raise Unreadable("damaged") from error
            time.sleep(0.05)
    raise AssertionError("the loop ends by itself")


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
    limits = limits or Limits()
    ask = {
        "kind": kind,
        "sizes": list(sizes),
        "inspect": inspect,
        "most_pixels": MOST_PIXELS,
        "memory_mb": limits.memory_mb,
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
    }
    if not _turns.acquire(timeout=patience):
        raise Unreadable("busy")
    try:
        with _descriptor(file) as source:
            head, blobs = _answer(source, ask, limits.wall_seconds)
    finally:
        _turns.release()
    if "died" in head:
        raise Unreadable("time" if head["died"] in _TIMED_OUT else "damaged")
    if "refused" in head:
        logger.info("photo refused: %s %s", head["refused"], head.get("detail", ""))
        raise Unreadable(head["refused"])
    return _picture(head, blobs)
