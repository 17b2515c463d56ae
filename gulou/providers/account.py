"""Messages of an official account to who follows a report. Only a service account sends any; a
subscription account has none and only answers (answering.py)."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from gulou.catalogue.imprint import imprint
from gulou.kit import clock
from gulou.kit.outgoing import Unanswered, post_json
from gulou.kit.sealing import unseal

from . import words
from .at_hand import ProviderRef
from .models import Follower, Missive
from .states import FIELD, Code, What
from .tokens import Tokens, asked, code_of
from .turns import Failed, NotNow

_PATHS = {
    "template": "/cgi-bin/message/template/send",
    "subscribe": "/cgi-bin/message/subscribe/bizsend",
}
_HOUR = timedelta(hours=1)
_TOO_MANY = frozenset({45009, 45011})
_BUSY = frozenset({-1})
# The keys, the template or the rights of the account are wrong: nothing would go, to nobody.
_OURS = frozenset({-2, 40001, 40013, 40014, 40037, 40125, 40164, 41001, 42001, 48001, 48004, 50002})
_GONE = frozenset({40003, 43004, 43101})
# How long a value of each kind of field may be.
_LENGTHS = {"thing": 20, "character_string": 32, "phrase": 5, "const": 20, "name": 10}
_KIND = re.compile(r"[a-z_]+")

tokens = Tokens()


class Account:
    """One official account."""

    code = Code.ACCOUNT.value

    def tend(self, ref: ProviderRef) -> None:
        """Nothing is held open."""

    def send(self, ref: ProviderRef, missive: Missive) -> None:
        """To one follower; a trial asks for a token only. Raises Failed, NotNow."""
        try:
            key = (base(), ref.settings["appid"], ref.secret("app_secret"))
        except ValueError:
            raise Failed("sealed", down=True) from None
        try:
            if missive.what == What.TRIED:
                fetch(*key)
                return
            follower = missive.follower
            if follower is None or follower.ended_at is not None:
                raise Failed("erased", for_good=True)
            body, path = _body(ref, missive, follower), _PATHS[ref.settings["message"]]
            answer = asked(
                tokens, key, lambda: fetch(*key),
                lambda token: post_json(f"{base()}{path}", body, params={"access_token": token}),
            )  # fmt: skip
        except Unanswered as unanswered:
            raise Failed(unanswered.code, down=True) from None
        if code := code_of(answer):
            if code in _GONE:
                # They follow the account no longer, or want none of these.
                mine = Follower.objects.filter(pk=follower.pk)
                mine.update(ended_at=clock.now(), sealed=b"")
            raise _failure(code)

    def close(self) -> None:
        """Nothing is held open."""


def base() -> str:
    """Where WeChat is spoken to."""
    return str(settings.GULOU.weixin_url).rstrip("/")


def _body(ref: ProviderRef, missive: Missive, follower: Follower) -> dict[str, Any]:
    report, told = follower.report, ref.settings
    with override(report.language or settings.LANGUAGE_CODE):
        values = {
            "number": report.receipt,
            "what": str(What(missive.what).label),
            "time": f"{timezone.localtime(missive.at):%Y-%m-%d %H:%M:%S}",
            "office": imprint().name or str(told["name"]),
        }
    data = {
        name: {"value": _fitted(name, values[of])} for name, of in FIELD.findall(told["fields"])
    }
    link = words.private_link(report.token)
    body = {"touser": unseal(follower.sealed), "template_id": told["template_id"], "data": data}
    if told["message"] == "template":
        return {**body, "url": link, "client_msg_id": f"gulou-{missive.pk}"}
    return {**body, "page": link}


def _fitted(name: str, value: str) -> str:
    kind = _KIND.match(name)
    return value[: _LENGTHS.get(kind[0] if kind else "", 200)]


def fetch(base: str, appid: str, secret: str) -> tuple[str, float]:
    """A token that others who ask for one do not end (stable_token)."""
    given = {"grant_type": "client_credential", "appid": appid, "secret": secret,
             "force_refresh": False}  # fmt: skip
    answer = post_json(f"{base}/cgi-bin/stable_token", given, params={})
    if code := code_of(answer):
        raise _failure(code)
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(seconds, int):
        raise Failed("garbage", down=True)
    return token, float(seconds)


def _failure(code: int) -> Exception:
    if code in _TOO_MANY:
        return NotNow(clock.now() + _HOUR, f"mp-{code}", everything=True)
    if code in _GONE:
        return Failed("mp-gone", for_good=True)
    if code in _OURS | _BUSY:
        return Failed("garbage" if code == -2 else f"mp-{code}", down=True)
    return Failed(f"mp-{code}", for_good=True)
