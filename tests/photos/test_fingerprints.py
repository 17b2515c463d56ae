"""Perceptual hashes agree with the package that the world compares with."""

import imagehash
import pytest
from PIL import Image

from gulou.photos.decoding.fingerprints import difference_hash, perceptual_hash
from tests.factories.photos import draw


def bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.parametrize("n", range(12))
def test_they_are_those_of_imagehash(n: int) -> None:
    noise = Image.effect_noise((300 + n, 200), 40 + n).convert("RGB")
    image = Image.blend(draw(f"picture {n}", noise.size), noise, 0.4)
    assert difference_hash(image) == str(imagehash.dhash(image))
    # The median may fall on the other side of a rounding error.
    assert bits_apart(perceptual_hash(image), str(imagehash.phash(image))) <= 1


def test_alike_is_near_and_different_is_far() -> None:
    image = draw("a lamp", (1200, 900))
    smaller = image.resize((400, 300))
    other = Image.effect_noise((400, 300), 90)
    assert bits_apart(perceptual_hash(image), perceptual_hash(smaller)) <= 4
    assert bits_apart(perceptual_hash(image), perceptual_hash(other)) > 12


def test_a_picture_of_one_colour_has_them_too() -> None:
    plain = Image.new("RGB", (50, 50), "grey")
    assert len(perceptual_hash(plain)) == len(difference_hash(plain)) == 16
