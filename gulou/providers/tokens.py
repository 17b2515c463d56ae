"""Access tokens: asked for once, kept in this process until they run out, asked for anew when the
provider says that one is over."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_MARGIN_SECONDS = 300.0
_OVER = frozenset({40001, 40014, 41001, 42001})
"""What is answered to a token that is wrong or over."""

Fetch = Callable[[], tuple[str, float]]


class Tokens:
    """The tokens of one provider, by what they were got with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Any, tuple[str, float]] = {}

    def get(self, key: Any, fetch: Fetch, *, but: str = "") -> str:
        """The token of this key; a new one where there is none, or it is `but`."""
        with self._lock:
            token, until = self._known.get(key, ("", 0.0))
            if not token or token == but or time.monotonic() >= until:
                token, seconds = fetch()
                self._known[key] = token, time.monotonic() + max(0.0, seconds - _MARGIN_SECONDS)
            return token

    def forget(self) -> None:
        """Ask for every token anew."""
        with self._lock:
            self._known.clear()


def asked(
    tokens: Tokens, key: Any, fetch: Fetch, ask: Callable[[str], dict[str, Any]]
) -> dict[str, Any]:
    """The answer to a question that needs a token; where that is over, asked once more anew."""
    token = tokens.get(key, fetch)
    answer = ask(token)
    if code_of(answer) in _OVER:
        answer = ask(tokens.get(key, fetch, but=token))
    return answer


def code_of(answer: dict[str, Any]) -> int:
    """The `errcode` of an answer: 0 is well. What has none makes no sense."""
    code = answer.get("errcode", 0 if "access_token" in answer else -2)
    return code if isinstance(code, int) and not isinstance(code, bool) else -2
