"""What a phone has already, as a word that it keeps for us and sends back.

It names each task it was given with a few letters of its digest: so what is gone and what changed is
known without a row for each phone. Nothing in it is secret, and nothing is believed: who sends
another one is only told what they may see, once more.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 8000
_MOST_TEXT = 64 * 1024
_FORM = "1"


@dataclass(frozen=True)
class Held:
    """What a phone has: for whom it was made, and digests of what it was given."""

    reader: str
    catalogue: str = ""
    reports: str = ""
    tasks: Mapping[str, str] = field(default_factory=dict)


def digest_of(content: bytes) -> str:
    """A few letters: two versions of one task differ in them, but once in sixteen million."""
    return hashlib.sha256(content).hexdigest()[:6]


def written(held: Held) -> str:
    """The cursor; "" where it would be too long for an address: then all is told again next time."""
    lines = [" ".join((_FORM, held.reader, held.catalogue, held.reports))]
    lines += [f"{task} {digest}" for task, digest in held.tasks.items()]
    packed = zlib.compress("\n".join(lines).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MOST else ""


def read(cursor: str, *, reader: str) -> Held | None:
    """What the cursor tells; None where it tells nothing that is of use to this reader."""
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        text = zlib.decompressobj().decompress(packed, _MOST_TEXT).decode()
        first, *lines = text.split("\n")
        form, of, catalogue, reports = first.split(" ")
        tasks = dict(line.split(" ") for line in lines)
    except (ValueError, zlib.error):
        return None
    if form != _FORM or of != reader:
        return None
    return Held(of, catalogue, reports, tasks)
