"""Encryption at rest for what must not be read from a stolen database."""

import base64
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> bytes:
    """The text, encrypted and authenticated with the office's data key."""
    return _box().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """What was sealed. Raises ValueError when the key is another or the bytes were changed."""
    try:
        return _box().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise ValueError("sealed with another key, or changed") from error


def keyed_digest(text: str) -> str:
    """HMAC-SHA256 of the text, hex: nobody without the data key can try what it might have been."""
    return hmac.digest(_derived(b"gulou digest"), text.encode(errors="replace"), "sha256").hex()


@cache
def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(b"gulou contact")))


@cache
def _derived(purpose: bytes) -> bytes:
    """A key of its own for each purpose, from the office's one data key."""
    hkdf = HKDF(SHA256(), length=32, salt=None, info=purpose)
    return hkdf.derive(settings.GULOU.key("data_key").encode())
