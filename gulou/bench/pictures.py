"""Photos to send: of the size that a telephone sends after scaling down, no two alike."""

import io
import struct

import numpy as np
from PIL import Image

_BYTES = 300_000
_SIZE = (1600, 1200)


def photo(seed: int = 1) -> bytes:
    """A JPEG of about 300 kB that looks like nothing: large patches with grain on them."""
    chance = np.random.default_rng(seed)
    patches = Image.fromarray(chance.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    smooth = np.asarray(patches.resize(_SIZE, Image.Resampling.BICUBIC), dtype=np.int16)
    grain = chance.normal(0, 14, smooth.shape[:2])[..., None]
    image = Image.fromarray((smooth + grain).clip(0, 255).astype(np.uint8))
    made = b""
    for quality in range(20, 96, 5):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        made = file.getvalue()
        if len(made) >= _BYTES:
            break
    return made


def another(jpeg: bytes, number: int) -> bytes:
    """The same picture as a file of its own: with a number in a comment."""
    comment = f"gulou bench {number}".encode()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]
