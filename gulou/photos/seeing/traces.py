"""Traces of editing that a library can tell: who wrote the file, and parts copied within it."""

import io
import re
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SOFTWARE, _HISTORY = 0x0131, 0x02BC
_EDITORS = (
    "photoshop", "lightroom", "gimp", "snapseed", "picsart", "pixelmator", "affinity", "paint.net",
    "canva", "meitu", "美图", "xingtu", "醒图", "photodirector", "facetune", "vsco", "photoscape",
    "pixlr", "coreldraw", "capture one", "darktable", "inshot", "picsew",
)  # fmt: skip
# Where editors leave their name in a JPEG or PNG: before the picture itself.
_HEAD = 128 * 1024

_LONGEST = 1000
_FEATURES = 3000
_NEAR = 0.10
_ALIKE = 120.0
_PATCH = 12
_IDENTICAL = 0.985
_DETAIL = 12.0
_STEP = 6.0


def editor_of(data: bytes) -> str:
    """Which known editor wrote a file, by what it says of itself; else empty."""
    said = _said(data)
    return next((name for name in _EDITORS if name in said), "")


def _said(data: bytes) -> str:
    words = ""
    try:
        with Image.open(io.BytesIO(data)) as image:
            exif = image.getexif()
            words = f"{exif.get(_SOFTWARE, '')} {image.info.get('Software', '')}"
    except Exception:  # noqa: BLE001 - Pillow raises anything at all on malformed files
        words = ""
    tools = re.findall(rb'(?:CreatorTool|softwareAgent)[>="\']{1,3}([^<"\']{1,80})', data[:_HEAD])
    return f"{words} {b' '.join(tools).decode('utf-8', 'replace')}".lower()


def copied(grey: NDArray[np.uint8]) -> int:
    """How many features of a picture are there twice, moved by one and the same way and identical
    around. Repeating patterns (tiles, fences, windows) are left out as far as they give more than
    one way."""
    scale = min(1.0, _LONGEST / max(grey.shape))
    picture = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found: tuple[Any, Any] = cv2.SIFT.create(nfeatures=_FEATURES).detectAndCompute(picture, None)
    points, marks = found
    if marks is None or len(points) < 3:
        return 0
    far = _NEAR * max(picture.shape)
    moves = []
    for first, second, third in cv2.BFMatcher(cv2.NORM_L2).knnMatch(marks, marks, k=3):
        if second.distance > _ALIKE or second.distance > 0.6 * third.distance:
            continue
        a, b = np.array(points[first.queryIdx].pt), np.array(points[second.trainIdx].pt)
        if np.hypot(*(b - a)) > far and _same(np.asarray(picture, np.uint8), a, b):
            moves.append(b - a if tuple(b) > tuple(a) else a - b)
    return _largest_cluster(moves)


def _same(picture: NDArray[np.uint8], a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    one, other = _patch(picture, a), _patch(picture, b)
    if one is None or other is None or one.std() < _DETAIL or other.std() < _DETAIL:
        return False
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1]) >= _IDENTICAL


def _patch(picture: NDArray[np.uint8], at: NDArray[np.float64]) -> NDArray[np.float32] | None:
    x, y = round(float(at[0])), round(float(at[1]))
    part = picture[max(0, y - _PATCH) : y + _PATCH + 1, max(0, x - _PATCH) : x + _PATCH + 1]
    side = 2 * _PATCH + 1
    return part.astype(np.float32) if part.shape == (side, side) else None


def _largest_cluster(moves: list[NDArray[np.float64]]) -> int:
    if not moves:
        return 0
    ways = np.array(moves)
    near = np.hypot(ways[:, None, 0] - ways[None, :, 0], ways[:, None, 1] - ways[None, :, 1])
    return int((near < _STEP).sum(axis=1).max())
