"""What is wrong with the ground: holes, covers, water, dust."""

import math
from random import Random

from .strokes import DARK, Draw, Spot, some


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
    for _ in range(some(18, share)):
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
        for _ in range(some(46, share)):
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
    for _ in range(some(40, share)):
        cx, cy, r = x + rng.randint(-330, 200), 740 + rng.randint(-160, 80), rng.randint(40, 100)
        on.ellipse(
            (cx - r, cy - r * 0.7, cx + r, cy + r * 0.7),
            fill=rng.choice([(206, 186, 154), (194, 172, 138), (216, 200, 172)]),
        )
