"""The fork server: a small warmed process that forks limited children, and they read pictures.

A child reads one picture after another for the same house, each with limits of its own. It ends
after a few, after some seconds, when its memory has grown, and after any picture that it refuses:
nothing that was wrong once is asked again.

Run as `python -m gulou.photos.decoding.helper FD`. It knows no Django, no settings, no database
and no secrets. It ends when the other end of its socket closes, that is, with the house. What its
children do is given to `run`: here they decode; those of `gulou.photos.seeing` look.
"""

import ctypes
import gc
import mmap
import os
import resource
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, cast

from gulou.photos.decoding import pictures, wire

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_NOBODY = 65534
_MB = 1024 * 1024

Work = Callable[[BinaryIO, wire.Head], tuple[wire.Head, list[bytes]]]
"""What a child does with a file, as the head of the ask says."""

# How many pictures a child reads at most, for how many seconds, and how long it waits for the next.
_MOST_PICTURES = 25
_LONGEST_LIFE = 20.0
_IDLE_SECONDS = 3.0
# Processor seconds of all its pictures together.
_MOST_CPU = 150
# What a child may have kept of the pictures before without ending.
_MOST_KEPT = 48 * _MB


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (soft, soft if hard is None else hard))


def _own_memory() -> int:
    """Bytes of address space that the warmed helper itself takes; 0 where nobody tells."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _confine(memory: int) -> None:
    """Take from this child whatever a picture does not need, for good."""
    if os.geteuid() == 0:
        with suppress(OSError):
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_AS, memory)


def _begin_clocks(ask: wire.Head) -> None:
    """Give this picture its time. Nobody needs to wait for us with a clock: the kernel ends us."""
    until = int(time.process_time()) + int(ask["cpu_seconds"])
    _limit(resource.RLIMIT_CPU, min(until, _MOST_CPU), _MOST_CPU)
    signal.setitimer(signal.ITIMER_REAL, ask["wall_seconds"])


def _read_pictures(line: socket.socket, work: Work) -> None:
    """Until nobody asks for more, or it is time for another child."""
    line.settimeout(_IDLE_SECONDS)
    born, base = time.monotonic(), _own_memory()
    for count in range(1, _MOST_PICTURES + 1):
        try:
            ask, source = wire.asked(line)
        except (wire.Cut, TimeoutError):
            return
        if count == 1:
            _confine(base + ask["memory_mb"] * _MB)
        _begin_clocks(ask)
        said, blobs = _done(work, source, ask)
        last = (
            "refused" in said
            or count == _MOST_PICTURES
            or time.monotonic() - born > _LONGEST_LIFE
            or _own_memory() - base > _MOST_KEPT
        )
        line.settimeout(None)
        wire.send(line, {**said, "last": last}, blobs)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if last:
            return
        line.settimeout(_IDLE_SECONDS)


def _done(work: Work, source: int, ask: wire.Head) -> tuple[dict[str, Any], list[bytes]]:
    try:
        # Mapped, not read: the descriptor's position belongs to whoever asked.
        with mmap.mmap(source, 0, access=mmap.ACCESS_READ) as file:
            return work(cast(BinaryIO, file), ask)
    except pictures.Refused as refused:
        return {"refused": str(refused)}, []
    except MemoryError:
        return {"refused": "memory"}, []
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything at all
        return {"refused": "damaged", "detail": repr(error)[:200]}, []
    finally:
        os.close(source)


class Server:
    """Forks a child for each line it is given, and says on the line when its child died."""

    def __init__(self, control: socket.socket, work: Work) -> None:
        self._control = control
        self._work = work
        self._lines: dict[int, socket.socket] = {}
        self._woken, wake = socket.socketpair()
        for end in (self._woken, wake):
            end.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until the other end closes."""
        open_ = True
        while open_:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    self._reap()
                else:
                    open_ = self._take()

    def _take(self) -> bool:
        message, fds, _, _ = socket.recv_fds(self._control, 1, 1)
        if not message:
            return False
        if len(fds) == 1:
            self._fork(socket.socket(fileno=fds[0]))
        return True

    def _fork(self, line: socket.socket) -> None:
        try:
            pid = os.fork()
        except OSError:
            line.close()
            return
        if pid == 0:
            self._be_child(line)
        self._lines[pid] = line

    def _be_child(self, line: socket.socket) -> None:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for other in (self._control, self._woken, self._wake, *self._lines.values()):
                other.close()
            _read_pictures(line, self._work)
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            while self._woken.recv(512):
                pass
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                self._bury(*found)

    def _bury(self, pid: int, status: int) -> None:
        with self._lines.pop(pid) as line:
            code = os.waitstatus_to_exitcode(status)
            if code:
                line.setblocking(False)
                with suppress(OSError):
                    wire.send(line, {"died": code})


def run(warm: Callable[[], None], work: Work) -> None:
    """Warm up, then serve on the socket that the command line names, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm()
    gc.collect()
    gc.freeze()
    Server(socket.socket(fileno=int(sys.argv[1])), work).serve()
    os._exit(0)


if __name__ == "__main__":
    run(pictures.warm, lambda file, ask: pictures.work(file, pictures.Ask(**ask)))
