"""What an official account is sent, and how it answers at once: signatures, encryption, XML. Pure.

Signature: SHA-1 of the sorted token, timestamp and nonce; in safe mode of the encrypted text too.
Safe mode: AES-256-CBC, the key 43 characters of base64, the vector its first 16 bytes, padded to 32;
inside are 16 random bytes, the length (4 bytes), the XML and the id of the account.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_BYTES = 64 * 1024
PATIENCE_SECONDS = 300
"""How old, or how far ahead, a request may be."""
_BLOCK = 32


class Forged(Exception):
    """It does not come from WeChat, or not now, or makes no sense."""


@dataclass(frozen=True)
class Heard:
    """One message or event. `id` is the same when WeChat sends it again."""

    openid: str
    account: str
    kind: str
    words: str
    event: str
    id: str


def signature(token: str, *parts: str) -> str:
    """What WeChat signs with."""
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()  # noqa: S324  theirs


def check(token: str, given: Mapping[str, str], *, now: float, encrypted: str = "") -> None:
    """Whether the request carries WeChat's signature, and is of now. Raises Forged."""
    at, nonce = given.get("timestamp", ""), given.get("nonce", "")
    if not (at.isascii() and at.isdigit() and len(at) < 12 and 0 < len(nonce) <= 128):
        raise Forged
    name = "msg_signature" if encrypted else "signature"
    right = signature(token, at, nonce, *([encrypted] if encrypted else []))
    if not hmac.compare_digest(right.encode(), given.get(name, "").encode()):
        raise Forged
    if abs(now - int(at)) > PATIENCE_SECONDS:
        raise Forged


def decrypted(key: str, appid: str, text: str) -> bytes:
    """The XML in an encrypted text. Raises Forged."""
    try:
        secret, data = _key(key), base64.b64decode(text, validate=True)
        opener = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        whole = opener.update(data) + opener.finalize()
        whole = whole[: -whole[-1]] if 1 <= whole[-1] <= _BLOCK else b""
        (length,) = struct.unpack(">I", whole[16:20])
    except (ValueError, IndexError, struct.error):
        raise Forged from None
    xml, owner = whole[20 : 20 + length], whole[20 + length :]
    if len(xml) != length or not hmac.compare_digest(owner, appid.encode()):
        raise Forged
    return xml


def encrypted(key: str, appid: str, xml: bytes) -> str:
    """The XML as WeChat opens it."""
    secret = _key(key)
    whole = secrets.token_bytes(16) + struct.pack(">I", len(xml)) + xml + appid.encode()
    over = _BLOCK - len(whole) % _BLOCK
    sealer = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    data = sealer.update(whole + bytes([over]) * over) + sealer.finalize()
    return base64.b64encode(data).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text + "=")
    if len(key) != 32:
        raise ValueError("43 characters of base64")
    return key


def is_key(text: str) -> bool:
    """Whether it can be an EncodingAESKey."""
    try:
        return len(text) == 43 and text.isalnum() and bool(_key(text))
    except ValueError:
        return False


def fields(xml: bytes) -> dict[str, str]:
    """The elements of a message; nothing outside is read, nothing is expanded. Raises Forged."""
    if len(xml) > MOST_BYTES:
        raise Forged
    try:
        root: Element = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Forged from None
    return {one.tag: (one.text or "").strip() for one in root}


def heard(told: Mapping[str, str]) -> Heard:
    """What was sent. Raises Forged where nobody sent it."""
    openid, at = told.get("FromUserName", ""), told.get("CreateTime", "")
    if not openid or not told.get("MsgType"):
        raise Forged
    event = told.get("Event", "").lower()
    return Heard(
        openid[:64], told.get("ToUserName", "")[:64], told["MsgType"].lower(),
        told.get("Content", "")[:600], event, told.get("MsgId", "") or f"{at}{event}",
    )  # fmt: skip


def reply(to: Heard, words: str, *, at: int) -> bytes:
    """A text in answer."""
    return _xml(
        ToUserName=to.openid, FromUserName=to.account, CreateTime=str(at), MsgType="text",
        Content=words,
    )  # fmt: skip


def sealed_reply(token: str, key: str, appid: str, xml: bytes, *, at: int) -> bytes:
    """An answer in safe mode."""
    text, nonce = encrypted(key, appid, xml), secrets.token_hex(8)
    return _xml(
        Encrypt=text, MsgSignature=signature(token, str(at), nonce, text), TimeStamp=str(at),
        Nonce=nonce,
    )  # fmt: skip


def _xml(**told: str) -> bytes:
    inner = "".join(
        f"<{name}><![CDATA[{text.replace(']]>', ']] >')}]]></{name}>" for name, text in told.items()
    )
    return f"<xml>{inner}</xml>".encode()
