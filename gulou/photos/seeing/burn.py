"""Covering parts of a picture so that nobody can bring them back."""

import io
from collections.abc import Sequence

from PIL import Image

from gulou.photos.seeing.boxes import MARGIN, Box

# So many colours are left of what is covered, each way: nobody is known by them.
_CELLS = 3


def burn(jpeg: bytes, boxes: Sequence[Box], *, quality: int) -> bytes:
    """The JPEG with each box painted over by a few mean colours of what was there."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        image = opened.convert("RGB")
    for box in boxes:
        _paint(image, box)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _paint(image: Image.Image, box: Box) -> None:
    left, top, width, height = box
    area = (
        max(0, int((left - MARGIN * width) * image.width)),
        max(0, int((top - MARGIN * height) * image.height)),
        min(image.width, int((left + (1 + MARGIN) * width) * image.width) + 1),
        min(image.height, int((top + (1 + MARGIN) * height) * image.height) + 1),
    )
    size = (area[2] - area[0], area[3] - area[1])
    if min(size) < 1:
        return
    few = image.crop(area).resize((_CELLS, _CELLS), Image.Resampling.BOX)
    image.paste(few.resize(size, Image.Resampling.BICUBIC), area[:2])
