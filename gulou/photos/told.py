"""What the phone that sent a picture says of it beside the file.

A phone scales what was chosen from its files, and scaling takes EXIF off: place and time were read
before. Where somebody moved the pin of one photo, the place is what that person says.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gulou.kit import clock

FROM_FILE = "photo"
_SOURCES = frozenset({FROM_FILE, "device", "wechat", "pin"})
_FARTHEST_M = 100_000.0
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """Degrees in WGS84, metres, an ISO time with its offset; None where the phone knew nothing."""

    taken: str | None
    lat: float | None
    lon: float | None
    accuracy: float | None
    source: str

    @property
    def from_file(self) -> bool:
        """Whether the place was read from the file before it was scaled."""
        return self.source == FROM_FILE

    def kept(self) -> dict[str, Any]:
        """As it lies in the database."""
        return asdict(self)


def read(said: Mapping[str, str]) -> Told | None:
    """What of this makes sense; None where nothing does. It is never refused for it."""
    lat, lon = _number(said.get("lat"), 90), _number(said.get("lon"), 180)
    if lat is None or lon is None:
        lat = lon = None
    told = Told(
        taken=_time(said.get("taken")), lat=lat, lon=lon,
        accuracy=_number(said.get("accuracy"), _FARTHEST_M) if lat is not None else None,
        source=source if lat is not None and (source := said.get("source", "")) in _SOURCES else "",
    )  # fmt: skip
    return told if told.taken or told.source else None


def _number(text: str | None, most: float) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= most else None


def _time(text: str | None) -> str | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if at.tzinfo is None or not _FIRST < at < clock.now() + timedelta(days=1):
        return None
    return at.isoformat()
