"""Pictures of made-up problems: flat drawings that nobody takes for a photo.

A scene is drawn from a seed, so the picture after handling shows the same street from the same
place without the problem. Every picture says 演示数据.
"""

import io
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageEnhance

SIZE = (1280, 960)
GROUND = 560
Draw = ImageDraw.ImageDraw
Colour = tuple[int, int, int]


def picture(
    kind: str, seed: int, *, after: bool, late_light: bool = False, visit: int = 0
) -> bytes:
    """A JPEG of 1280 × 960: a street, with the problem on it unless `after`.

    Another `visit` takes the same street from a step beside.
    """
    rng = Random(seed)  # noqa: S311  a drawing, not a secret
    image = _street(rng)
    draw = ImageDraw.Draw(image)
    spot = (rng.randint(430, 780), rng.randint(700, 800))
    if not after:
        PROBLEMS.get(kind, rubbish)(draw, spot, rng)
    else:
        MENDED.get(kind, nothing)(draw, spot, rng)
        # Somebody stands a step aside and an hour later: never quite the same picture.
        aside, down = rng.randint(-9, 9) + 5 * visit, rng.randint(-6, 6) - 3 * visit
        image = image.transform(
            SIZE, Image.Transform.AFFINE, (1, 0, aside, 0, 1, down),
            resample=Image.Resampling.BILINEAR, fillcolor=(205, 203, 196),
        )  # fmt: skip
        image = ImageEnhance.Brightness(image).enhance(0.82 if late_light else 1.05)
    _say_what_it_is(image)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _street(rng: Random) -> Image.Image:
    """Sky, houses with arcades, pavement, kerb, road."""
    sky = rng.choice([(214, 226, 232), (232, 226, 214), (206, 216, 222)])
    image = Image.new("RGB", SIZE, sky)
    draw = ImageDraw.Draw(image)
    x = -rng.randint(0, 120)
    while x < SIZE[0]:
        width, height = rng.randint(180, 320), rng.randint(240, 440)
        _house(draw, x, width, GROUND - height, rng)
        x += width
    draw.rectangle((0, GROUND, SIZE[0], 850), fill=(205, 203, 196))
    for row in range(GROUND, 850, 58):
        draw.line((0, row, SIZE[0], row), fill=(190, 188, 181), width=2)
        for column in range(-60 + (row // 58 % 2) * 60, SIZE[0], 120):
            draw.line((column, row, column - 20, row + 58), fill=(190, 188, 181), width=2)
    draw.rectangle((0, 850, SIZE[0], 872), fill=(228, 226, 220))
    draw.rectangle((0, 872, SIZE[0], SIZE[1]), fill=(104, 106, 110))
    for column in range(40, SIZE[0], 260):
        draw.rectangle((column, 912, column + 130, 922), fill=(232, 230, 222))
    _tree(draw, rng.choice((120, 1110)), rng)
    return image


def _house(draw: Draw, x: int, width: int, top: int, rng: Random) -> None:
    wall = rng.choice([(226, 214, 196), (214, 202, 186), (236, 230, 218), (200, 190, 178)])
    draw.rectangle((x, top, x + width, GROUND), fill=wall, outline=(150, 142, 132))
    draw.polygon([(x - 8, top), (x + width + 8, top), (x + width - 14, top - 34), (x + 14, top - 34)],
                 fill=(98, 92, 88))  # fmt: skip
    for row in range(top + 30, GROUND - 170, 92):
        for column in range(x + 26, x + width - 56, 78):
            draw.rectangle((column, row, column + 42, row + 56), fill=(126, 146, 158),
                           outline=(96, 104, 110), width=3)  # fmt: skip
    shutter = rng.choice([(150, 92, 76), (92, 112, 104), (122, 126, 132)])
    draw.rectangle((x + 22, GROUND - 140, x + width - 22, GROUND), fill=shutter)
    draw.rectangle((x + 12, GROUND - 172, x + width - 12, GROUND - 140), fill=(232, 226, 210))


def _tree(draw: Draw, x: int, rng: Random) -> None:
    draw.rectangle((x - 14, 360, x + 14, 700), fill=(112, 88, 66))
    for _ in range(9):
        cx, cy, r = x + rng.randint(-90, 90), 330 + rng.randint(-90, 70), rng.randint(56, 92)
        draw.ellipse((cx - r, cy - r, cx + r, cy + r),
                     fill=rng.choice([(86, 122, 86), (98, 134, 92), (76, 112, 80)]))  # fmt: skip


def rubbish(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """Bags and boxes in the open."""
    x, y = spot
    for n in range(9):
        cx, cy, r = x + rng.randint(-150, 150), y + rng.randint(-30, 50), rng.randint(34, 62)
        fill = rng.choice([(52, 56, 60), (70, 92, 84), (168, 160, 146), (94, 84, 104)])
        draw.ellipse((cx - r, cy - r, cx + r, cy + r * 0.8), fill=fill, outline=(40, 40, 44))
        draw.polygon([(cx - 10, cy - r), (cx + 10, cy - r), (cx, cy - r + 22)], fill=(40, 40, 44))
        if n % 3 == 0:
            draw.rectangle((cx + r, cy, cx + r + 70, cy + 46), fill=(178, 140, 96),
                           outline=(120, 92, 60), width=3)  # fmt: skip


def bin_full(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A litter bin that overflows."""
    x, y = spot
    draw.rectangle(
        (x - 60, y - 190, x + 60, y + 20), fill=(78, 108, 92), outline=(48, 66, 58), width=4
    )
    rubbish(draw, (x, y + 20), rng)
    for n in range(5):
        cx = x - 50 + n * 25
        draw.ellipse(
            (cx - 26, y - 232, cx + 26, y - 184), fill=(178, 176, 168), outline=(90, 90, 88)
        )


def bin_emptied(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """The same bin, clean."""
    x, y = spot
    draw.rectangle(
        (x - 60, y - 190, x + 60, y + 20), fill=(78, 108, 92), outline=(48, 66, 58), width=4
    )
    draw.rectangle((x - 66, y - 206, x + 66, y - 186), fill=(60, 84, 72))


def nothing(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """The street without the problem."""


def bikes(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """Bicycles and e-bikes parked every way."""
    x, y = spot
    for n in range(6):
        bx, by = x - 260 + n * 96 + rng.randint(-24, 24), y + rng.randint(-40, 40)
        colour = rng.choice([(196, 92, 60), (60, 112, 160), (214, 172, 62), (74, 140, 106)])
        for wheel in (bx, bx + 92):
            draw.ellipse((wheel - 36, by - 36, wheel + 36, by + 36), outline=(50, 52, 56), width=7)
        draw.line((bx, by, bx + 34, by - 62, bx + 74, by - 62, bx + 92, by), fill=colour, width=9)
        draw.line((bx + 34, by - 62, bx + 52, by, bx, by), fill=colour, width=7)
        draw.line(
            (bx + 74, by - 62, bx + 66, by - 92, bx + 96, by - 96), fill=(50, 52, 56), width=7
        )


def post(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A clean post."""
    x, y = spot
    draw.rectangle((x - 46, 240, x + 46, y), fill=(142, 146, 150), outline=(96, 98, 102), width=4)


def stickers(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A post covered with stickers."""
    post(draw, spot, rng)
    x, y = spot
    for _ in range(12):
        sx, sy = x - 40 + rng.randint(0, 44), rng.randint(300, y - 80)
        paper = rng.choice([(248, 244, 222), (250, 222, 120), (244, 190, 190)])
        draw.rectangle((sx, sy, sx + 42, sy + 54), fill=paper, outline=(160, 150, 130))
        for line in range(4):
            draw.line((sx + 6, sy + 10 + line * 11, sx + 36, sy + 10 + line * 11),
                      fill=(150, 80, 70), width=2)  # fmt: skip


def hole(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A broken place in the paving."""
    x, y = spot
    points = []
    for n in range(14):
        angle, r = math.tau * n / 14, rng.randint(86, 158)
        points.append((x + r * math.cos(angle), y + r * 0.42 * math.sin(angle)))
    draw.polygon(points, fill=(88, 82, 76), outline=(60, 56, 52))
    for _ in range(16):
        sx, sy = x + rng.randint(-140, 140), y + rng.randint(-50, 60)
        draw.rectangle((sx, sy, sx + 22, sy + 13), fill=(168, 162, 152), outline=(110, 106, 100))


def cover(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A manhole without its cover."""
    x, y = spot
    draw.ellipse(
        (x - 110, y - 46, x + 110, y + 46), fill=(30, 30, 32), outline=(120, 116, 108), width=12
    )
    draw.ellipse(
        (x + 130, y - 20, x + 330, y + 58), fill=(120, 122, 126), outline=(80, 82, 86), width=9
    )


def cover_back(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """The cover where it belongs."""
    x, y = spot
    draw.ellipse(
        (x - 110, y - 46, x + 110, y + 46), fill=(120, 122, 126), outline=(80, 82, 86), width=9
    )
    for line in (-20, 0, 20):
        draw.line((x - 66, y + line, x + 66, y + line), fill=(92, 94, 98), width=5)


def water(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """Standing water."""
    x, y = spot
    for n in range(4):
        w, h = 330 - n * 60, 78 - n * 15
        shade = 128 + n * 12
        draw.ellipse((x - w, y - h, x + w, y + h), fill=(shade - 22, shade, shade + 22))


def stall(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A stall on the pavement."""
    x, y = spot
    draw.polygon([(x - 210, y - 250), (x + 210, y - 250), (x + 250, y - 170), (x - 250, y - 170)],
                 fill=(190, 76, 62))  # fmt: skip
    for stripe in range(-3, 4):
        draw.line(
            (x + stripe * 60, y - 250, x + stripe * 70, y - 170), fill=(240, 226, 210), width=14
        )
    draw.rectangle(
        (x - 220, y - 60, x + 220, y + 40), fill=(166, 130, 92), outline=(110, 84, 58), width=4
    )
    for n in range(16):
        cx = x - 195 + n * 26
        draw.ellipse((cx - 18, y - 92, cx + 18, y - 56),
                     fill=rng.choice([(222, 140, 56), (172, 58, 52), (132, 162, 72)]))  # fmt: skip


def lamp(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """A street lamp that hangs loose."""
    x, y = spot
    draw.rectangle((x - 9, 180, x + 9, y), fill=(92, 96, 100))
    draw.line((x, 186, x + 130, 236), fill=(92, 96, 100), width=12)
    draw.polygon([(x + 104, 236), (x + 168, 262), (x + 142, 322), (x + 96, 286)], fill=(60, 62, 66))
    draw.line((x + 130, 322, x + 120, 380), fill=(196, 76, 60), width=4)


def lamp_straight(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """The lamp as it should be."""
    x, y = spot
    draw.rectangle((x - 9, 180, x + 9, y), fill=(92, 96, 100))
    draw.line((x, 186, x + 130, 176), fill=(92, 96, 100), width=12)
    draw.ellipse((x + 92, 172, x + 196, 202), fill=(240, 222, 160), outline=(92, 96, 100), width=5)


def poster_up(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """The frame with its advert."""
    x, y = spot
    draw.rectangle(
        (x - 170, 430, x + 170, 660), fill=(196, 74, 58), outline=(112, 108, 100), width=10
    )
    draw.ellipse((x - 60, 470, x + 60, 590), fill=(244, 214, 140))
    draw.rectangle((x - 120, 612, x + 120, 634), fill=(250, 236, 214))
    for foot in (x - 140, x + 130):
        draw.rectangle((foot, 660, foot + 14, y), fill=(112, 108, 100))


def poster_gone(draw: Draw, spot: tuple[int, int], rng: Random) -> None:
    """An empty frame where a public-interest advert should be."""
    x, y = spot
    draw.rectangle(
        (x - 170, 430, x + 170, 660), fill=(236, 234, 228), outline=(112, 108, 100), width=10
    )
    draw.rectangle((x - 150, 450, x - 20, 560), fill=(206, 190, 160))
    draw.line((x - 20, 560, x + 60, 470, x + 110, 600), fill=(180, 170, 150), width=5)
    for foot in (x - 140, x + 130):
        draw.rectangle((foot, 660, foot + 14, y), fill=(112, 108, 100))


PROBLEMS: dict[str, Callable[[Draw, tuple[int, int], Random], None]] = {
    "rubbish": rubbish, "bin": bin_full, "bikes": bikes, "stickers": stickers, "hole": hole,
    "cover": cover, "water": water, "stall": stall, "lamp": lamp, "poster": poster_gone,
}  # fmt: skip


# Where something stays after the problem is gone.
MENDED: dict[str, Callable[[Draw, tuple[int, int], Random], None]] = {
    "bin": bin_emptied, "stickers": post, "cover": cover_back, "lamp": lamp_straight,
    "poster": poster_up,
}  # fmt: skip


@cache
def _label() -> Image.Image:
    """演示数据, as a mask of 8 bits, drawn once and shipped: no font is needed."""
    return Image.open(Path(__file__).parent / "label.png").convert("L")


def _say_what_it_is(image: Image.Image) -> None:
    mask = _label()
    left, top = 28, 28
    plate = Image.new("RGB", (mask.width + 36, mask.height + 24), (184, 53, 42))
    image.paste(plate, (left, top))
    image.paste((250, 249, 247), (left + 18, top + 12), mask)
