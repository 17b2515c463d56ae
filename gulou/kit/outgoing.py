"""Asking somebody outside by HTTP: an answer in time and of a sensible size, or a plain reason.

What goes wrong is told by a code only: addresses hold keys, and answers hold anything.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

SECONDS = 10.0
"""No answer takes longer, however slowly it drips: connecting, its head and its body together."""
_CONNECT_SECONDS, _SILENCE_SECONDS = 3.5, 5.0
_MOST_BYTES = 64 * 1024

T = TypeVar("T")


class Unanswered(Exception):
    """There was no answer that can be used. `code`: timeout, unreachable, http-502, garbage."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Deadline:
    """The moment at which every connection opened for one question is cut, whatever it says."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._guard = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return time.monotonic() >= self._until

    def left(self, most: float) -> float:
        """How many seconds are left, at most so many. Raises TimeoutError when none are."""
        left = min(most, self._until - time.monotonic())
        if left <= 0:
            raise TimeoutError
        return left

    def connect(self, host: str, port: int, *, silence: float) -> socket.socket:
        """A connection that is cut at the deadline. Raises OSError."""
        refused: OSError = OSError("no address")
        for *kind, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            made = socket.socket(*kind)
            try:
                made.settimeout(self.left(_CONNECT_SECONDS))
                made.connect(address)
            except OSError as error:
                made.close()
                refused = error
                continue
            made.settimeout(silence)
            self._watch(made)
            return made
        raise refused

    def _watch(self, made: socket.socket) -> None:
        # A second handle on the same connection: TLS takes the first one over.
        with self._guard:
            self._watched.append(made.dup())
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        with self._guard:
            for one in self._watched:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._guard:
            for one in self._watched:
                one.close()
            self._watched.clear()


_present: ContextVar[Deadline] = ContextVar("present_deadline")


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _present.get().connect(self._dns_host, self.port or 80, silence=_SILENCE_SECONDS)


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _present.get().connect(self._dns_host, self.port or 443, silence=_SILENCE_SECONDS)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Watched(HTTPAdapter):
    """What requests speaks through: connections that end at the present deadline."""

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        super().init_poolmanager(*given, **more)
        pools = {"http": _PlainPool, "https": _SecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


def post_json(url: str, body: Mapping[str, Any], *, params: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object that is answered to this one. Raises Unanswered."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return _ask("POST", url, params=params, data=data, headers={"Content-Type": "application/json"})


def get_json(url: str, *, params: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object that stands there. Raises Unanswered."""
    return _ask("GET", url, params=params)


def post_bytes(url: str, data: bytes, *, headers: Mapping[str, str]) -> tuple[int, str]:
    """The status that is answered to these bytes, and after how long to come back, if it says so.
    Raises Unanswered."""

    def status_of(answer: requests.Response, _deadline: Deadline) -> tuple[int, str]:
        return answer.status_code, answer.headers.get("Retry-After", "")

    return _speak("POST", url, status_of, data=data, headers=dict(headers))


def _ask(method: str, url: str, **given: Any) -> dict[str, Any]:
    return _speak(method, url, _object_in, **given)


def _speak(
    method: str, url: str, read: Callable[[requests.Response, Deadline], T], **given: Any
) -> T:
    code = "unreachable"
    with _by_deadline() as deadline, requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Watched())
        try:
            with session.request(
                method, url, allow_redirects=False, stream=True, **given,
                timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS),
            ) as answer:  # fmt: skip
                return read(answer, deadline)
        except Unanswered:
            raise
        except requests.Timeout:
            code = "timeout"
        except (requests.RequestException, OSError):
            code = "timeout" if deadline.passed else "unreachable"
        except Exception as error:  # noqa: BLE001  urllib3's own, and whatever strange bytes bring about
            late = deadline.passed or "Timeout" in type(error).__name__
            code = "timeout" if late else "garbage"
    # Not from the error: its words hold the address, and that the key.
    raise Unanswered(code) from None


@contextmanager
def _by_deadline() -> Iterator[Deadline]:
    with Deadline(SECONDS) as deadline:
        held = _present.set(deadline)
        try:
            yield deadline
        finally:
            _present.reset(held)


def _object_in(answer: requests.Response, deadline: Deadline) -> dict[str, Any]:
    if answer.status_code != 200:
        raise Unanswered(f"http-{answer.status_code}")
    text = b""
    while chunk := answer.raw.read1(4096, decode_content=True):
        text += chunk
        if len(text) > _MOST_BYTES:
            raise Unanswered("garbage")
    # Cut off in the middle, a body without a length looks like one that has ended.
    if deadline.passed:
        raise Unanswered("timeout")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unanswered("garbage")
    return found
