"""A stand-in for a browser and its push service: RFC 8030, 8291, 8292. The edge of the network.

It decrypts by its own hand, from the RFC, not by the library that encrypts.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_POINT = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint


def base64url(data: bytes) -> str:
    """As the RFCs write bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes again; padding is against the RFCs."""
    assert "=" not in text
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """A subscription: keys of its own, and the key of the one server it takes notices from."""

    endpoint: str
    server_key: str = ""
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    shown: list[dict[str, Any]] = field(default_factory=list)

    @property
    def given(self) -> dict[str, str]:
        """What it gives to the page."""
        return {
            "endpoint": self.endpoint, "auth": base64url(self.auth),
            "p256dh": base64url(self.private.public_key().public_bytes(*_POINT)),
        }  # fmt: skip

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """RFC 8188 with the keys of RFC 8291."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        assert size >= 18 and length == 65
        theirs, sealed = body[21:86], body[86:]
        assert len(sealed) <= size
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.private.exchange(ec.ECDH(), key)
        mine = self.private.public_key().public_bytes(*_POINT)
        secret = _hkdf(self.auth, shared, b"WebPush: info\0" + mine + theirs, 32)
        content = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(content).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\2", "the last record"
        found: dict[str, Any] = json.loads(plain[:-1])
        return found


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    first = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(first, info + b"\1", hashlib.sha256)[:length]


class PushService:
    """Takes notices for its browsers. `answers` is a status it gives instead of taking one."""

    def __init__(self) -> None:
        self.url = ""
        self.browsers: dict[str, Browser] = {}
        self.answers = 0
        self.refused: list[str] = []
        self.topics: list[str] = []

    def browser(self, server_key: str) -> Browser:
        """A new subscription that takes notices of this server."""
        path = f"/push/{len(self.browsers)}"
        self.browsers[path] = Browser(f"{self.url}{path}", server_key)
        return self.browsers[path]

    def take(self, path: str, headers: Any, body: bytes) -> int:
        """The status of one request."""
        browser = self.browsers.get(path)
        if self.answers:
            return self.answers
        if browser is None:
            return 404
        if not headers.get("TTL", "").isdigit():
            return self._no("RFC 8030, 5.2: no TTL", 400)
        if headers.get("Urgency", "normal") not in ("very-low", "low", "normal", "high"):
            return self._no("RFC 8030, 5.3: urgency", 400)
        topic = headers.get("Topic", "")
        if len(topic) > 32 or not topic.replace("-", "").replace("_", "").isalnum():
            return self._no("RFC 8030, 5.4: topic", 400)
        if headers.get("Content-Encoding") != "aes128gcm" or len(body) > 4096:
            return self._no("RFC 8291: encoding or size", 413)
        if wrong := self._wrong_signature(headers.get("Authorization", ""), browser.server_key):
            return self._no(f"RFC 8292: {wrong}", 403)
        browser.shown.append(browser.decrypt(body))
        self.topics.append(topic)
        return 201

    def _no(self, why: str, status: int) -> int:
        self.refused.append(why)
        return status

    def _wrong_signature(self, given: str, server_key: str) -> str:
        scheme, _space, rest = given.partition(" ")
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        if scheme.lower() != "vapid" or fields["k"] != server_key:
            return "not by the key that was subscribed to"
        head, claims, signature = fields["t"].split(".")
        raw = from_base64url(signature)
        both = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), from_base64url(fields["k"])
        )
        try:
            key.verify(
                encode_dss_signature(*both), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
            )
        except InvalidSignature:
            return "signature"
        told = json.loads(from_base64url(claims))
        if json.loads(from_base64url(head))["alg"] != "ES256" or told["aud"] != self.url:
            return "algorithm or audience"
        if not time.time() < told["exp"] <= time.time() + 24 * 60 * 60:
            return "expiry"
        return "" if told["sub"].startswith(("mailto:", "https:")) else "subject"


@contextmanager
def push_service() -> Iterator[PushService]:
    """It answers at `url` until the end."""
    stand_in = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(stand_in.take(self.path, self.headers, body))
            self.send_header("Location", f"{stand_in.url}/message/1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
