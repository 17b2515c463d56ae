"""A stand-in for an SMS centre: speaks SMPP 3.4 over TCP, read and written by hand here, and checks
what it gets as a strict centre does. The edge of the network."""

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BIND, SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x09, 0x04, 0x05, 0x06, 0x15
OK, NOT_BOUND, NOT_A_NUMBER, WRONG_PASSWORD, WRONG_ID, THROTTLED, WRONG_LENGTH, WRONG_CLASS = (
    0x00, 0x04, 0x0B, 0x0E, 0x0F, 0x58, 0x01, 0x43,
)  # fmt: skip
NUMBER = "13900001234"


@dataclass
class Part:
    """One submit_sm as it came."""

    to: str
    source: str
    words: str
    place: tuple[int, int, int] | None
    receipt: bool


@dataclass
class Centre:
    """What it was told. `mood` is how it answers: "", or one of the ways to go wrong."""

    port: int = 0
    system_id: str = "gulou"
    password: str = "geheim1"
    mood: str = ""
    status: int = OK
    receipts: str = "DELIVRD"
    per_second: int = 1000
    dead: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    binds: int = 0
    acknowledged: int = 0
    bound: list["_Handler"] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    at: list[float] = field(default_factory=list)

    def texts(self) -> list[str]:
        """The whole messages, put together by their headers as a telephone does."""
        found: dict[object, str] = {}
        for n, part in enumerate(self.parts):
            key = (part.to, part.place[0]) if part.place else n
            found[key] = found.get(key, "") + part.words
        return list(found.values())

    def say(self, words: str, *, number: str = NUMBER) -> None:
        """A telephone answers."""
        self.bound[-1].deliver(number, words.encode("utf-16-be"), esm_class=0, coding=8)


def _cstring(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode("latin-1"), end + 1


class _Handler(socketserver.BaseRequestHandler):
    server: "_Server"

    def setup(self) -> None:
        self.centre, self.bound, self.sequence = self.server.centre, False, 0
        self.lock = threading.Lock()

    def handle(self) -> None:
        try:
            while True:
                header = self._exactly(16)
                length, command, _status, sequence = struct.unpack(">IIII", header)
                assert 16 <= length <= 4096, length
                if not self._answer(command, sequence, self._exactly(length - 16)):
                    return
        except (OSError, EOFError):
            return

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.request.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _answer(self, command: int, sequence: int, body: bytes) -> bool:
        mood = self.centre.mood
        if mood == "never" or (mood == "never after binding" and command != BIND):
            self.centre.over.wait(20)
            return False
        if mood == "closes":
            return False
        if mood == "drip":
            for byte in struct.pack(">IIII", 200, command | 0x80000000, 0, sequence) + b"x" * 200:
                self.request.sendall(bytes([byte]))
                if self.centre.over.wait(0.05):
                    break
            return False
        if mood in _GARBAGE:
            self.request.sendall(_GARBAGE[mood])
            self.centre.over.wait(1)
            return False
        if command == BIND:
            return self._bind(sequence, body)
        if command == SUBMIT:
            status, remote = self._submit(body)
            self._send(
                SUBMIT | 0x80000000, status, sequence, remote.encode() + b"\0" if remote else b""
            )
            if remote and self.centre.receipts:
                told = f"id:{remote} sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:{self.centre.receipts} err:000 text:"
                self.deliver(self.centre.parts[-1].to, told.encode(), esm_class=4, coding=0)
            return True
        if command == ENQUIRE:
            self._send(ENQUIRE | 0x80000000, OK, sequence, b"")
        if command == DELIVER | 0x80000000:
            self.centre.acknowledged += 1
        if command == UNBIND:
            self._send(UNBIND | 0x80000000, OK, sequence, b"")
        return command != UNBIND

    def _bind(self, sequence: int, body: bytes) -> bool:
        system_id, at = _cstring(body, 0)
        password, at = _cstring(body, at)
        _kind, at = _cstring(body, at)
        assert body[at] == 0x34, "version 3.4"
        status = OK if password == self.centre.password else WRONG_PASSWORD
        status = WRONG_ID if system_id != self.centre.system_id else status
        self.bound = status == OK
        # Before it is answered: who reads the answer may ask at once who is bound.
        if self.bound:
            self.centre.binds += 1
            self.centre.bound.append(self)
        self._send(BIND | 0x80000000, status, sequence, b"centre\0" if self.bound else b"")
        return True

    def _submit(self, body: bytes) -> tuple[int, str]:
        if not self.bound:
            return NOT_BOUND, ""
        if self.centre.status:
            return self.centre.status, ""
        _service, at = _cstring(body, 0)
        source, at = _cstring(body, at + 2)
        to, at = _cstring(body, at + 2)
        esm_class = body[at]
        at += 3
        _when, at = _cstring(body, at)
        _until, at = _cstring(body, at)
        registered, _replace, coding, _default, size = body[at : at + 5]
        data = body[at + 5 :]
        if len(data) != size or size > 140 or coding != 8:
            return WRONG_LENGTH, ""
        if not (to.isdigit() and to.startswith("86") and len(to) == 13) or to in self.centre.dead:
            return NOT_A_NUMBER, ""
        place = None
        if esm_class & 0x40:
            if data[:3] != b"\x05\x00\x03" or not 1 <= data[5] <= data[4] or data[4] < 2:
                return WRONG_CLASS, ""
            place, data = (data[3], data[4], data[5]), data[6:]
        now = time.monotonic()
        if sum(at > now - 1 for at in self.centre.at) >= self.centre.per_second:
            return THROTTLED, ""
        self.centre.at.append(now)
        part = Part(to, source, data.decode("utf-16-be"), place, registered == 1)
        self.centre.parts.append(part)
        return OK, f"{0xA0 + len(self.centre.parts):08X}"

    def deliver(self, source: str, data: bytes, *, esm_class: int, coding: int) -> None:
        """Say something unasked: a receipt, or what a telephone answered."""
        self.sequence += 1
        body = (
            b"\0\x01\x01" + source.encode() + b"\0\0\x01" + b"10690000\0"
            + bytes([esm_class, 0, 0, 0, 0, 0, 0, coding, 0, len(data)]) + data
        )  # fmt: skip
        self._send(DELIVER, OK, self.sequence, body)

    def _send(self, command: int, status: int, sequence: int, body: bytes) -> None:
        with self.lock:
            self.request.sendall(
                struct.pack(">IIII", 16 + len(body), command, status, sequence) + body
            )


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    centre: Centre


@contextmanager
def smsc(port: int = 0) -> Iterator[Centre]:
    """It answers at `port` until the end."""
    centre = Centre()
    server = _Server(("127.0.0.1", port), _Handler)
    server.centre = centre
    centre.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield centre
    finally:
        centre.over.set()
        server.shutdown()
        for one in centre.bound:
            try:
                one.request.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        server.server_close()


_GARBAGE = {
    "garbage": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "huge": struct.pack(">IIII", 0xFFFFFFFF, 0x80000009, 0, 1),
    "short": struct.pack(">IIII", 3, 0x80000009, 0, 1),
    "unknown": struct.pack(">IIII", 16, 0x7777, 0, 1),
}
