"""A link that fails: between the phone and the server, some requests never arrive, some break off in
the middle, and of some only the answer is lost."""

import http.client
import random
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})


class FlakyLink(ThreadingHTTPServer):
    """Stands at a port of its own before another. `share` of what the app sends is lost."""

    daemon_threads = True

    def __init__(self, to: int, *, share: float, seed: int = 7) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.to, self.share, self.chance = to, share, random.Random(seed)
        self.fates: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fate(self, path: str) -> str:
        """What becomes of this request."""
        if not path.startswith(("/field/api/", "/field/uploads/")):
            return "passed"
        with self._lock:
            lost = self.chance.random() < self.share
            found = (
                self.chance.choice(("never came", "broke off", "no answer")) if lost else "passed"
            )
            self.fates[found] += 1
        return found

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Phones that hang up are what this is about."""


class _Passing(BaseHTTPRequestHandler):
    server: FlakyLink

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._pass
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _pass(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fate = self.server.fate(self.path)
        if fate == "never came":
            return
        if fate == "broke off":
            return self._break_off(body)
        try:
            status, headers, content = self._asked(body)
        except (OSError, http.client.HTTPException):
            return
        if fate == "no answer":
            return
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        there = http.client.HTTPConnection("127.0.0.1", self.server.to, timeout=60)
        try:
            headers = dict(self.headers.items()) | {"Connection": "close"}
            there.request(self.command, self.path, body=body, headers=headers)
            answer = there.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            there.close()

    def _break_off(self, body: bytes) -> None:
        """Half of the body goes through."""
        head = f"{self.command} {self.path} HTTP/1.1\r\n{self.headers}".encode()
        try:
            with socket.create_connection(("127.0.0.1", self.server.to), timeout=10) as there:
                there.sendall(head.rstrip() + b"\r\n\r\n" + body[: len(body) // 2])
        except OSError:
            pass
