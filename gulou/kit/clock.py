"""The one clock. Operations ask it, so that a demo or a test can live on another day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_simulated: ContextVar[datetime | None] = ContextVar("simulated_now", default=None)


def now() -> datetime:
    """The present instant, in UTC."""
    return _simulated.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let every operation inside believe that it is `instant` (aware)."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _simulated.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _simulated.reset(token)
