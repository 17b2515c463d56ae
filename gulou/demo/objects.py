"""What is wrong in the made-up pictures, and what stays when it has been put right."""

import math
from collections.abc import Callable
from random import Random
from typing import Any

from PIL import ImageDraw

Draw = ImageDraw.ImageDraw
Spot = tuple[int, int]
Thing = Callable[[Draw, Spot, Random, float], None]
DARK = (50, 52, 56)


def draw(kind: str, on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """The problem of this kind, or the part of it that is left; 0: as it should be."""
    thing = THINGS.get(kind)
    if thing is not None:
        thing(on, spot, rng, share)


def _some(count: int, share: float) -> int:
    return round(count * share)


def rubbish(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Tied bags and boxes in the open, with flies."""
    x, y = spot
    for n in range(_some(11, share)):
        cx, cy, r = x + rng.randint(-190, 190), y + rng.randint(-50, 60), rng.randint(50, 84)
        fill = rng.choice(
            [(44, 48, 52), (52, 56, 60), (62, 92, 128), (168, 160, 146), (172, 66, 58)]
        )
        on.ellipse((cx - r, cy - r, cx + r, cy + r * 0.8), fill=fill, outline=(30, 30, 34), width=3)
        on.polygon([(cx - 14, cy - r - 14), (cx + 14, cy - r - 14), (cx, cy - r + 20)], fill=fill,
                   outline=(30, 30, 34))  # fmt: skip
        on.arc((cx - r * 0.6, cy - r * 0.6, cx + r * 0.3, cy + r * 0.3), 180, 260,
               fill=(120, 124, 130), width=4)  # fmt: skip
        if n % 3 == 0:
            on.rectangle((cx + r, cy, cx + r + 84, cy + 56), fill=(178, 140, 96),
                         outline=(120, 92, 60), width=3)  # fmt: skip
            on.line((cx + r, cy + 18, cx + r + 84, cy + 18), fill=(206, 176, 130), width=8)
    for _ in range(_some(14, share)):
        fx, fy = x + rng.randint(-200, 200), y + rng.randint(-150, -60)
        on.ellipse((fx - 4, fy - 3, fx + 4, fy + 3), fill=(20, 20, 20))


def litter_bin(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Two bins on a post; full they overflow."""
    x, y = spot
    for side, fill in ((-84, (58, 112, 170)), (84, (88, 94, 98))):
        on.rectangle(
            (x + side - 70, y - 210, x + side + 70, y + 20), fill=fill, outline=DARK, width=5
        )
        on.rectangle((x + side - 46, y - 184, x + side + 46, y - 140), fill=(26, 28, 30))
        on.ellipse((x + side - 24, y - 96, x + side + 24, y - 48), outline=(240, 240, 236), width=7)
    on.polygon([(x - 176, y - 216), (x + 176, y - 216), (x + 140, y - 256), (x - 140, y - 256)],
               fill=(60, 66, 70))  # fmt: skip
    if not share:
        return
    for n in range(_some(6, share)):
        cx = x - 130 + n * 52
        on.ellipse((cx - 32, y - 204, cx + 32, y - 146), fill=rng.choice([(232, 232, 226), (214, 184, 140), (190, 60, 54)]),
                   outline=(90, 90, 88), width=3)  # fmt: skip
    for _ in range(_some(26, share)):
        cx, cy = x + rng.randint(-250, 250), y + rng.randint(0, 66)
        on.rectangle((cx, cy, cx + rng.randint(16, 40), cy + rng.randint(12, 26)),
                     fill=rng.choice([(244, 244, 240), (206, 66, 58), (222, 182, 92), (96, 150, 190)]),
                     outline=(110, 108, 100))  # fmt: skip
    rubbish(on, (x + 40, y + 30), rng, 0.35 * share)


def _bike(on: Draw, x: int, y: int, colour: Any, *, electric: bool, fallen: bool = False) -> None:
    """One bicycle or scooter, seen from the side; a fallen one lies flat."""
    flat = 0.45 if fallen else 1.0

    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx, y + dy * flat

    for wheel in (0, 108):
        on.ellipse((*at(wheel - 36, -36), *at(wheel + 36, 36)), outline=DARK, width=9)
        on.ellipse((*at(wheel - 8, -8), *at(wheel + 8, 8)), fill=DARK)
    if electric:
        on.polygon([at(-8, -26), at(28, -72), at(60, -76), at(66, -30), at(112, -26), at(106, -96),
                    at(88, -110), at(84, -14), at(22, -8)], fill=colour, outline=DARK)  # fmt: skip
        on.rounded_rectangle((*at(0, -92), *at(62, -74)), 8, fill=(34, 36, 38))
        on.line([at(100, -96), at(94, -134), at(70, -140)], fill=DARK, width=8)
        on.ellipse((*at(98, -122), *at(118, -100)), fill=(246, 236, 190), outline=DARK, width=3)
    else:
        on.line([at(0, 0), at(36, -62), at(84, -62), at(108, 0)], fill=colour, width=12)
        on.line([at(36, -62), at(56, 0), at(0, 0)], fill=colour, width=10)
        on.line([at(36, -62), at(30, -84)], fill=DARK, width=7)
        on.rectangle((*at(16, -92), *at(50, -82)), fill=(34, 36, 38))
        on.line([at(84, -62), at(78, -98), at(106, -104)], fill=DARK, width=8)
        on.rectangle((*at(96, -98), *at(136, -64)), outline=DARK, width=5)


PAINTS = ((196, 60, 52), (60, 112, 170), (240, 240, 236), (74, 140, 106), (232, 160, 52))


def bikes(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """E-bikes every way, over the strip for the blind; put right, they stand in line."""
    x, y = spot
    if not share:
        on.rectangle((720, 640, 1240, 764), outline=(250, 250, 246), width=6)
        for n in range(4):
            _bike(on, 746 + n * 122, 718, PAINTS[n % 5], electric=True)
        return
    for n in range(_some(9, share)):
        bx = x - 400 + n * 106 + rng.randint(-30, 30)
        _bike(on, bx, y + rng.randint(-70, 46), rng.choice(PAINTS), electric=True)


def shared(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Shared bicycles of one colour in a heap; put right, a row."""
    x, y = spot
    colour = rng.choice([(244, 200, 40), (44, 150, 220), (60, 190, 120)])
    if not share:
        for n in range(6):
            _bike(on, 460 + n * 124, 690, colour, electric=False)
        return
    for n in range(_some(15, share)):
        bx, by = x - 460 + (n % 8) * 112 + rng.randint(-26, 26), y - 90 + n // 8 * 84
        _bike(on, bx, by + rng.randint(-20, 30), colour, electric=False, fallen=rng.random() < 0.5)


def yard(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """E-bikes before the door of a house; put right, in painted bays beside it."""
    if not share:
        for n in range(4):
            left = 830 + n * 108
            on.rectangle((left, 706, left + 104, 850), outline=(250, 250, 246), width=5)
        for n in range(2):
            _bike(on, 850 + n * 170, 800, PAINTS[n], electric=True)
        return
    for n in range(_some(7, share)):
        _bike(on, 340 + n * 104 + rng.randint(-20, 20), 690 + rng.randint(-50, 60),
              rng.choice(PAINTS), electric=True)  # fmt: skip


def stickers(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A box and a post covered with paper; put right, bare."""
    x, y = spot
    on.rectangle((x - 210, 330, x + 110, y), fill=(132, 148, 140), outline=(90, 100, 96), width=6)
    on.line((x - 50, 330, x - 50, y), fill=(96, 108, 102), width=5)
    on.rectangle((x + 160, 120, x + 220, y), fill=(150, 154, 158), outline=(96, 98, 102), width=4)
    for n in range(_some(26, share)):
        post = n % 3 == 0
        sx = x + 158 + rng.randint(0, 10) if post else x - 200 + rng.randint(0, 240)
        sy = rng.randint(220 if post else 344, y - 96)
        paper = rng.choice([(250, 246, 226), (250, 222, 110), (246, 186, 190), (190, 226, 246)])
        on.rectangle((sx, sy, sx + 52, sy + 68), fill=paper, outline=(150, 140, 120), width=2)
        on.rectangle((sx + 7, sy + 8, sx + 45, sy + 20), fill=(186, 50, 44))
        for line in range(3):
            on.line((sx + 7, sy + 30 + line * 12, sx + 45, sy + 30 + line * 12),
                    fill=(70, 70, 74), width=3)  # fmt: skip


def hole(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A broken place in the paving, stones beside it; put right, new slabs."""
    x, y = spot
    if not share:
        for n in range(6):
            left, top = x - 180 + n % 3 * 120, y - 60 + n // 3 * 58
            on.rectangle(
                (left, top, left + 116, top + 54),
                fill=(222, 220, 214),
                outline=(170, 168, 160),
                width=3,
            )
        return
    wide = 0.55 + 0.45 * share
    points = []
    for n in range(16):
        angle, r = math.tau * n / 16, rng.randint(130, 220) * wide
        points.append((x + r * math.cos(angle), y + r * 0.42 * math.sin(angle)))
    on.polygon(points, fill=(98, 84, 70), outline=(52, 46, 42), width=6)
    on.polygon(
        [(x + (px - x) * 0.62, y + 8 + (py - y) * 0.62) for px, py in points], fill=(64, 54, 46)
    )
    for _ in range(_some(18, share)):
        sx, sy = x + rng.randint(-230, 230), y + rng.randint(-84, 100)
        on.polygon([(sx, sy), (sx + 40, sy - 8), (sx + 52, sy + 18), (sx + 10, sy + 24)],
                   fill=(176, 170, 160), outline=(110, 106, 100))  # fmt: skip


def cover(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A manhole without its cover, or with it."""
    x, y = spot
    if share:
        on.ellipse(
            (x - 150, y - 62, x + 150, y + 62), fill=(16, 16, 18), outline=(126, 120, 110), width=16
        )
        on.ellipse(
            (x + 170, y - 6, x + 430, y + 88), fill=(112, 116, 120), outline=(70, 72, 76), width=12
        )
        for n in range(-2, 3):
            on.line(
                (x + 210, y + 42 + n * 13, x + 390, y + 42 + n * 13), fill=(84, 88, 92), width=5
            )
        return
    on.ellipse(
        (x - 150, y - 62, x + 150, y + 62), fill=(112, 116, 120), outline=(70, 72, 76), width=14
    )
    for n in range(-2, 3):
        on.line((x - 96, y + n * 18, x + 96, y + n * 18), fill=(84, 88, 92), width=7)


def water(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """The road under water; put right, the grating is free."""
    x, _y = spot
    if share:
        top = 700 if share > 0.5 else 820
        on.rectangle((0, top, 1280, 960), fill=(112, 134, 148))
        for _ in range(_some(46, share)):
            cx, cy, w = rng.randrange(1280), rng.randint(top + 8, 950), rng.randint(50, 150)
            on.arc((cx, cy, cx + w, cy + w * 0.28), 180, 360, fill=(176, 196, 206), width=4)
        on.rectangle(
            (x - 60, top - 150, x + 60, top + 8), fill=(240, 196, 44), outline=DARK, width=5
        )
        on.polygon([(x, top - 130), (x + 42, top - 52), (x - 42, top - 52)], fill=DARK)
        return
    on.rectangle((x - 120, 876, x + 120, 924), fill=(60, 62, 66), outline=(150, 150, 146), width=6)
    for bar in range(-100, 110, 24):
        on.line((x + bar, 880, x + bar, 920), fill=(20, 20, 22), width=8)


def tree(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A tree that has come down over the pavement; put right, a young one held by stakes."""
    x, y = spot
    if share:
        on.line((x - 420, y + 70, x + 200, y - 130), fill=(104, 78, 56), width=44)
        on.polygon(
            [(x - 470, y + 40), (x - 390, y + 20), (x - 400, y + 110), (x - 480, y + 120)],
            fill=(86, 62, 44),
        )
        for _ in range(_some(26, share)):
            cx, cy, r = (
                x + 230 + rng.randint(-210, 190),
                y - 110 + rng.randint(-120, 130),
                rng.randint(44, 84),
            )
            on.ellipse(
                (cx - r, cy - r * 0.8, cx + r, cy + r * 0.8),
                fill=rng.choice([(70, 108, 70), (88, 126, 80), (62, 96, 66)]),
            )
        return
    on.rectangle((x - 12, 330, x + 12, y), fill=(112, 88, 66))
    for side in (-90, 90):
        on.line((x + side, y, x, 500), fill=(176, 142, 96), width=14)
    for _ in range(9):
        cx, cy, r = x + rng.randint(-70, 70), 300 + rng.randint(-70, 50), rng.randint(44, 70)
        on.ellipse(
            (cx - r, cy - r, cx + r, cy + r), fill=rng.choice([(98, 140, 88), (84, 126, 78)])
        )


def leaves(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Fallen leaves and cut branches."""
    x, y = spot
    for _ in range(_some(420, share)):
        cx, cy = x + rng.gauss(0, 230), y + 30 + rng.gauss(0, 44)
        on.ellipse(
            (cx - 17, cy - 7, cx + 17, cy + 7),
            fill=rng.choice([(196, 148, 58), (172, 112, 46), (210, 176, 84), (134, 128, 60)]),
        )
    for _ in range(_some(9, share)):
        cx = x + rng.randint(-200, 120)
        on.line(
            (cx, y + rng.randint(-60, 20), cx + 190, y + rng.randint(-50, 40)),
            fill=(104, 78, 56),
            width=11,
        )


def stall(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A stall under its parasol; half of it is the cart alone."""
    x, y = spot
    if not share:
        return
    if share > 0.5:
        on.rectangle((x - 8, y - 330, x + 8, y - 40), fill=(150, 150, 150))
        on.polygon([(x, y - 420), (x + 330, y - 290), (x - 330, y - 290)], fill=(200, 62, 52))
        for left in (-220, 0):
            on.polygon(
                [(x, y - 420), (x + left + 110, y - 290), (x + left, y - 290)], fill=(244, 236, 222)
            )
    on.rectangle(
        (x - 250, y - 80, x + 250, y + 40), fill=(166, 130, 92), outline=(110, 84, 58), width=5
    )
    for wheel in (-180, 180):
        on.ellipse((x + wheel - 36, y + 16, x + wheel + 36, y + 88), outline=DARK, width=10)
    for row in range(2):
        for n in range(_some(15, share)):
            cx, cy = x - 226 + n * 32, y - 92 - row * 26
            on.ellipse((cx - 20, cy - 20, cx + 20, cy + 20), outline=(120, 60, 30),
                       fill=rng.choice([(232, 140, 46), (196, 52, 46), (140, 170, 66), (244, 206, 80)]))  # fmt: skip


def goods(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """What a shop has put before its door: crates, a rack, plastic stools."""
    for n in range(_some(9, share)):
        left, top = 130 + n * 112, 610 + rng.randint(-10, 16)
        fill = rng.choice([(206, 70, 58), (58, 120, 176), (90, 154, 96), (226, 178, 66)])
        on.rectangle((left, top, left + 104, top + 84), fill=fill, outline=DARK, width=4)
        for slot in (22, 44, 66):
            on.line((left + 8, top + slot, left + 96, top + slot), fill=DARK, width=3)
        for ball in range(4):
            on.ellipse(
                (left + 4 + ball * 24, top - 20, left + 30 + ball * 24, top + 8),
                fill=rng.choice([(232, 140, 46), (140, 170, 66), (244, 236, 222)]),
            )
    for n in range(_some(5, share)):
        left = 210 + n * 190
        on.polygon(
            [(left, 790), (left + 20, 730), (left + 80, 730), (left + 100, 790)],
            fill=(222, 60, 60),
            outline=DARK,
        )


def lamp(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A street lamp: its head hangs and is dark, or it shines."""
    x, y = spot
    if not share:
        for r, fill in ((84, (206, 192, 132)), (56, (240, 226, 160))):
            on.ellipse((x + 158 - r, 160 - r * 0.5, x + 158 + r, 160 + r), fill=fill)
    on.rectangle((x - 12, 150, x + 12, y), fill=(74, 80, 86))
    on.line((x, 158, x + 150, 150), fill=(74, 80, 86), width=14)
    if share:
        on.polygon(
            [(x + 124, 166), (x + 204, 210), (x + 176, 300), (x + 110, 250)],
            fill=(38, 40, 44),
            outline=(150, 150, 150),
        )
        on.line((x + 150, 152, x + 160, 220), fill=(196, 76, 60), width=6)
    else:
        on.ellipse(
            (x + 96, 140, x + 220, 180), fill=(255, 248, 206), outline=(92, 96, 100), width=5
        )


def poster(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A frame with its public-interest poster, torn and faded or new."""
    x, y = spot
    for foot in (x - 230, x + 214):
        on.rectangle((foot, 660, foot + 18, y), fill=(112, 108, 100))
    paper = (222, 212, 198) if share else (198, 60, 50)
    on.rectangle((x - 270, 330, x + 270, 670), fill=paper, outline=(112, 108, 100), width=14)
    if not share:
        on.ellipse((x - 90, 370, x + 90, 550), fill=(246, 214, 130))
        on.polygon([(x, 410), (x + 70, 510), (x - 70, 510)], fill=(198, 60, 50))
        on.rectangle((x - 190, 580, x + 190, 606), fill=(252, 240, 220))
        on.rectangle((x - 130, 624, x + 130, 642), fill=(252, 240, 220))
        return
    on.polygon(
        [(x - 256, 344), (x + 30, 344), (x - 40, 470), (x - 110, 560), (x - 256, 600)],
        fill=(206, 150, 132),
    )
    on.polygon(
        [(x + 30, 344), (x - 40, 470), (x - 110, 560), (x + 6, 610), (x + 70, 470)],
        fill=(244, 240, 232),
        outline=(150, 140, 128),
    )
    on.line((x + 120, 344, x + 170, 440, x + 110, 520, x + 200, 656), fill=(140, 128, 116), width=6)


def heap(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Rubble and bags of a flat that was done up."""
    x, y = spot
    if not share:
        return
    wide = int(330 * (0.5 + share / 2))
    on.polygon([(x - wide, y + 60), (x - wide // 2, y - 120 * share), (x + 20, y - 190 * share), (x + wide // 2, y - 90 * share), (x + wide, y + 60)],
               fill=(168, 152, 132), outline=(120, 106, 90))  # fmt: skip
    for _ in range(_some(46, share)):
        bx = x + rng.gauss(0, wide / 3)
        by = y + 40 - rng.random() * 150 * share * max(0.1, 1 - abs(bx - x) / wide)
        on.rectangle(
            (bx, by, bx + 40, by + 20),
            fill=rng.choice([(178, 86, 66), (196, 190, 180), (150, 74, 58)]),
            outline=(96, 80, 70),
        )
    for n in range(_some(4, share)):
        cx = x - wide + n * 74
        on.rounded_rectangle(
            (cx, y + 4, cx + 92, y + 82), 24, fill=(226, 222, 210), outline=(140, 136, 126), width=4
        )


def dust(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Bare earth and a lorry in a cloud; put right, green netting and spray."""
    x, _y = spot
    fill = (156, 124, 88) if share else (70, 130, 84)
    on.polygon([(60, 700), (240, 560), (430, 540), (620, 700)], fill=fill)
    if not share:
        for n in range(8):
            on.line((90 + n * 66, 700, 250 + n * 24, 556), fill=(52, 104, 66), width=3)
        for n in range(7):
            on.arc((640 + n * 84, 520, 780 + n * 84, 720), 180, 320, fill=(206, 228, 240), width=6)
        return
    on.rectangle((x + 60, 640, x + 330, 780), fill=(196, 142, 50), outline=DARK, width=5)
    on.rectangle((x + 340, 690, x + 450, 780), fill=(60, 110, 150), outline=DARK, width=5)
    for wheel in (120, 250, 400):
        on.ellipse((x + wheel - 40, 750, x + wheel + 40, 830), fill=DARK)
    for _ in range(_some(40, share)):
        cx, cy, r = x + rng.randint(-330, 200), 740 + rng.randint(-160, 80), rng.randint(40, 100)
        on.ellipse(
            (cx - r, cy - r * 0.7, cx + r, cy + r * 0.7),
            fill=rng.choice([(206, 186, 154), (194, 172, 138), (216, 200, 172)]),
        )


def hoarding(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Panels of the hoarding that lean or lie on the road."""
    if not share:
        return
    on.rectangle((512, 426, 764, 654), fill=(150, 136, 116))
    on.polygon(
        [(520, 650), (650, 650), (560, 860), (400, 840)],
        fill=(52, 110, 160),
        outline=(226, 232, 236),
        width=4,
    )
    if share > 0.5:
        on.polygon(
            [(640, 640), (770, 600), (880, 800), (740, 850)],
            fill=(62, 122, 172),
            outline=(226, 232, 236),
            width=4,
        )
        on.line((764, 430, 840, 640), fill=(90, 90, 90), width=12)


def cables(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Cables between two posts, hanging in loops or drawn tight."""
    for post in (170, 1100):
        on.rectangle((post - 14, 90, post + 14, 800), fill=(120, 116, 110))
    sag = 470 * share
    for n in range(6):
        low = 150 + n * 10 + sag * (0.5 + rng.random() * 0.6) * (1 if share else 0)
        points = []
        for step in range(25):
            t = step / 24
            points.append((170 + 930 * t, 130 + n * 9 + (low - 130) * 4 * t * (1 - t)))
        on.line(points, fill=(26, 26, 28), width=7)
    if share:
        for _ in range(_some(9, share)):
            cx, cy, r = 600 + rng.randint(-60, 90), 640 + rng.randint(-50, 90), rng.randint(40, 80)
            on.ellipse((cx - r, cy - r, cx + r, cy + r), outline=(26, 26, 28), width=6)


def river(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """What floats on the water."""
    for _ in range(_some(36, share)):
        cx, cy = rng.randint(120, 1130), rng.randint(520, 800)
        shape = rng.random()
        if shape < 0.4:
            on.ellipse(
                (cx - 50, cy - 16, cx + 50, cy + 16),
                fill=rng.choice([(96, 134, 70), (112, 150, 78)]),
            )
        elif shape < 0.75:
            on.rectangle(
                (cx, cy, cx + 64, cy + 26), fill=(244, 244, 240), outline=(160, 160, 156), width=3
            )
        else:
            on.rounded_rectangle(
                (cx, cy, cx + 54, cy + 18),
                8,
                fill=rng.choice([(206, 70, 58), (96, 150, 190), (222, 182, 92)]),
            )


def firelane(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """The hatched way for fire engines, with a car on it or free."""
    on.polygon([(330, 640), (950, 640), (1160, 940), (130, 940)], outline=(226, 178, 40), width=12)
    for n in range(7):
        on.line((330 + n * 90, 640, 200 + n * 150, 940), fill=(226, 178, 40), width=9)
    if not share:
        return
    colour = rng.choice([(214, 218, 222), (60, 64, 70), (150, 40, 44)])
    cars = ((560, 780),) if share < 0.5 else ((430, 770), (800, 800))
    for x, y in cars:
        on.polygon(
            [(x - 120, y - 70), (x - 84, y - 150), (x + 84, y - 150), (x + 120, y - 70)],
            fill=colour,
            outline=DARK,
            width=5,
        )
        on.polygon(
            [(x - 96, y - 76), (x - 72, y - 136), (x + 72, y - 136), (x + 96, y - 76)],
            fill=(150, 176, 190),
        )
        on.rounded_rectangle(
            (x - 150, y - 74, x + 150, y + 40), 26, fill=colour, outline=DARK, width=5
        )
        for side in (-1, 1):
            on.ellipse(
                (x + side * 118 - 24, y - 44, x + side * 118 + 24, y - 12), fill=(250, 240, 200)
            )
            on.rectangle((x + side * 116 - 28, y + 30, x + side * 116 + 28, y + 72), fill=DARK)
        on.rectangle((x - 46, y - 6, x + 46, y + 22), fill=(40, 90, 170))


def furniture(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """An old sofa, and a mattress against the wall."""
    x, y = spot
    if not share:
        return
    if share > 0.5:
        on.polygon(
            [(x + 190, 470), (x + 400, 500), (x + 380, y + 20), (x + 170, y)],
            fill=(236, 228, 210),
            outline=(150, 140, 120),
            width=5,
        )
        for n in range(5):
            on.line(
                (x + 186 - n * 4, 520 + n * 46, x + 394 - n * 4, 548 + n * 46),
                fill=(190, 176, 150),
                width=3,
            )
    colour = rng.choice([(128, 70, 58), (84, 92, 120), (120, 110, 78)])
    on.rounded_rectangle(
        (x - 300, y - 170, x + 120, y - 10), 30, fill=colour, outline=DARK, width=5
    )
    on.rounded_rectangle((x - 340, y - 90, x + 160, y + 50), 26, fill=colour, outline=DARK, width=5)
    for left in (-280, -90):
        on.rounded_rectangle(
            (x + left, y - 96, x + left + 180, y - 20),
            18,
            fill=tuple(c + 24 for c in colour),
            outline=DARK,
            width=4,
        )


THINGS: dict[str, Thing] = {
    "rubbish": rubbish, "bin": litter_bin, "bikes": bikes, "shared": shared, "yard": yard,
    "stickers": stickers, "hole": hole, "cover": cover, "water": water, "tree": tree,
    "leaves": leaves, "stall": stall, "goods": goods, "lamp": lamp, "poster": poster, "heap": heap,
    "dust": dust, "hoarding": hoarding, "cables": cables, "river": river, "firelane": firelane,
    "furniture": furniture,
}  # fmt: skip
