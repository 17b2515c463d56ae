"""What all drawings of things share."""

from collections.abc import Callable
from random import Random

from PIL import ImageDraw

Draw = ImageDraw.ImageDraw
Spot = tuple[int, int]
Thing = Callable[[Draw, Spot, Random, float], None]
DARK = (50, 52, 56)


def some(count: int, share: float) -> int:
    """How many of `count` are there at this share."""
    return round(count * share)
