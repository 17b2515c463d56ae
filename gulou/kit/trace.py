"""Which request a thing is done for: one id from the proxy to the worker's log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 64
_request: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The request that is being answered, or that caused what is being delivered; "" for none."""
    return _request.get()


@contextmanager
def caused_by(request: str) -> Iterator[None]:
    """What is logged and recorded inside belongs to this request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)
