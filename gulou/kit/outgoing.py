"""Asking somebody outside by HTTP: an answer in time and of a sensible size, or a plain reason.

What goes wrong is told by a code only: addresses hold keys, and answers hold anything.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

import requests

SECONDS = 10.0
"""No answer takes longer, however slowly it drips."""
_CONNECT_SECONDS, _SILENCE_SECONDS = 3.5, 5.0
_MOST_BYTES = 64 * 1024


class Unanswered(Exception):
    """There was no answer that can be used. `code`: timeout, unreachable, http-502, garbage."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def post_json(url: str, body: Mapping[str, Any], *, params: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object that is answered to this one. Raises Unanswered."""
    until = time.monotonic() + SECONDS
    code = "unreachable"
    try:
        with requests.post(
            url, params=params, data=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"}, allow_redirects=False, stream=True,
            timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS),
        ) as answer:  # fmt: skip
            if answer.status_code != 200:
                raise Unanswered(f"http-{answer.status_code}")
            return _read(answer, until)
    except Unanswered:
        raise
    except requests.Timeout:
        code = "timeout"
    except (requests.RequestException, OSError):
        code = "unreachable"
    except Exception as error:  # noqa: BLE001  urllib3's own, and whatever strange bytes bring about
        code = "timeout" if "Timeout" in type(error).__name__ else "garbage"
    # Not from the error: its words hold the address, and that the key.
    raise Unanswered(code) from None


def _read(answer: requests.Response, until: float) -> dict[str, Any]:
    text = b""
    while chunk := answer.raw.read1(4096, decode_content=True):
        text += chunk
        if time.monotonic() > until:
            raise Unanswered("timeout")
        if len(text) > _MOST_BYTES:
            raise Unanswered("garbage")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unanswered("garbage")
    return found
