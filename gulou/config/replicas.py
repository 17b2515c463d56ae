"""Read replicas (GULOU_REPLICA_URLS): what may be read there, and which of them keeps up.

Only cases and photos are read from a replica, only for the pages in ROUTES and for long work. Who
somebody is, what is open, what is owed and what a process keeps at hand come from the primary
always. Who has just written reads from the primary too, until a replica surely has it.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, connections
from django.db.models import Model
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse

from gulou.config.refusals import answer
from gulou.config.watch import figures
from gulou.errands.table import Outcome, Work
from gulou.kit.errors import Refusal
from gulou.kit.replica import PRIMARY, read_from, reading_from, turn_to

logger = logging.getLogger(__name__)

ROOMS = frozenset({"cases", "photos"})
# Pages that are the same for everybody and may be a moment old.
ROUTES = frozenset(
    f"portal:{name}"
    for name in (
        "home", "sitemap", "cases", "feed", "case", "map", "points", "statistics",
        "statistics_of", "statistics_json", "data", "data_csv", "data_jsonl",
    )
)  # fmt: skip
WROTE = "gulou_wrote"
"""The cookie of who has just written. It says nothing else."""
_LOOK_SECONDS, _LOOK_AGAIN_SECONDS = 2.0, 10.0
_GONE = (OperationalError, InterfaceError)
T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """How a replica was when somebody looked last; `lag` in seconds, `why` empty where it serves."""

    alias: str
    lag: float
    why: str
    at: float


_seen: dict[str, Seen] = {}
# When each was seen level with the primary.
_level: dict[str, float] = {}
_looking = threading.Lock()
_turn = itertools.count()


class Router:
    """Sends each question to its database."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        alias = read_from()
        return alias if alias and model._meta.app_label in ROOMS else "default"

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "default"


class ReadFromReplica:
    """Lets the pages in ROUTES be read from a replica; the innermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reading_from(PRIMARY):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and read_from():
                response.streaming_content = _each_from(read_from(), iter(response))
        if request.method not in {"GET", "HEAD"} and response.status_code < 400:
            seconds = int(settings.GULOU.replica_lag_seconds + _LOOK_SECONDS) + 1
            response.set_cookie(
                WROTE, "1", max_age=seconds, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        match = request.resolver_match
        if match is None or match.view_name not in ROUTES or request.method not in {"GET", "HEAD"}:
            return
        alias = PRIMARY if WROTE in request.COOKIES else choose()
        turn_to(alias)
        figures.count_read("replica" if alias else "primary")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """A replica that went away in the middle of a page: the page is made from the primary."""
        alias, match = read_from(), request.resolver_match
        if not alias or match is None or not isinstance(error, _GONE):
            return None
        _give_up(alias, error)
        turn_to(PRIMARY)
        figures.count_read("fallback")
        try:
            found: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Refusal as refusal:
            return answer(request, refusal)
        return found


def read_elsewhere(call: Callable[[Work], Outcome]) -> Callable[[Work], Outcome]:
    """Long work that reads cases from a replica; from the primary where that goes away."""

    @wraps(call)
    def done(work: Work) -> Outcome:
        alias = choose()
        if alias:
            try:
                with reading_from(alias):
                    return call(work)
            except _GONE as error:
                _give_up(alias, error)
        work.file.seek(0)
        work.file.truncate()
        return call(work)

    return done


def aliases() -> list[str]:
    """The replicas that are set."""
    return [alias for alias in connections.databases if alias != "default"]


def choose() -> str:
    """The next replica that keeps up; PRIMARY when none does."""
    serving = [one.alias for one in states() if not one.why]
    return serving[next(_turn) % len(serving)] if serving else PRIMARY


def states() -> list[Seen]:
    """How each replica is, as far as this process has looked lately."""
    return [_state(alias) for alias in aliases()]


def _state(alias: str) -> Seen:
    seen = _seen.get(alias)
    if seen is not None and not _is_old(seen):
        return seen
    # Who comes while another looks takes what was seen before; nobody waits for a dead machine.
    if not _looking.acquire(blocking=seen is None):
        return seen or Seen(alias, 0.0, "not looked yet", 0.0)
    try:
        seen = _seen.get(alias)
        if seen is None or _is_old(seen):
            seen = _look(alias)
            _note(seen)
        return seen
    finally:
        _looking.release()


def _is_old(seen: Seen) -> bool:
    return time.monotonic() - seen.at > (_LOOK_AGAIN_SECONDS if seen.why else _LOOK_SECONDS)


def _look(alias: str) -> Seen:
    try:
        lag = _lag(alias)
    except _GONE as error:
        connections[alias].close()
        return Seen(alias, 0.0, type(error).__name__, time.monotonic())
    except ValueError as error:
        return Seen(alias, 0.0, str(error), time.monotonic())
    why = "behind" if lag > settings.GULOU.replica_lag_seconds else ""
    return Seen(alias, lag, why, time.monotonic())


def _lag(alias: str) -> float:
    """Seconds behind the primary. Raises ValueError for a server that follows nobody.

    As old as the last change that it has, if the primary has written since; but no older than since
    it was seen level with the primary: there may have been nothing to write for long.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text, "
            "extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
        )
        follows, place, age = cursor.fetchone()
    if not follows:
        raise ValueError("it is no replica")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s::pg_lsn)", [place])
        behind = cursor.fetchone()[0]
    now = time.monotonic()
    if behind <= 0:
        _level[alias] = now
        return 0.0
    seen = now - _level.get(alias, 0.0)
    return seen if age is None else min(float(age), seen)


def _give_up(alias: str, error: Exception) -> None:
    connections[alias].close()
    _note(Seen(alias, 0.0, type(error).__name__, time.monotonic()))


def _note(seen: Seen) -> None:
    before = _seen.get(seen.alias)
    _seen[seen.alias] = seen
    if seen.why and not (before and before.why):
        logger.warning("%s is not read from: %s", seen.alias, seen.why)
    elif not seen.why and before and before.why:
        logger.warning("%s is read from again", seen.alias)


def _each_from(alias: str, content: Iterator[T]) -> Iterator[T]:
    while True:
        with reading_from(alias):
            try:
                one = next(content)
            except StopIteration:
                return
        yield one
