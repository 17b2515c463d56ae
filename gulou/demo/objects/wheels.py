"""What stands in the way on wheels."""

from random import Random
from typing import Any

from .strokes import DARK, Draw, Spot, some


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
    for n in range(some(9, share)):
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
    for n in range(some(15, share)):
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
    for n in range(some(7, share)):
        _bike(on, 340 + n * 104 + rng.randint(-20, 20), 690 + rng.randint(-50, 60),
              rng.choice(PAINTS), electric=True)  # fmt: skip


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
