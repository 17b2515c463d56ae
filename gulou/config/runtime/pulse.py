"""How a worker says that it lives: to the database, to systemd, and by a file to `gulou ready`."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from gulou.config.runtime.ready import pulse_of
from gulou.outbox import heartbeats


def beat() -> None:
    """This worker goes on. systemd hears of it also when the database is gone."""
    tell_systemd("WATCHDOG=1")
    heartbeats.beat(_name())
    _file().touch()


@contextmanager
def living() -> Iterator[None]:
    """From the start of a worker to its end."""
    _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    tell_systemd("READY=1")
    try:
        yield
    finally:
        tell_systemd("STOPPING=1")
        _file().unlink(missing_ok=True)
        heartbeats.end(_name())


def tell_systemd(words: str) -> None:
    """As sd_notify does it, where systemd started us with Type=notify."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        # A leading @ stands for the zero byte of an abstract address.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(words.encode(), address.replace("@", "\0", 1))


def _name() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _file() -> Path:
    return pulse_of(settings.GULOU, os.getpid())
