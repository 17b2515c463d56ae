"""Perceptual hashes: pictures that look alike have hashes that differ in few bits.

The same numbers as the package imagehash gives (phash and dhash of 8 × 8), without loading numpy
and scipy into the helper: it stays small, so forking it stays cheap. A test holds them together.
"""

import math
from itertools import pairwise

from PIL import Image

_SIDE, _LOW = 32, 8
_COSINES = [
    [math.cos(math.pi * k * (2 * n + 1) / (2 * _SIDE)) for n in range(_SIDE)] for k in range(_LOW)
]


def _hex(bits: list[bool]) -> str:
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):0{len(bits) // 4}x}"


def _grey(image: Image.Image, size: tuple[int, int]) -> list[list[int]]:
    small = image.convert("L").resize(size, Image.Resampling.LANCZOS)
    data = small.tobytes()
    return [list(data[i : i + size[0]]) for i in range(0, len(data), size[0])]


def perceptual_hash(image: Image.Image) -> str:
    """16 hex digits from the low frequencies of a cosine transform (Krawetz's pHash)."""
    rows = [
        [sum(map(float.__mul__, map(float, row), wave)) for wave in _COSINES]
        for row in _grey(image, (_SIDE, _SIDE))
    ]
    low = [
        sum(row[x] * wave[y] for y, row in enumerate(rows))
        for wave in _COSINES
        for x in range(_LOW)
    ]
    middle = sorted(low)
    median = (middle[len(low) // 2 - 1] + middle[len(low) // 2]) / 2
    return _hex([value > median for value in low])


def difference_hash(image: Image.Image) -> str:
    """16 hex digits: is each of 8 × 8 points brighter than its left neighbour?"""
    rows = _grey(image, (_LOW + 1, _LOW))
    return _hex([right > left for row in rows for left, right in pairwise(row)])
