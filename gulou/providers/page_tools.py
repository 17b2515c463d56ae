"""What a page inside WeChat needs before WeChat tells it where the phone is (JS-SDK): a signature of
its address. https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html, appendix 1.
"""

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass

from gulou.kit import clock
from gulou.kit.outgoing import Unanswered, get_json

from . import account, at_hand
from .states import Code
from .tokens import asked, code_of
from .turns import Failed, NotNow

SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
"""WeChat's own script, which it wants to be loaded from there."""
_PAUSE_SECONDS, _MARGIN_SECONDS = 60.0, 300.0


@dataclass(frozen=True)
class Signed:
    """With what a page calls `wx.config`."""

    appid: str
    timestamp: int
    nonce: str
    signature: str


def appid() -> str:
    """Of the official account whose page tools the office uses; "" where it uses none. Free."""
    ref = at_hand.provider(Code.ACCOUNT)
    return str(ref.settings["appid"]) if ref is not None and ref.settings["page_tools"] else ""


def signed(url: str) -> Signed | None:
    """The signature of a page's address (without what follows #); None where there is none now."""
    ref = at_hand.provider(Code.ACCOUNT)
    if ref is None or not ref.settings["page_tools"]:
        return None
    ticket = _tickets.now(ref)
    if not ticket:
        return None
    nonce, timestamp = secrets.token_hex(8), int(clock.now().timestamp())
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    # SHA-1 is what the interface asks for; it keeps nothing secret here.
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return Signed(str(ref.settings["appid"]), timestamp, nonce, digest)


class Tickets:
    """The ticket of an account. One request at most waits for WeChat; after trouble nobody does for a
    minute: a page that gets no signature asks the browser where it is."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._key: object = None
        self._ticket, self._until, self._pause = "", 0.0, 0.0

    def now(self, ref: at_hand.ProviderRef) -> str:
        """ "" where there is none."""
        key = (account.base(), ref.settings["appid"], ref.sealed)
        if key == self._key and time.monotonic() < self._until:
            return self._ticket
        if time.monotonic() < self._pause or not self._asking.acquire(blocking=False):
            return ""
        try:
            self._ticket, seconds = _fetch(ref)
            self._key, self._until = key, time.monotonic() + max(0.0, seconds - _MARGIN_SECONDS)
        except (Unanswered, Failed, NotNow, ValueError):
            self._key, self._pause = None, time.monotonic() + _PAUSE_SECONDS
            return ""
        finally:
            self._asking.release()
        return self._ticket

    def forget(self) -> None:
        """Ask anew."""
        self._key, self._pause = None, 0.0


_tickets = Tickets()
forget = _tickets.forget


def _fetch(ref: at_hand.ProviderRef) -> tuple[str, float]:
    key = (account.base(), str(ref.settings["appid"]), ref.secret("app_secret"))
    answer = asked(
        account.tokens, key, lambda: account.fetch(*key),
        lambda token: get_json(
            f"{key[0]}/cgi-bin/ticket/getticket", params={"access_token": token, "type": "jsapi"}
        ),
    )  # fmt: skip
    ticket, seconds = answer.get("ticket"), answer.get("expires_in")
    if code_of(answer) or not isinstance(ticket, str) or not isinstance(seconds, int):
        raise Failed("mp-ticket", down=True)
    return ticket, float(seconds)
