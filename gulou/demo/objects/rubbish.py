"""What is thrown away and left lying."""

from random import Random

from .strokes import DARK, Draw, Spot, some


def rubbish(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Tied bags and boxes in the open, with flies."""
    x, y = spot
    for n in range(some(11, share)):
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
    for _ in range(some(14, share)):
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
    for n in range(some(6, share)):
        cx = x - 130 + n * 52
        on.ellipse((cx - 32, y - 204, cx + 32, y - 146), fill=rng.choice([(232, 232, 226), (214, 184, 140), (190, 60, 54)]),
                   outline=(90, 90, 88), width=3)  # fmt: skip
    for _ in range(some(26, share)):
        cx, cy = x + rng.randint(-250, 250), y + rng.randint(0, 66)
        on.rectangle((cx, cy, cx + rng.randint(16, 40), cy + rng.randint(12, 26)),
                     fill=rng.choice([(244, 244, 240), (206, 66, 58), (222, 182, 92), (96, 150, 190)]),
                     outline=(110, 108, 100))  # fmt: skip
    rubbish(on, (x + 40, y + 30), rng, 0.35 * share)


def stickers(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """A box and a post covered with paper; put right, bare."""
    x, y = spot
    on.rectangle((x - 210, 330, x + 110, y), fill=(132, 148, 140), outline=(90, 100, 96), width=6)
    on.line((x - 50, 330, x - 50, y), fill=(96, 108, 102), width=5)
    on.rectangle((x + 160, 120, x + 220, y), fill=(150, 154, 158), outline=(96, 98, 102), width=4)
    for n in range(some(26, share)):
        post = n % 3 == 0
        sx = x + 158 + rng.randint(0, 10) if post else x - 200 + rng.randint(0, 240)
        sy = rng.randint(220 if post else 344, y - 96)
        paper = rng.choice([(250, 246, 226), (250, 222, 110), (246, 186, 190), (190, 226, 246)])
        on.rectangle((sx, sy, sx + 52, sy + 68), fill=paper, outline=(150, 140, 120), width=2)
        on.rectangle((sx + 7, sy + 8, sx + 45, sy + 20), fill=(186, 50, 44))
        for line in range(3):
            on.line((sx + 7, sy + 30 + line * 12, sx + 45, sy + 30 + line * 12),
                    fill=(70, 70, 74), width=3)  # fmt: skip


def leaves(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Fallen leaves and cut branches."""
    x, y = spot
    for _ in range(some(420, share)):
        cx, cy = x + rng.gauss(0, 230), y + 30 + rng.gauss(0, 44)
        on.ellipse(
            (cx - 17, cy - 7, cx + 17, cy + 7),
            fill=rng.choice([(196, 148, 58), (172, 112, 46), (210, 176, 84), (134, 128, 60)]),
        )
    for _ in range(some(9, share)):
        cx = x + rng.randint(-200, 120)
        on.line(
            (cx, y + rng.randint(-60, 20), cx + 190, y + rng.randint(-50, 40)),
            fill=(104, 78, 56),
            width=11,
        )


def heap(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """Rubble and bags of a flat that was done up."""
    x, y = spot
    if not share:
        return
    wide = int(330 * (0.5 + share / 2))
    on.polygon([(x - wide, y + 60), (x - wide // 2, y - 120 * share), (x + 20, y - 190 * share), (x + wide // 2, y - 90 * share), (x + wide, y + 60)],
               fill=(168, 152, 132), outline=(120, 106, 90))  # fmt: skip
    for _ in range(some(46, share)):
        bx = x + rng.gauss(0, wide / 3)
        by = y + 40 - rng.random() * 150 * share * max(0.1, 1 - abs(bx - x) / wide)
        on.rectangle(
            (bx, by, bx + 40, by + 20),
            fill=rng.choice([(178, 86, 66), (196, 190, 180), (150, 74, 58)]),
            outline=(96, 80, 70),
        )
    for n in range(some(4, share)):
        cx = x - wide + n * 74
        on.rounded_rectangle(
            (cx, y + 4, cx + 92, y + 82), 24, fill=(226, 222, 210), outline=(140, 136, 126), width=4
        )


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


def river(on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """What floats on the water."""
    for _ in range(some(36, share)):
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
