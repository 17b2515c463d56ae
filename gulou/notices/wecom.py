"""The group robots of WeCom: their messages, their limits, their answers.

A robot only sends. Limits: 20 messages a minute; text 2048 bytes, markdown 4096 bytes (UTF-8); a
picture 2 MB before base64, with its MD5; 1 to 8 articles of news.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from PIL import Image

from gulou.kit.outgoing import post_json
from gulou.kit.words import cut

PER_MINUTE = 20
TEXT_BYTES, MARKDOWN_BYTES, PICTURE_BYTES, MOST_ARTICLES = 2048, 4096, 2 * 1024 * 1024, 8
_TITLE_BYTES, _WORDS_BYTES = 128, 512
_CARD_TITLE, _CARD_VALUE, _CARD_KEY, _CARD_ROWS = 26, 26, 5, 6

KEY = re.compile(r"[0-9A-Za-z-]{16,64}")
PATH = "/cgi-bin/webhook/send"

Message = Mapping[str, Any]

# Come back later: the system is busy, or we were too fast.
_BUSY = frozenset({-1, 6000})
_TOO_FAST = frozenset({45009, 45033})


@dataclass(frozen=True)
class Refused(Exception):
    """The provider answered no. `code` as in its documents; `later` says that it may say yes."""

    code: int
    later: bool = False
    too_fast: bool = False


def send(key: str, message: Message) -> None:
    """Let the robot say it. Raises Refused, or kit.outgoing.Unanswered."""
    answer = post_json(
        f"{settings.GULOU.wecom_url.rstrip('/')}{PATH}", message, params={"key": key}
    )
    code = answer.get("errcode")
    if not isinstance(code, int) or isinstance(code, bool):
        code = -1
    if code:
        raise Refused(code, later=code in _BUSY | _TOO_FAST, too_fast=code in _TOO_FAST)


def text(words: str) -> Message:
    """Plain words; what is too long ends in an ellipsis."""
    return {"msgtype": "text", "text": {"content": cut(words, TEXT_BYTES)}}


def markdown(words: str) -> Message:
    """Words with a few marks."""
    return {"msgtype": "markdown", "markdown": {"content": cut(words, MARKDOWN_BYTES)}}


def picture(data: bytes) -> Message:
    """A JPEG or PNG, made smaller where it has to be."""
    data = _small_enough(data)
    return {
        "msgtype": "image",
        "image": {
            "base64": base64.b64encode(data).decode(),
            "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        },
    }


@dataclass(frozen=True)
class Article:
    """One piece of news."""

    title: str
    words: str
    url: str


def news(articles: Sequence[Article]) -> Message:
    """One to eight articles; more are the caller's mistake."""
    if not 1 <= len(articles) <= MOST_ARTICLES:
        raise ValueError(f"1 to {MOST_ARTICLES} articles")
    return {
        "msgtype": "news",
        "news": {
            "articles": [
                {"title": cut(one.title, _TITLE_BYTES), "description": cut(one.words, _WORDS_BYTES),
                 "url": one.url}
                for one in articles
            ]
        },
    }  # fmt: skip


def card(
    *, source: str, title: str, words: str, rows: Sequence[tuple[str, str]], url: str, button: str
) -> Message:
    """A card that opens `url`; its rows are pairs of a short name and a value."""
    return {
        "msgtype": "template_card",
        "template_card": {
            "card_type": "text_notice",
            "source": {"desc": source[:13]},
            "main_title": {"title": _short(title, _CARD_TITLE), "desc": _short(words, 30)},
            "horizontal_content_list": [
                {"keyname": _short(name, _CARD_KEY), "value": _short(value, _CARD_VALUE)}
                for name, value in rows[:_CARD_ROWS]
            ],
            "jump_list": [{"type": 1, "url": url, "title": _short(button, 13)}],
            "card_action": {"type": 1, "url": url},
        },
    }


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _small_enough(data: bytes) -> bytes:
    side = 1600
    while len(data) > PICTURE_BYTES:
        image = Image.open(BytesIO(data)).convert("RGB")
        image.thumbnail((side, side))
        file = BytesIO()
        image.save(file, "JPEG", quality=80)
        data, side = file.getvalue(), side // 2
    return data
