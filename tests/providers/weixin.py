"""A stand-in for the interfaces of WeCom applications and of official accounts: speaks their HTTP
and checks what they limit. The edge of the network."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CORPID, SECRET, AGENT = "ww0123456789abcdef", "geheimnis-der-anwendung-0123456789abcdef", 1000002
APPID, APP_SECRET = "wx0123456789abcdef", "geheimnis-des-kontos-0123456789abcdef"
TEMPLATE = "TM00015-kasus"


@dataclass
class Weixin:
    """What it was told. `mood` is how it answers: "", or one of the ways to go wrong."""

    url: str = ""
    mood: str = ""
    corpid: str = CORPID
    secret: str = SECRET
    members: set[str] = field(default_factory=lambda: {"linxiaorong"})
    unlicensed: set[str] = field(default_factory=set)
    followers: set[str] = field(default_factory=lambda: {"o6_follower"})
    tokens: set[str] = field(default_factory=set)
    fetched: int = 0
    tickets: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def expire(self) -> None:
        """Every token that was given out is over."""
        self.tokens.clear()

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> dict[str, Any]:
        if path == "/cgi-bin/gettoken" and method == "GET":
            right = (query.get("corpid"), query.get("corpsecret")) == (self.corpid, self.secret)
            return self._token() if right else {"errcode": 40001, "errmsg": "invalid credential"}
        if path == "/cgi-bin/stable_token" and method == "POST":
            right = body == {"grant_type": "client_credential", "appid": APPID,
                             "secret": APP_SECRET, "force_refresh": body.get("force_refresh")}  # fmt: skip
            return self._token() if right else {"errcode": 40125, "errmsg": "invalid appsecret"}
        if query.get("access_token") not in self.tokens:
            code = 42001 if query.get("access_token") else 41001
            return {"errcode": code, "errmsg": "access_token expired, hint: [1]"}
        if path == "/cgi-bin/ticket/getticket" and method == "GET":
            right = query.get("type") == "jsapi"
            self.tickets += right
            ticket = {"ticket": f"ticket-{self.tickets}", "expires_in": 7200}
            return {"errcode": 0, "errmsg": "ok", **ticket} if right else {"errcode": 40097}
        known = {
            "/cgi-bin/message/send": self._to_member,
            "/cgi-bin/message/template/send": self._to_follower,
            "/cgi-bin/message/subscribe/bizsend": self._to_follower,
        }
        return known[path](body) if path in known else {"errcode": 40066, "errmsg": "url"}

    def _token(self) -> dict[str, Any]:
        self.fetched += 1
        token = f"token-{self.fetched}"
        self.tokens.add(token)
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}

    def _to_member(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("agentid") != AGENT:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        if wrong := _wrong_with(body):
            return {"errcode": wrong, "errmsg": "no"}
        users = body["touser"].lower().split("|")
        if len(users) > 1000:
            return {"errcode": 45004, "errmsg": "too many users"}
        lost = [one for one in users if one not in self.members]
        without = [one for one in users if one in self.unlicensed]
        if len(lost) == len(users):
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        if body not in self.told or not body.get("enable_duplicate_check"):
            self.told.append(body)
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(lost),
                "unlicenseduser": "|".join(without), "msgid": "m1"}  # fmt: skip

    def _to_follower(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("template_id") != TEMPLATE:
            return {"errcode": 40037, "errmsg": "template_id"}
        if body.get("touser") not in self.followers:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        data = body.get("data") or {}
        if not data or any(not one.get("value") for one in data.values()):
            return {"errcode": 47003, "errmsg": "argument invalid"}
        if any(name.startswith("thing") and len(one["value"]) > 20 for name, one in data.items()):
            return {"errcode": 47003, "errmsg": "thing too long"}
        self.told.append(body)
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self.told)}


def _wrong_with(body: dict[str, Any]) -> int:
    kind = body.get("msgtype")
    said = body.get(str(kind)) or {}
    if kind in ("text", "markdown"):
        return 0 if 0 < len(said["content"].encode()) <= 2048 else 45002
    articles = [said] if kind == "textcard" else said.get("articles", [])
    if kind not in ("textcard", "news") or not 1 <= len(articles) <= 8:
        return 40008
    for one in articles:
        fine = (
            0 < len(one["title"].encode()) <= 128 and len(one["description"].encode()) <= 512
            and 0 < len(one["url"].encode()) <= 2048 and len(one.get("btntxt", "")) <= 4
        )  # fmt: skip
        if not fine or (kind == "textcard" and not one["description"]):
            return 45008
    return 0


@contextmanager
def weixin(port: int = 0) -> Iterator[Weixin]:
    """It answers at `url` until the end."""
    stand_in = Weixin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._do({})

        def do_POST(self) -> None:
            self._do(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _do(self, body: Any) -> None:
            mood = stand_in.mood
            if mood == "never":
                stand_in.over.wait(20)
            elif mood == "drip":
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 400:
                        self.wfile.write(bytes([byte]))
                        if stand_in.over.wait(0.05):
                            return
                except OSError:
                    return
            elif mood in _ANSWERS:
                self._answer(*_ANSWERS[mood])
            else:
                parts = urlsplit(self.path)
                query = {name: said[0] for name, said in parse_qs(parts.query).items()}
                said = stand_in.answer(self.command, parts.path, query, body)
                self._answer(200, json.dumps(said).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stand_in
    finally:
        stand_in.over.set()
        server.shutdown()
        server.server_close()


_ANSWERS = {
    "fault": (502, b"<html>Bad Gateway</html>"),
    "garbage": (200, b"\x00\xff<not json>"),
    "list": (200, b"[1, 2]"),
    "no code": (200, b'{"errmsg": "ok"}'),
    "endless": (200, b" " * 200_000),
    "busy": (200, b'{"errcode": -1, "errmsg": "system busy"}'),
    "too fast": (200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}'),
    "address": (200, b'{"errcode": 60020, "errmsg": "not allow to access from your ip"}'),
}


if __name__ == "__main__":  # to try by hand: docs/notices.md
    from tests.providers.smsc import smsc

    with weixin(9790) as http, smsc(9791) as centre:
        print(f"WeCom and official account: {http.url} (GULOU_WECOM_URL, GULOU_WEIXIN_URL)")
        print(f"  corpid {CORPID}, agent {AGENT}, secret {SECRET}, members {sorted(http.members)}")
        print(f"  appid {APPID}, secret {APP_SECRET}, template {TEMPLATE}")
        print(f"SMS centre: 127.0.0.1:{centre.port}, {centre.system_id} / {centre.password}")
        seen = 0
        while True:
            time.sleep(0.5)
            told = [*centre.texts(), *(json.dumps(one, ensure_ascii=False) for one in http.told)]
            for one in told[seen:]:
                print(one)
            seen = len(told)
