"""Where the made-up pictures are taken: a street, a shop front, a courtyard, a river, a site."""

from collections.abc import Callable
from random import Random

from .objects.strokes import Draw

WIDE, HIGH, GROUND = 1280, 960, 560
Colour = tuple[int, int, int]
WALLS = ((226, 214, 196), (214, 202, 186), (236, 230, 218), (200, 190, 178), (222, 206, 198))
GLASS, GLASS_EDGE = (126, 146, 158), (96, 104, 110)


def setting(kind: str) -> Callable[[Draw, Random], None]:
    """The place that fits a kind of problem."""
    return _SETTINGS.get(kind, street)


def street(draw: Draw, rng: Random) -> None:
    """Old houses with arcades, a pavement with its tactile strip, a road."""
    _sky(draw)
    x = -rng.randint(0, 120)
    while x < WIDE:
        width, height = rng.randint(190, 330), rng.randint(240, 440)
        _house(draw, x, width, GROUND - height, rng)
        x += width
    _pavement(draw)
    _tree(draw, rng.choice((110, 1160)), rng)


def shops(draw: Draw, rng: Random) -> None:
    """A row of shops, each with its sign."""
    _sky(draw)
    draw.rectangle((0, 60, WIDE, GROUND), fill=rng.choice(WALLS))
    for column in range(30, WIDE, 118):
        draw.rectangle((column, 96, column + 66, 196), fill=GLASS, outline=GLASS_EDGE, width=3)
    x = -rng.randint(20, 90)
    while x < WIDE:
        width = rng.randint(270, 380)
        sign = rng.choice([(178, 52, 44), (38, 96, 132), (44, 118, 86), (196, 132, 40)])
        draw.rectangle((x + 8, 236, x + width - 8, 306), fill=sign)
        for n in range(4):
            left = x + width // 2 - 118 + n * 60
            draw.rectangle((left, 252, left + 42, 290), outline=(250, 244, 226), width=6)
        draw.rectangle((x + 8, 312, x + width - 8, GROUND), fill=(92, 104, 110))
        draw.rectangle((x + 22, 326, x + width // 2, GROUND), fill=(176, 192, 196))
        draw.rectangle((x + width // 2 + 12, 326, x + width - 26, 500), fill=(158, 176, 180))
        x += width
    _pavement(draw)


def yard(draw: Draw, rng: Random) -> None:
    """Between blocks of flats: a door with its roof, grass, a path."""
    _sky(draw)
    wall = rng.choice(WALLS)
    draw.rectangle((0, 0, WIDE, 600), fill=wall)
    for row in range(20, 380, 116):
        for column in range(36, WIDE, 150):
            draw.rectangle(
                (column, row, column + 86, row + 70), fill=GLASS, outline=GLASS_EDGE, width=4
            )
            draw.rectangle((column - 6, row + 74, column + 92, row + 84), fill=(150, 142, 132))
    door = rng.randint(520, 660)
    draw.rectangle((door - 150, 392, door + 150, 424), fill=(128, 122, 116))
    draw.rectangle((door - 96, 424, door + 96, 600), fill=(86, 66, 56))
    draw.rectangle((door - 84, 440, door - 6, 600), fill=(112, 88, 72))
    draw.rectangle((door + 6, 440, door + 84, 600), fill=(112, 88, 72))
    draw.rectangle((0, 600, WIDE, HIGH), fill=(196, 192, 182))
    draw.rectangle((0, 600, door - 190, 690), fill=(118, 148, 98))
    draw.rectangle((door + 190, 600, WIDE, 690), fill=(118, 148, 98))
    for row in range(690, HIGH, 90):
        draw.line((0, row, WIDE, row), fill=(178, 174, 164), width=3)
    _tree(draw, rng.choice((110, 1170)), rng)


def river(draw: Draw, rng: Random) -> None:
    """A canal with its far bank and a railing on ours."""
    _sky(draw)
    for x in range(-60, WIDE + 60, 118):
        r = rng.randint(70, 110)
        draw.ellipse((x - r, 330 - r, x + r, 330 + r), fill=rng.choice(LEAVES))
    draw.rectangle((0, 380, WIDE, 440), fill=(156, 150, 138))
    draw.rectangle((0, 440, WIDE, 860), fill=(112, 146, 146))
    for _ in range(60):
        x, y, w = rng.randrange(WIDE), rng.randint(452, 850), rng.randint(40, 130)
        draw.line((x, y, x + w, y), fill=(132, 166, 164), width=3)
    draw.rectangle((0, 860, WIDE, HIGH), fill=(190, 186, 176))
    draw.rectangle((0, 832, WIDE, 846), fill=(96, 98, 100))
    for x in range(20, WIDE, 106):
        draw.rectangle((x, 832, x + 12, 916), fill=(96, 98, 100))


def site(draw: Draw, rng: Random) -> None:
    """A building site behind its blue hoarding, with a crane."""
    _sky(draw)
    x = rng.randint(700, 900)
    draw.rectangle((x, 60, x + 16, GROUND), fill=(206, 158, 44))
    draw.rectangle((x - 380, 84, x + 190, 98), fill=(206, 158, 44))
    draw.line((x - 300, 98, x - 300, 240), fill=(80, 80, 80), width=4)
    left = rng.randint(120, 260)
    draw.rectangle((left, 170, left + 330, GROUND), fill=(176, 172, 166))
    for row in range(190, 540, 74):
        for column in range(left + 16, left + 310, 78):
            draw.rectangle((column, row, column + 54, row + 50), fill=(112, 112, 112))
    _hoarding(draw)
    _road(draw)


def _hoarding(draw: Draw) -> None:
    """The hoarding round the site, whole."""
    for n, x in enumerate(range(0, WIDE, 128)):
        fill = (52, 110, 160) if n % 2 else (62, 122, 172)
        draw.rectangle((x, 430, x + 124, 650), fill=fill, outline=(226, 232, 236), width=4)


LEAVES: tuple[Colour, ...] = ((86, 122, 86), (98, 134, 92), (76, 112, 80))


def _sky(draw: Draw) -> None:
    draw.rectangle((0, 0, WIDE, GROUND), fill=(206, 222, 232))


def _pavement(draw: Draw) -> None:
    """Slabs, the yellow strip for the blind, the kerb, the road."""
    slab, joint = (205, 203, 196), (190, 188, 181)
    draw.rectangle((0, GROUND, WIDE, 850), fill=slab)
    for row in range(GROUND, 850, 58):
        draw.line((0, row, WIDE, row), fill=joint, width=2)
        for column in range(-60 + (row // 58 % 2) * 60, WIDE, 120):
            draw.line((column, row, column - 20, row + 58), fill=joint, width=2)
    draw.rectangle((0, 786, WIDE, 818), fill=(222, 182, 70))
    for row in (794, 802, 810):
        draw.line((0, row, WIDE, row), fill=(196, 156, 50), width=3)
    draw.rectangle((0, 850, WIDE, 872), fill=(228, 226, 220))
    draw.rectangle((0, 872, WIDE, HIGH), fill=(104, 106, 110))
    for column in range(40, WIDE, 260):
        draw.rectangle((column, 912, column + 130, 922), fill=(232, 230, 222))


def _road(draw: Draw) -> None:
    draw.rectangle((0, 650, WIDE, HIGH), fill=(112, 112, 114))
    draw.rectangle((0, 650, WIDE, 684), fill=(170, 166, 158))
    for column in range(20, WIDE, 240):
        draw.rectangle((column, 870, column + 130, 884), fill=(232, 230, 222))


def _house(draw: Draw, x: int, width: int, top: int, rng: Random) -> None:
    draw.rectangle((x, top, x + width, GROUND), fill=rng.choice(WALLS), outline=(150, 142, 132))
    draw.polygon([(x - 8, top), (x + width + 8, top), (x + width - 14, top - 34), (x + 14, top - 34)],
                 fill=(98, 92, 88))  # fmt: skip
    for row in range(top + 30, GROUND - 190, 92):
        for column in range(x + 26, x + width - 56, 78):
            draw.rectangle((column, row, column + 42, row + 56), fill=GLASS, outline=GLASS_EDGE,
                           width=3)  # fmt: skip
    shutter = rng.choice([(150, 92, 76), (92, 112, 104), (122, 126, 132)])
    draw.rectangle((x + 22, GROUND - 140, x + width - 22, GROUND), fill=shutter)
    for row in range(GROUND - 126, GROUND, 22):
        draw.line((x + 22, row, x + width - 22, row), fill=(70, 74, 76), width=1)
    draw.rectangle((x + 12, GROUND - 172, x + width - 12, GROUND - 140), fill=(232, 226, 210))


def _tree(draw: Draw, x: int, rng: Random) -> None:
    draw.rectangle((x - 16, 360, x + 16, 700), fill=(112, 88, 66))
    for _ in range(11):
        cx, cy, r = x + rng.randint(-96, 96), 320 + rng.randint(-100, 80), rng.randint(56, 96)
        draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=rng.choice(LEAVES))


_SETTINGS: dict[str, Callable[[Draw, Random], None]] = {
    "goods": shops, "stall": shops, "shared": shops, "yard": yard, "firelane": yard,
    "furniture": yard, "river": river, "dust": site, "hoarding": site, "heap": street,
    "bin": shops,
}  # fmt: skip
