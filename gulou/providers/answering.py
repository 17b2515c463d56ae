"""Answering who writes to the official account: the private link of a report, for whoever can show
that it is theirs; with a service account, news of it too.

A receipt number alone opens nothing: numbers can be guessed. It takes the last six digits of the
telephone that was left with the report, or the link itself.
"""

import re
import unicodedata
from typing import cast
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import override

from gulou.cases import queries as cases
from gulou.kit import clock
from gulou.kit.cache import QuickDatabaseCache
from gulou.kit.sealing import keyed_digest, seal, unseal

from . import at_hand, passive, words
from .at_hand import ProviderRef
from .models import Follower
from .passive import Forged, Heard
from .states import SERVICE, Code

PER_MINUTE = 20
TRIES = 5
"""So many wrong digits a day, for one number and for one person."""
_DAY = 24 * 3600
_RETRY_SECONDS = 30
_ASKED_SECONDS = 600
_TOKEN = re.compile(r"/t/([A-Za-z0-9_-]{20,64})")
_RECEIPT = re.compile(r"(?<![A-Za-z0-9])(R[0-9]{4}-[0-9]{4,10})(?![0-9])", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![0-9-])([0-9]{6})(?![0-9-])")
_STOP = {"退订", "取消", "取消关注进展", "stop"}


def is_open() -> bool:
    """Whether the office has put its official account to use."""
    return at_hand.provider(Code.ACCOUNT) is not None


def greet(given: dict[str, str]) -> str:
    """What WeChat wants to read when the address is entered there. Raises Forged."""
    _ref, token, _key = _keys()
    passive.check(token, given, now=clock.now().timestamp())
    return given.get("echostr", "")[:200]


def answer(given: dict[str, str], body: bytes) -> bytes:
    """The answer to what WeChat sends, b"" for none. Raises Forged."""
    ref, token, key = _keys()
    now = clock.now()
    told = passive.fields(body)
    secret = told.get("Encrypt", "") if key else ""
    # Where there is a key, nothing is believed that is not encrypted with it.
    if bool(key) != bool(secret):
        raise Forged
    passive.check(token, given, now=now.timestamp(), encrypted=secret)
    if secret:
        told = passive.fields(passive.decrypted(key, ref.settings["appid"], secret))
    message = passive.heard(told)
    # Unencrypted, the signature does not cover the words: the same request must bring the same.
    known = keyed_digest(f"{message.openid}:{message.id}" if secret else body.hex())[:40]
    once = keyed_digest(f"{given.get('timestamp')}:{given.get('nonce')}")[:40]
    kept = cache.get(f"mp-said:{known}")
    fresh = _counts().take(f"mp-once:{once}", at=now, most=1, seconds=2 * passive.PATIENCE_SECONDS)
    if kept is not None:
        said = unseal(kept)
    elif fresh is not None:
        raise Forged
    else:
        with override(settings.LANGUAGE_CODE):
            said = _said(ref, message)
        cache.set(f"mp-said:{known}", seal(said), timeout=_RETRY_SECONDS)
    if not said:
        return b""
    at = int(now.timestamp())
    xml = passive.reply(message, said, at=at)
    return passive.sealed_reply(token, key, ref.settings["appid"], xml, at=at) if key else xml


def _keys() -> tuple[ProviderRef, str, str]:
    ref = at_hand.provider(Code.ACCOUNT)
    if ref is None:
        raise Forged
    try:
        return ref, ref.secret("token"), ref.secret("aes_key")
    except ValueError:
        raise Forged from None


def _counts() -> QuickDatabaseCache:
    return cast(QuickDatabaseCache, cache)


def _said(ref: ProviderRef, message: Heard) -> str:
    who = keyed_digest(f"openid:{message.openid}")
    if _counts().take(f"mp-rate:{who[:40]}", at=clock.now(), most=PER_MINUTE, seconds=60):
        return ""
    if message.kind == "event":
        if message.event == "unsubscribe":
            _let_go(who)
        return words.welcome() if message.event == "subscribe" else ""
    if message.kind != "text":
        return words.how_to_ask()
    # Also as a Chinese keyboard writes it, in full width.
    text = unicodedata.normalize("NFKC", message.words).strip()
    if text.lower() in _STOP:
        _let_go(who)
        return words.let_go()
    if found := _TOKEN.search(text):
        return _theirs(ref, message, who, cases.caller_with_token(found[1]))
    return _by_number(ref, message, who, text)


def _by_number(ref: ProviderRef, message: Heard, who: str, text: str) -> str:
    receipt, digits = _RECEIPT.search(text), _DIGITS.search(_RECEIPT.sub(" ", text))
    asked = f"mp-asked:{who[:40]}"
    number = receipt[1].upper() if receipt else cache.get(asked) if digits else None
    if number is None:
        return words.how_to_ask()
    if digits is None:
        cache.set(asked, number, timeout=_ASKED_SECONDS)
        return words.ask_digits()
    now = clock.now()
    for key in (f"mp-try:{who[:40]}", f"mp-try:{keyed_digest(number)[:40]}"):
        if _counts().take(key, at=now, most=TRIES, seconds=_DAY) is not None:
            return words.too_many_tries()
    caller = cases.caller_with_receipt(number, digits[1])
    if caller is None:
        return words.no_match()
    for key in (f"mp-try:{who[:40]}", f"mp-try:{keyed_digest(number)[:40]}"):
        _counts().give_back(key)
    return _theirs(ref, message, who, caller)


def _theirs(ref: ProviderRef, message: Heard, who: str, caller: cases.Caller | None) -> str:
    if caller is None:
        return words.no_match()
    follows = ref.settings["kind"] == SERVICE and bool(ref.settings["template_id"])
    if follows:
        _tie(caller.report_id, message.openid, who)
    return words.here_it_is(caller.receipt, words.private_link(caller.token), follows=follows)


@transaction.atomic
def _tie(report_id: int, openid: str, who: str) -> None:
    Follower.objects.bulk_create(
        [Follower(uid=uuid4(), report_id=report_id, digest=who, sealed=seal(openid),
                  since=clock.now())],
        update_conflicts=True, unique_fields=["report", "digest"],
        update_fields=["ended_at", "sealed"],
    )  # fmt: skip


def _let_go(who: str) -> None:
    """No more news for this person, of any report."""
    Follower.objects.filter(digest=who, ended_at=None).update(ended_at=clock.now(), sealed=b"")
