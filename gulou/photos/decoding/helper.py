"""The fork server: a small warmed process that forks one limited child for each picture.

Run as `python -m gulou.photos.decoding.helper FD`. It knows no Django, no settings, no database
and no secrets. It ends when the other end of its socket closes, that is, with the house.
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
from contextlib import suppress
from typing import Any, BinaryIO, cast

from gulou.photos.decoding import pictures, wire

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_NOBODY = 65534
_MB = 1024 * 1024


def _limit(what: int, amount: int, slack: int = 0) -> None:
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (amount, amount + slack))


def _own_memory() -> int:
    """Bytes of address space that the warmed helper itself takes; 0 where nobody tells."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _confine(ask: pictures.Ask) -> None:
    """Take from this child whatever a picture does not need."""
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
    _limit(resource.RLIMIT_AS, _own_memory() + ask.memory_mb * _MB)
    _limit(resource.RLIMIT_CPU, ask.cpu_seconds, 1)
    # Nobody needs to wait for us with a clock: the kernel ends us.
    signal.setitimer(signal.ITIMER_REAL, ask.wall_seconds)


def _answer(source: int, line: socket.socket) -> None:
    ask = pictures.Ask(**wire.receive(line)[0])
    _confine(ask)
    blobs: list[bytes] = []
    head: dict[str, Any]
    try:
        # Mapped, not read: the descriptor's position belongs to whoever asked.
        with mmap.mmap(source, 0, access=mmap.ACCESS_READ) as file:
            head, blobs = pictures.work(cast(BinaryIO, file), ask)
    except pictures.Refused as refused:
        head = {"refused": str(refused)}
    except MemoryError:
        head = {"refused": "memory"}
    except Exception as error:  # noqa: BLE001 - a hostile file may raise anything at all
        head = {"refused": "damaged", "detail": repr(error)[:200]}
    wire.send(line, head, blobs)


class Server:
    """Forks for each ask, and tells who asked when a child died without an answer."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
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
        message, fds, _, _ = socket.recv_fds(self._control, 1, 2)
        if not message:
            return False
        if len(fds) == 2:
            self._fork(fds[0], socket.socket(fileno=fds[1]))
        return True

    def _fork(self, source: int, line: socket.socket) -> None:
        try:
            pid = os.fork()
        except OSError:
            os.close(source)
            line.close()
            return
        if pid == 0:
            self._be_child(source, line)
        os.close(source)
        self._lines[pid] = line

    def _be_child(self, source: int, line: socket.socket) -> None:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for other in (self._control, self._woken, self._wake, *self._lines.values()):
                other.close()
            _answer(source, line)
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


def main() -> None:
    """Warm up, then serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pictures.warm()
    gc.collect()
    gc.freeze()
    Server(socket.socket(fileno=int(sys.argv[1]))).serve()
    os._exit(0)


if __name__ == "__main__":
    main()
