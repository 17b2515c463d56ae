"""Encryption at rest for what must not be read from a stolen database."""

import base64
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


@cache
def _box() -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"gulou contact").derive(
        settings.GULOU.key("data_key").encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
