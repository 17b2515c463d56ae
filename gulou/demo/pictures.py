"""Pictures of made-up problems: flat drawings that nobody takes for a photo.

A kind has several scenes; a scene is the same street from the same place, before and after, in the
light of that hour. Every picture says 演示数据.
"""

import io
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

from . import objects
from .objects.strokes import Draw
from .places import setting

DRAWN = (1280, 960)
SIZE = (1024, 768)
# How many streets there are to see each kind of problem in; two for what is rarer.
_MANY = {"rubbish": 5, "bin": 4, "bikes": 5, "shared": 3, "stickers": 4, "hole": 3, "stall": 3,
         "goods": 3}  # fmt: skip
# A colour that lies over the picture, how strongly, and how bright it is.
LIGHT = {
    "sun": ((255, 236, 190), 0.10, 1.04), "grey": ((206, 212, 218), 0.12, 0.97),
    "rain": ((150, 164, 180), 0.26, 0.84), "dusk": ((70, 72, 120), 0.34, 0.80),
    "night": ((22, 28, 58), 0.62, 0.62),
}  # fmt: skip
_FIXED = {"water": "rain", "tree": "rain", "lamp": "night"}


def scenes(kind: str) -> int:
    """How many scenes there are of a kind."""
    return _MANY.get(kind, 2)


def picture(kind: str, scene: int, *, stage: str, dim: bool = False) -> bytes:
    """A JPEG of 1024 × 768: a street with the problem ("before"), less of it ("half"), or without
    ("after"). `dim` is late light and a step aside."""
    rng = Random(f"{kind} {scene}")  # noqa: S311  a drawing, not a secret
    image = Image.new("RGB", DRAWN)
    draw = ImageDraw.Draw(image)
    setting(kind)(draw, rng)
    spot = (rng.randint(470, 760), rng.randint(715, 790))
    share = {"before": 1.0, "half": 0.4, "after": 0.0}[stage]
    objects.draw(kind, draw, spot, Random(f"{kind} {scene} things"), share)  # noqa: S311
    light = _light(kind, rng, stage, dim)
    image = _in_light(image, light)
    if light == "rain":
        _rain(ImageDraw.Draw(image), rng)
    image = _taken(image, Random(f"{kind} {scene} {stage} {dim}"), dim)  # noqa: S311
    _say_what_it_is(image, inverse=stage == "after")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _light(kind: str, rng: Random, stage: str, dim: bool) -> str:
    """The light of the hour. What was put right is seen on another day, mostly a fine one."""
    before = _FIXED.get(kind) or rng.choice(("sun", "sun", "grey", "grey", "rain", "dusk"))
    later = "dusk" if kind == "lamp" else rng.choice(("sun", "sun", "grey"))
    if dim:
        return "dusk"
    return before if stage == "before" else later


def _in_light(image: Image.Image, light: str) -> Image.Image:
    """The colour over the picture and its brightness, by one table for each of red, green, blue."""
    colour, strength, bright = LIGHT[light]
    return image.point(
        [
            min(255, round((shade * (1 - strength) + over * strength) * bright))
            for over in colour
            for shade in range(256)
        ]
    )


def _rain(draw: Draw, rng: Random) -> None:
    for _ in range(190):
        x, y, long = rng.randrange(DRAWN[0]), rng.randrange(DRAWN[1]), rng.randint(22, 46)
        draw.line((x, y, x - long // 4, y + long), fill=(206, 216, 226), width=2)


def _taken(image: Image.Image, rng: Random, dim: bool) -> Image.Image:
    """Nobody stands on quite the same stone twice; drawn larger, so edges are smooth."""
    reach = 22 if dim else 12
    left, top = rng.randint(0, reach), rng.randint(0, reach)
    box = (left, top, DRAWN[0] - 24 + left, DRAWN[1] - 24 + top)
    return image.resize(SIZE, Image.Resampling.BILINEAR, box=box)


@cache
def _label() -> Image.Image:
    """演示数据, as a mask of 8 bits, drawn once and shipped: no font is needed."""
    return Image.open(Path(__file__).parent / "label.png").convert("L")


def _say_what_it_is(image: Image.Image, *, inverse: bool) -> None:
    """White on red, or the other way round: two pictures are not taken for one place by it alone."""
    mask, red, white = _label(), (184, 53, 42), (250, 249, 247)
    ground, letters = (white, red) if inverse else (red, white)
    plate = Image.new("RGB", (mask.width + 36, mask.height + 24), ground)
    # In the middle, where a square copy keeps it whole.
    left, top = (image.width - plate.width) // 2, 22
    image.paste(plate, (left, top))
    image.paste(letters, (left + 18, top + 12), mask)
