"""What stands and hangs along a street."""

from random import Random

from .strokes import DARK, Draw, Spot, some


def tree(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A tree that has come down over the pavement; put right, a young one held by stakes."""
    x, y = spot
    if share:
        on.line((x - 420, y + 70, x + 200, y - 130), fill=(104, 78, 56), width=44)
        on.polygon(
            [(x - 470, y + 40), (x - 390, y + 20), (x - 400, y + 110), (x - 480, y + 120)],
            fill=(86, 62, 44),
        )
        for _ in range(some(26, share)):
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
        for n in range(some(15, share)):
            cx, cy = x - 226 + n * 32, y - 92 - row * 26
            on.ellipse((cx - 20, cy - 20, cx + 20, cy + 20), outline=(120, 60, 30),
                       fill=rng.choice([(232, 140, 46), (196, 52, 46), (140, 170, 66), (244, 206, 80)]))  # fmt: skip


def goods(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """What a shop has put before its door: crates, a rack, plastic stools."""
    for n in range(some(9, share)):
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
    for n in range(some(5, share)):
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
        for _ in range(some(9, share)):
            cx, cy, r = 600 + rng.randint(-60, 90), 640 + rng.randint(-50, 90), rng.randint(40, 80)
            on.ellipse((cx - r, cy - r, cx + r, cy + r), outline=(26, 26, 28), width=6)
