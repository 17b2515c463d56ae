"""From which database is read just now: the primary, or a replica where a moment's delay is harmless.

Set around a page or a piece of long work in this thread; config/replicas.py decides and routes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PRIMARY = ""
_alias: ContextVar[str] = ContextVar("read_from", default=PRIMARY)


def read_from() -> str:
    """The alias of the replica; PRIMARY for none."""
    return _alias.get()


def turn_to(alias: str) -> None:
    """From now on, until the `reading_from` around it ends."""
    _alias.set(alias)


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Inside, what may be read elsewhere is read there."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)
