"""A plain JPEG is known to be whole by its frame alone: what cameras and browsers write.

Nothing of the picture is decoded here, so this is safe in the web process: bounded reading of
numbers, in Python. Whatever is not plain in every respect is left to a child and its decoder.
"""

import re
import struct
import warnings
from dataclasses import dataclass, field
from mmap import mmap

from PIL import Image

from gulou.photos.decoding import exif

_SOF, _DHT, _SOS, _DQT, _DRI, _APP1, _COM = 0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE1, 0xFE
_END = b"\xff\xd9"
# Behind the header of a scan: the next marker that is neither a byte of it nor a restart.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7]")
_EXIF = b"Exif\0\0"
_DC_ONLY = 15
_MOST_FIELDS = 100
# A camera writes a dozen segments, and at most four tables of each kind.
_MOST_SEGMENTS = 400
_MOST_CODES, _MOST_QUANTIZERS = 2_200, 520
_PARTS = (0x8769, 0x8825)
_RESOLUTION = 0x011A
# What is wrong with the EXIF of others is nothing for our log.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")


@dataclass(frozen=True)
class Plain:
    """Width and height as seen, and what the picture says of itself."""

    width: int
    height: int
    said: exif.Said


class _Odd(Exception):
    """It is not plain."""


@dataclass
class _Tables:
    """What was defined so far."""

    pixels: tuple[int, int] = (0, 0)
    quantizers: set[int] = field(default_factory=set)
    codes: set[int] = field(default_factory=set)
    """0 to 3 for first values, 16 to 19 for the others."""
    parts: dict[int, int] = field(default_factory=dict)
    """Which quantizer each component takes."""
    exif: bytes = b""


def plain(data: bytes | mmap, *, most_pixels: int) -> Plain | None:
    """What is known of a JPEG, if it is a plain one and there to its end; else None."""
    try:
        found = _Tables()
        end = _read(data, found)
        if data[end : end + 2] != _END or not 0 < _area(found.pixels) <= most_pixels:
            return None
        said = _said(found.exif)
    except (_Odd, struct.error, IndexError):
        return None
    width, height = found.pixels if said.orientation < 5 else found.pixels[::-1]
    return Plain(width, height, said)


def _area(pixels: tuple[int, int]) -> int:
    return pixels[0] * pixels[1]


def _read(data: bytes | mmap, found: _Tables) -> int:
    """Read all up to the scan, and where the scan ends."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        begin, marker, length = struct.unpack_from(">BBH", data, at)
        body = data[at + 4 : at + 2 + length]
        if begin != 0xFF or length < 2 or len(body) != length - 2:
            raise _Odd
        at += 2 + length
        if marker == _SOS:
            _scan(body, found)
            behind = _MARKER.search(data, at)
            return behind.start() if behind else len(data)
        _segment(marker, body, found)
    raise _Odd


def _segment(marker: int, body: bytes, found: _Tables) -> None:
    if marker == _SOF and not found.parts:
        _frame(body, found)
    elif marker == _DHT:
        _huffman(body, found)
    elif marker == _DQT:
        _quantizers(body, found)
    elif marker == _APP1 and body.startswith(_EXIF):
        found.exif = found.exif or body
    elif not (0xE0 <= marker <= 0xEF or marker == _COM or (marker == _DRI and len(body) == 2)):
        raise _Odd


def _frame(body: bytes, found: _Tables) -> None:
    """Eight bits a value, grey or three colours."""
    bits, height, width, count = struct.unpack_from(">BHHB", body)
    if bits != 8 or count not in (1, 3) or len(body) != 6 + 3 * count:
        raise _Odd
    for at in range(6, len(body), 3):
        name, sampling, quantizer = body[at : at + 3]
        if not (sampling >> 4 in (1, 2, 4) and sampling & 15 in (1, 2, 4)):
            raise _Odd
        found.parts[name] = quantizer
    if len(found.parts) != count:
        raise _Odd
    found.pixels = (width, height)


def _quantizers(body: bytes, found: _Tables) -> None:
    at = 0
    if len(body) > _MOST_QUANTIZERS:
        raise _Odd
    while at < len(body):
        size = 64 << (body[at] >> 4)
        if body[at] >> 4 > 1 or body[at] & 15 > 3 or at + 1 + size > len(body):
            raise _Odd
        found.quantizers.add(body[at] & 15)
        at += 1 + size


def _huffman(body: bytes, found: _Tables) -> None:
    """Tables whose codes fit their lengths, as a decoder wants them."""
    at = 0
    if len(body) > _MOST_CODES:
        raise _Odd
    while at < len(body):
        name, counts = body[at], body[at + 1 : at + 17]
        values = body[at + 17 : at + 17 + sum(counts)]
        if name not in (0, 1, 2, 3, 16, 17, 18, 19) or len(counts) != 16:
            raise _Odd
        if len(values) != sum(counts) or not 0 < len(values) <= 256:
            raise _Odd
        code = 0
        for bits, count in enumerate(counts, 1):
            code += count
            # The code of ones alone is for nothing.
            if code >= 1 << bits and count:
                raise _Odd
            code <<= 1
        if name < 16 and max(values) > _DC_ONLY:
            raise _Odd
        found.codes.add(name)
        at += 17 + len(values)


def _scan(body: bytes, found: _Tables) -> None:
    """One scan of all components, with tables that there are."""
    names = body[1:-3:2]
    if body[0] != len(found.parts) or len(body) != 4 + 2 * body[0]:
        raise _Odd
    if list(names) != list(found.parts) or body[-3:] != b"\x00\x3f\x00":
        raise _Odd
    for one in body[2:-3:2]:
        if one >> 4 not in found.codes or 16 + (one & 15) not in found.codes:
            raise _Odd
    if not set(found.parts.values()) <= found.quantizers:
        raise _Odd


def _said(raw: bytes) -> exif.Said:
    """What EXIF of an ordinary length says. Fields may lie on top of each other: few of them with
    few values take little memory and time, whatever they claim."""
    if not raw:
        return exif.Said()
    said = Image.Exif()
    try:
        _check_fields(raw, int(struct.unpack_from(f"{_order(raw)}I", raw, 10)[0]))
        said.load(raw)
        for part in _PARTS:
            if part in said:
                _check_fields(raw, said[part])
        resolution = said.get(_RESOLUTION, 0)
    except Exception:  # noqa: BLE001 - Pillow raises anything at all on malformed EXIF
        raise _Odd from None
    if isinstance(resolution, tuple | str | bytes) and len(resolution) < 2:
        raise _Odd  # Pillow's JPEG reader fails on it.
    return exif.said_by(said)


def _check_fields(raw: bytes, at: int) -> None:
    """So many fields only in the part of EXIF that begins there, and together no more values than
    there are bytes: Pillow makes an object of each."""
    order, begin = _order(raw), len(_EXIF) + at
    (fields,) = struct.unpack_from(f"{order}H", raw, begin)
    if fields > _MOST_FIELDS:
        raise _Odd
    lines = struct.iter_unpack(f"{order}HHI4x", raw[begin + 2 : begin + 2 + 12 * fields])
    if sum(count for _tag, _kind, count in lines) > len(raw):
        raise _Odd


def _order(raw: bytes) -> str:
    return {b"II": "<", b"MM": ">"}[raw[6:8]]
