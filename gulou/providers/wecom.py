"""Messages of a WeCom application (企业微信应用消息) to people of staff, by their user ids.

Limits: text and markdown 2048 bytes; a card has a title of 128 bytes, 512 bytes below it and a link
of 2048; 1 to 8 articles of news; one member is sent at most 30 messages a minute and 1000 an hour
(WeCom drops what is above, so we wait). What was answered too late is not doubled: WeCom looks for
the same message for half an hour.
"""

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache

from gulou.kit import clock
from gulou.kit.cache import QuickDatabaseCache
from gulou.kit.outgoing import Unanswered, get_json, post_json
from gulou.kit.sealing import keyed_digest, unseal
from gulou.kit.words import cut

from . import words
from .at_hand import ProviderRef
from .models import Missive
from .states import Code
from .tokens import Tokens, asked, code_of
from .turns import Failed, NotNow

TEXT_BYTES, TITLE_BYTES, WORDS_BYTES, LINK_BYTES = 2048, 128, 512, 2048
PER_MINUTE, PER_HOUR = 30, 1000
_AGAIN_SECONDS = 1800
_MINUTE = timedelta(seconds=60)
_TOO_FAST = frozenset({45009, 45033})
_BUSY = frozenset({-1, 6000})
# The keys, the application or our address are wrong: nothing would go, to nobody.
_OURS = frozenset({-2, 40001, 40013, 40014, 40056, 40091, 42001, 48002, 60020, 301002})
_NOBODY = frozenset({40003, 60111, 81013})

tokens = Tokens()


def tell(ref: ProviderRef, userid: str, *, title: str, said: str, link: str) -> None:
    """One message to one person. Raises Failed, NotNow."""
    _spare(userid)
    message = _message(ref, title=title, said=said, link=link)
    body = {
        **message, "touser": userid, "agentid": ref.settings["agentid"],
        "enable_duplicate_check": 1, "duplicate_check_interval": _AGAIN_SECONDS,
    }  # fmt: skip
    base = settings.GULOU.wecom_url.rstrip("/")
    try:
        secret = ref.secret("secret")
    except ValueError:
        raise Failed("sealed", down=True) from None
    corpid = ref.settings["corpid"]
    try:
        answer = asked(
            tokens, (base, corpid, secret), lambda: _fetch(base, corpid, secret),
            lambda token: post_json(f"{base}/cgi-bin/message/send", body, params={"access_token": token}),
        )  # fmt: skip
    except Unanswered as unanswered:
        raise Failed(unanswered.code, down=True) from None
    _judge(answer, userid)


def _message(ref: ProviderRef, *, title: str, said: str, link: str) -> dict[str, Any]:
    form = ref.settings["form"]
    title = cut(title, TITLE_BYTES)
    # What tells many things stands in no card.
    if form in ("textcard", "news") and len(said.encode()) <= WORDS_BYTES and link:
        if form == "news":
            article = {"title": title, "description": said, "url": link}
            return {"msgtype": "news", "news": {"articles": [article]}}
        card = {
            "title": title,
            "description": said or title,
            "url": link,
            "btntxt": words.open_it(),
        }
        return {"msgtype": "textcard", "textcard": card}
    if form == "markdown":
        whole = f"**{title}**\n{said}"
        return {"msgtype": "markdown", "markdown": {"content": cut(whole, TEXT_BYTES)}}
    return {"msgtype": "text", "text": {"content": cut(f"{title}\n{said}", TEXT_BYTES)}}


def _spare(userid: str) -> None:
    """Not more to one person than WeCom hands on."""
    counts, now = cast(QuickDatabaseCache, cache), clock.now()
    for most, seconds in ((PER_MINUTE, 60), (PER_HOUR, 3600)):
        key = f"wecom-app:{seconds}:{keyed_digest(userid.lower())[:32]}"
        oldest = counts.take(key, at=now, most=most, seconds=seconds)
        if oldest is not None:
            raise NotNow(oldest + timedelta(seconds=seconds), "app-member-full")


def _fetch(base: str, corpid: str, secret: str) -> tuple[str, float]:
    given = {"corpid": corpid, "corpsecret": secret}
    answer = get_json(f"{base}/cgi-bin/gettoken", params=given)
    if code := code_of(answer):
        raise _failure(code)
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int):
        raise Failed("garbage", down=True)
    return token, float(seconds)


def _judge(answer: dict[str, Any], userid: str) -> None:
    """What an answer means. Raises Failed, NotNow."""
    if code := code_of(answer):
        raise _failure(code)
    for name, meant in (("invaliduser", "app-nobody"), ("unlicenseduser", "app-unlicensed")):
        if userid.lower() in str(answer.get(name) or "").lower().split("|"):
            raise Failed(meant, for_good=True)


def _failure(code: int) -> Exception:
    if code in _TOO_FAST:
        return NotNow(clock.now() + _MINUTE, f"app-{code}", everything=True)
    if code in _NOBODY:
        return Failed("app-nobody", for_good=True)
    if code in _OURS or code in _BUSY:
        return Failed("garbage" if code == -2 else f"app-{code}", down=True)
    return Failed(f"app-{code}", for_good=True)


class WeCom:
    """Its trial messages; what staff is told goes by the registry of channels (notices)."""

    code = Code.WECOM.value

    def tend(self, ref: ProviderRef) -> None:
        """Nothing is held open."""

    def send(self, ref: ProviderRef, missive: Missive) -> None:
        """A trial. Raises Failed, NotNow."""
        if missive.sealed_to is None:
            raise Failed("erased", for_good=True)
        title, link = words.trial(), settings.GULOU.public_url
        tell(ref, unseal(missive.sealed_to), title=title, said=title, link=link)

    def close(self) -> None:
        """Nothing is held open."""
