"""What is said between the house and the child: a length, a JSON head, then plain bytes."""

import json
import socket
import struct
from typing import Any

Head = dict[str, Any]
_LENGTH = struct.Struct("!I")
# A child that sends more than this is not ours any more.
MOST = 32 * 1024 * 1024
_LONGEST_ASK = 4096


class Cut(Exception):
    """The other side went away in the middle."""


def ask(line: socket.socket, head: Head, source: int) -> None:
    """Send one message without blobs, and an open file with it."""
    text = json.dumps(head).encode()
    socket.send_fds(line, [_LENGTH.pack(len(text)) + text], [source])


def asked(line: socket.socket) -> tuple[Head, int]:
    """Receive what `ask` sends. Raises Cut when nobody asks any more, or TimeoutError."""
    message, files, _, _ = socket.recv_fds(line, _LONGEST_ASK, 1)
    if len(files) != 1 or len(message) < _LENGTH.size:
        raise Cut
    (length,) = _LENGTH.unpack_from(message)
    if len(message) != _LENGTH.size + length:
        raise Cut
    head: Head = json.loads(message[_LENGTH.size :])
    return head, files[0]


def send(line: socket.socket, head: Head, blobs: list[bytes] | None = None) -> None:
    """Send one message; the sizes of the blobs travel in its head."""
    blobs = blobs or []
    text = json.dumps({**head, "blobs": [len(blob) for blob in blobs]}).encode()
    line.sendall(b"".join([_LENGTH.pack(len(text)), text, *blobs]))


def _exactly(line: socket.socket, count: int) -> bytes:
    if not 0 <= count <= MOST:
        raise Cut
    data = bytearray()
    while len(data) < count:
        more = line.recv(min(count - len(data), 1 << 16))
        if not more:
            raise Cut
        data += more
    return bytes(data)


def receive(line: socket.socket) -> tuple[Head, list[bytes]]:
    """Receive one message. Raises Cut, or TimeoutError as the socket is set."""
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
    head: Head = json.loads(_exactly(line, length))
    return head, [_exactly(line, size) for size in head.pop("blobs")]
