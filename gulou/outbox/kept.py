"""Something small that is read all the time, kept in this process and read again when it changes.

Every change gives the row of its name a new token, in the transaction of the change. A process asks for the token every few seconds, and the process that made the change as soon as it is
committed. Inside the transaction of a change only that thread sees it; taken back, nobody does.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.db import connection, transaction

from gulou.kit.replica import PRIMARY, reading_from

from .models import Revision

T = TypeVar("T")

CHECK_SECONDS = 3.0
"""For how long another process may not know of a change yet."""

_all: "WeakSet[Kept[Any]]" = WeakSet()


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Every token, as one question found them."""

    by_name: dict[str, uuid.UUID]
    checked: float
    # As for what is held: what was asked before a change of this process is not used.
    era: object


_settled: ContextVar[bool] = ContextVar("settled", default=False)


@contextmanager
def settled() -> Iterator[None]:
    """Ask once for what this transaction has changed: where none of these changes is taken back
    while the rest of it goes on. What changes within is read again."""
    token = _settled.set(True)
    try:
        yield
    finally:
        _settled.reset(token)


_era = object()
_asking = threading.Lock()
_tokens: _Tokens | None = None


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    token: uuid.UUID | None
    value: T
    checked: float
    # What was read before this process was told to forget is of an older era, and not used.
    era: object


class _Mine(threading.local, Generic[T]):
    """What this thread has changed and not committed yet."""

    touched = False
    held: _Held[T] | None = None


class Kept(Generic[T]):
    """One thing kept at hand under one name. Safe from any thread; `read` must be the same for all.

    `read` asks the database for everything. What it gives is shared by all threads: make it of
    things that nobody changes.
    """

    def __init__(self, name: str, read: Callable[[], T]) -> None:
        self.name = name
        self._read = read
        self._reading = threading.Lock()
        self._shared: _Held[T] | None = None
        self._mine: _Mine[T] = _Mine()
        self._era = object()
        _all.add(self)

    def now(self) -> T:
        """The thing as it is now, as this thread may know it. Free, but every few seconds."""
        return self._now(CHECK_SECONDS).value

    def anew(self) -> T:
        """As `now`, but asks for the token at once: for who misses what is perhaps very new."""
        return self._now(0).value

    def token(self) -> str:
        """Changes whenever the thing does: for ETags and for caches of what follows from it."""
        return str(self._now(CHECK_SECONDS).token or "none")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Around an operation that changes it, in its transaction; serves as a decorator.

        Changes come one after the other. What the operation itself read on its way is not taken
        for the end of it. Raises RuntimeError outside a transaction.
        """
        self.touch()
        yield
        if not connection.needs_rollback:
            self.touch()

    def touch(self) -> None:
        """A new token, and a lock on it until the transaction ends. Better: `changing`."""
        if not connection.in_atomic_block:
            raise RuntimeError(f"{self.name} is touched in the transaction that changes it")
        Revision.objects.bulk_create(
            [Revision(name=self.name, token=uuid.uuid4())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["token"],
        )
        self._mine.touched, self._mine.held = True, None
        transaction.on_commit(self.forget)

    def forget(self) -> None:
        """Read it again at the next question."""
        global _era
        self._era = _era = object()
        self._mine.touched, self._mine.held = False, None

    def _now(self, at_most: float) -> _Held[T]:
        if self._mine.touched and connection.in_atomic_block:
            if _settled.get() and self._mine.held is not None:
                return self._mine.held
            token = Revision.objects.filter(name=self.name).values_list("token", flat=True).first()
            self._mine.held = held = self._checked(
                self._mine.held, _Tokens({self.name: token} if token else {}, 0.0, self._era)
            )
            return held
        if self._mine.touched:  # and taken back
            self.forget()
        asked = time.monotonic()
        shared = self._shared
        if shared is not None and self._is_fresh(shared, asked - at_most):
            return shared
        with self._reading:
            shared = self._shared
            # Who waited here while another looked need not look too.
            if shared is None or not self._is_fresh(shared, asked - at_most):
                self._shared = shared = self._checked(shared, _tokens_since(asked - at_most))
            return shared

    def _is_fresh(self, held: _Held[T], since: float) -> bool:
        return held.era is self._era and held.checked > since

    def _checked(self, held: _Held[T] | None, tokens: _Tokens) -> _Held[T]:
        """What is held if its token is still right, else all read. The order matters: a change
        between the two questions leaves an old token on new things, and is found by the next."""
        era, token = self._era, tokens.by_name.get(self.name)
        same = held is not None and held.era is era and held.token == token
        # A replica may not have yet what the token stands for.
        with reading_from(PRIMARY):
            value = held.value if held is not None and same else self._read()
        return _Held(token, value, tokens.checked, era)


def _tokens_since(moment: float) -> _Tokens:
    """Every token, asked after this moment: who asks for one spares the others their question."""
    global _tokens
    with _asking:
        found = _tokens
        if found is None or found.era is not _era or found.checked <= moment:
            era, checked = _era, time.monotonic()
            found = _Tokens(dict(Revision.objects.values_list("name", "token")), checked, era)
            # What this thread has changed and not committed is for nobody else.
            _tokens = None if any(kept._mine.touched for kept in list(_all)) else found
        return found


def forget_all() -> None:
    """Forget everything that is kept: after the database was changed behind our back."""
    for kept in list(_all):
        kept.forget()
