"""What a picture says of itself: time, place, accuracy, device, which way is up.

EXIF is written by anybody: whatever is malformed or makes no sense is dropped, never fatal.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image

from gulou.kit.words import clean

_INSIDE, _GPS = 0x8769, 0x8825
_MAKE, _MODEL, _ORIENTATION = 0x010F, 0x0110, 0x0112
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON, _ACCURACY = 1, 2, 3, 4, 31
_TIME = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")
DEVICE_LENGTH = 100
# Beyond this an accuracy says nothing about a street.
_WORST_ACCURACY_M = 100_000


@dataclass(frozen=True)
class Said:
    """What was understood. Time is local, ISO; the offset in minutes; the place in WGS84."""

    taken: str = ""
    offset_minutes: int | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    device: str = ""
    orientation: int = 1


def _text(value: Any) -> str:
    """A field as one clean line: up to its first NUL, printable, inner white space single."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    value = clean(value.split("\0")[0][:1000].encode("utf-8", "replace").decode())
    return " ".join("".join(c if c.isprintable() and c != "\ufffd" else " " for c in value).split())


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _degrees(parts: Any, ref: Any, letters: str, most: float) -> float | None:
    """Degrees, minutes, seconds and a hemisphere letter as a signed angle."""
    try:
        values = [_number(part) for part in parts][:3]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    letter = _text(ref).upper()[:1]
    if not values or letter not in letters or not letter or min(values) < 0:
        return None
    degrees = sum(value / 60**i for i, value in enumerate(values))
    if degrees > most or any(value > 60 for value in values[1:]):
        return None
    signed: float = -degrees if letter == letters[1] else degrees
    return signed


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    lat = _degrees(gps.get(_LAT), gps.get(_LAT_REF), "NS", 90)
    lon = _degrees(gps.get(_LON), gps.get(_LON_REF), "EW", 180)
    # 0, 0 is what a phone without a fix writes, not a place in the Gulf of Guinea.
    if lat is None or lon is None or (lat, lon) == (0, 0):
        return None
    return round(lat, 7), round(lon, 7)


def _accuracy(value: Any) -> float | None:
    try:
        metres = _number(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return round(metres, 2) if 0 < metres <= _WORST_ACCURACY_M else None


def _taken(value: Any) -> str:
    found = _TIME.match(_text(value))
    if not found:
        return ""
    try:
        year, month, day, hour, minute, second = map(int, found.groups())
        return datetime(year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001 - the offset is apart
    except ValueError:
        return ""


def _offset(value: Any) -> int | None:
    found = _OFFSET.match(_text(value))
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return (-minutes if found[1] == "-" else minutes) if minutes <= 14 * 60 else None


def _device(make: Any, model: Any) -> str:
    maker, name = _text(make), _text(model)
    if not name.lower().startswith(maker.lower()):
        name = f"{maker} {name}".strip()
    return name[:DEVICE_LENGTH].strip()


def _part(exif: Image.Exif, tag: int) -> Mapping[int, Any]:
    try:
        return exif.get_ifd(tag)
    except Exception:  # noqa: BLE001 - Pillow raises anything at all on malformed EXIF
        return {}


def said_by(exif: Image.Exif) -> Said:
    """What EXIF says and can be believed. Never raises."""
    try:
        inside, gps = _part(exif, _INSIDE), _part(exif, _GPS)
        place = _place(gps)
        orientation = exif.get(_ORIENTATION)
        return Said(
            taken=_taken(inside.get(_TAKEN)),
            offset_minutes=_offset(inside.get(_TAKEN_OFFSET)),
            lat=place[0] if place else None,
            lon=place[1] if place else None,
            accuracy_m=_accuracy(gps.get(_ACCURACY)) if place else None,
            device=_device(exif.get(_MAKE), exif.get(_MODEL)),
            orientation=orientation
            if isinstance(orientation, int) and 1 <= orientation <= 8
            else 1,
        )
    except Exception:  # noqa: BLE001 - Pillow raises anything at all on malformed EXIF
        return Said()
