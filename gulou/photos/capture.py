"""What our own camera view says of a picture it took, and how the server proves it.

The view sends one line of JSON beside the file (field `capture`):

    {"v": 1, "device": "…", "n": 7, "before": "…", "sha256": "…", "taken": "2026-11-23T09:00:00+08:00",
     "lat": 26.08, "lon": 119.29, "accuracy": 12.5, "link": "…"}

`device` is a random id of the installation, `n` counts its pictures, `before` is the link of the one
before (empty for the first), `sha256` is of the file as it was taken, places are WGS84 (null where the
phone knew none), `accuracy` in metres. `link` is the SHA-256 of `text_of`: the same fields in this
order, joined by line feeds. So nothing can be put between two pictures of a device afterwards, nor
a file be exchanged between the camera and the server. It proves an unbroken way, not who held the
phone: a program can write such a line too.
"""

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

_FIELDS = ("v", "device", "n", "before", "sha256", "taken", "lat", "lon", "accuracy")
_DEVICE = re.compile(r"[0-9a-zA-Z-]{8,64}")
_LINK = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 2000
# How far a phone's clock may be ahead, and how long a picture may wait for a network.
_AHEAD, _WAITS = timedelta(minutes=10), timedelta(days=14)
_FARTHEST_M = 100_000.0


class Broken(Exception):
    """The line is not whole, or does not belong to the file."""


@dataclass(frozen=True)
class Capture:
    """What the camera view said, proved against the file. `taken` is an ISO time with its offset."""

    device: str
    n: int
    before: str
    sha256: str
    taken: str
    lat: float | None
    lon: float | None
    accuracy: float | None
    link: str

    @property
    def taken_at(self) -> datetime:
        """When it was taken, aware."""
        return datetime.fromisoformat(self.taken)

    def kept(self) -> dict[str, Any]:
        """As it lies in the database."""
        return asdict(self)


def text_of(said: dict[str, Any]) -> str:
    """What the link is the digest of: JSON values, one a line."""
    return "\n".join(json.dumps(said[name], ensure_ascii=True) for name in _FIELDS)


def link_of(said: dict[str, Any]) -> str:
    """The link of what a camera view says."""
    return hashlib.sha256(text_of(said).encode()).hexdigest()


def read(line: str, *, sha256: str, now: datetime) -> Capture:
    """Read and prove a line against the digest of the file that came with it. Raises Broken."""
    if len(line.encode()) > MOST_BYTES:
        raise Broken("too long")
    try:
        said = json.loads(line)
        link = link_of(said)
        capture = Capture(
            device=str(said["device"]), n=int(said["n"]), before=str(said["before"]),
            sha256=str(said["sha256"]), taken=str(said["taken"]), lat=_number(said["lat"], 90),
            lon=_number(said["lon"], 180), accuracy=_number(said["accuracy"], _FARTHEST_M),
            link=str(said["link"]),
        )  # fmt: skip
        taken_at = capture.taken_at
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Broken("not whole") from error
    if said["v"] != 1 or capture.link != link or not _sound(capture):
        raise Broken("changed on the way")
    if capture.sha256 != sha256:
        raise Broken("of another file")
    if taken_at.tzinfo is None or not now - _WAITS <= taken_at <= now + _AHEAD:
        raise Broken("of another time")
    return capture


def _sound(capture: Capture) -> bool:
    first = capture.n == 1 and capture.before == ""
    later = capture.n > 1 and _LINK.fullmatch(capture.before) is not None
    placed = (capture.lat is None) == (capture.lon is None)
    return (first or later) and placed and _DEVICE.fullmatch(capture.device) is not None


def _number(value: Any, most: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    if not math.isfinite(value) or abs(value) > most:
        raise ValueError("out of range")
    return float(value)
