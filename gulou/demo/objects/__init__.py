"""What is wrong in the made-up pictures, and what stays when it has been put right."""

from random import Random

from .ground import cover, dust, hole, water
from .rubbish import furniture, heap, leaves, litter_bin, river, rubbish, stickers
from .street import cables, goods, hoarding, lamp, poster, stall, tree
from .strokes import Draw, Spot, Thing
from .wheels import bikes, firelane, shared, yard

THINGS: dict[str, Thing] = {
    "rubbish": rubbish, "bin": litter_bin, "bikes": bikes, "shared": shared, "yard": yard,
    "stickers": stickers, "hole": hole, "cover": cover, "water": water, "tree": tree,
    "leaves": leaves, "stall": stall, "goods": goods, "lamp": lamp, "poster": poster, "heap": heap,
    "dust": dust, "hoarding": hoarding, "cables": cables, "river": river, "firelane": firelane,
    "furniture": furniture,
}  # fmt: skip


def draw(kind: str, on: Draw, spot: Spot, rng: Random, share: float) -> None:
    """The problem of this kind, or the part of it that is left; 0: as it should be."""
    thing = THINGS.get(kind)
    if thing is not None:
        thing(on, spot, rng, share)
