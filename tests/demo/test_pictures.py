"""The drawings: one for each problem, another when it is put right, the same each time."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from gulou.demo.objects import THINGS
from gulou.demo.pictures import SIZE, picture
from gulou.demo.sights import SIGHTS


def drawn(kind: str, stage: str) -> Image.Image:
    return Image.open(io.BytesIO(picture(kind, 0, stage=stage))).convert("RGB")


def test_every_kind_that_is_seen_has_a_drawing() -> None:
    assert {sight.kind for sight in SIGHTS if sight.kind} == set(THINGS)


@pytest.mark.parametrize("kind", list(THINGS))
def test_what_was_put_right_looks_otherwise(kind: str) -> None:
    before, after = drawn(kind, "before"), drawn(kind, "after")
    assert before.size == after.size == SIZE
    middle = (200, 150, 1000, 740)
    change = ImageChops.difference(before.crop(middle), after.crop(middle))
    assert sum(ImageStat.Stat(change).mean) > 9


def test_the_same_scene_is_the_same_picture() -> None:
    assert picture("bin", 1, stage="before") == picture("bin", 1, stage="before")
    assert picture("bin", 1, stage="before") != picture("bin", 2, stage="before")
