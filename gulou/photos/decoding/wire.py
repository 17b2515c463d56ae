"""What is said between the house and the child: a length, a JSON head, then plain bytes."""

import json
import socket
import struct
from typing import Any

Head = dict[str, Any]
_LENGTH = struct.Struct("!I")
# A child that sends more than this is not ours any more.
MOST = 32 * 1024 * 1024


class Cut(Exception):
    """The other side went away in the middle."""


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
