"""A stand-in for WeCom: speaks its protocol over HTTP and checks its limits. The edge of the network."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


class WeCom:
    """What the robots said, by key. `mood` is how it answers: "", or one of the ways to go wrong."""

    def __init__(self) -> None:
        self.keys = {KEY}
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.minute: list[str] = []
        self.mood = ""
        self.moods: dict[str, str] = {}
        self.url = ""
        self.calls = 0

    def new_minute(self) -> None:
        """A minute has gone by."""
        self.minute.clear()

    def heard(self, kind: str = "") -> list[dict[str, Any]]:
        """What was said, of one kind or all."""
        return [body for _key, body in self.said if kind in ("", body["msgtype"])]

    def hear(self, key: str, body: Any) -> int:
        """The errcode of a message."""
        if key not in self.keys:
            return 93000
        if self.minute.count(key) >= 20:
            return 45009
        self.minute.append(key)
        wrong = _wrong_with(body)
        if not wrong:
            self.said.append((key, body))
        return wrong


def _wrong_with(body: Any) -> int:
    kind = body.get("msgtype") if isinstance(body, dict) else None
    checks = {"text": _text, "markdown": _text, "image": _image, "news": _news,
              "template_card": _card}  # fmt: skip
    return checks[kind](body) if kind in checks else 40008


def _text(body: dict[str, Any]) -> int:
    kind = body["msgtype"]
    size = len(body[kind]["content"].encode())
    return 0 if 0 < size <= {"text": 2048, "markdown": 4096}[kind] else 45002


def _image(body: dict[str, Any]) -> int:
    data = base64.b64decode(body["image"]["base64"], validate=True)
    if len(data) > 2 * 1024 * 1024 or data[:2] not in (b"\xff\xd8", b"\x89P"):
        return 40009
    return 0 if hashlib.md5(data).hexdigest() == body["image"]["md5"] else 301019


def _news(body: dict[str, Any]) -> int:
    articles = body["news"]["articles"]
    fine = 1 <= len(articles) <= 8 and all(one["title"] and one["url"] for one in articles)
    return 0 if fine else 44004


def _card(body: dict[str, Any]) -> int:
    card = body["template_card"]
    fine = (
        card["card_type"] == "text_notice" and card["main_title"]["title"]
        and card["card_action"]["type"] == 1 and card["card_action"]["url"]
        and len(card["horizontal_content_list"]) <= 6
    )  # fmt: skip
    return 0 if fine else 42016


@contextmanager
def wecom() -> Iterator[WeCom]:
    """It answers at `url` until the end."""
    stand_in, over = WeCom(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stand_in.calls += 1
            parts = urlsplit(self.path)
            key = parse_qs(parts.query).get("key", [""])[0]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            mood = stand_in.moods.get(key, stand_in.mood)
            if mood == "never":
                over.wait(20)
            elif mood == "drip":
                self._drip()
            elif mood == "drip in the head":
                self._drip_head()
            elif mood == "closes":
                self.close_connection = True
            elif mood in _ANSWERS:
                self._answer(*_ANSWERS[mood])
            elif parts.path != "/cgi-bin/webhook/send":
                self._answer(404, b"")
            else:
                code = stand_in.hear(key, json.loads(body))
                words = {"errcode": code, "errmsg": "ok" if not code else "no, hint: [1]"}
                self._answer(200, json.dumps(words).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _drip(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while not over.is_set():
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            except OSError:
                return

        def _drip_head(self) -> None:
            try:
                for part in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 400:
                    self.wfile.write(bytes([part]))
                    self.wfile.flush()
                    if over.wait(0.05):
                        return
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        over.set()
        server.shutdown()
        server.server_close()


_ANSWERS = {
    "fault": (502, b"<html>Bad Gateway</html>"),
    "garbage": (200, b"\x00\xff<not json>"),
    "list": (200, b"[1, 2]"),
    "no code": (200, b'{"errmsg": "ok"}'),
    "code of words": (200, b'{"errcode": "zero"}'),
    "endless": (200, b" " * 200_000),
    "busy": (200, b'{"errcode": -1, "errmsg": "system busy"}'),
    "too fast": (200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}'),
    "elsewhere": (302, b""),
}
