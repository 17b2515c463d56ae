"""Photos that look alike are found, and only those."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gulou.photos import likeness
from gulou.photos.models import Likeness, Photo, PhotoState
from gulou.photos.operations import stage_photo
from tests.factories.photos import make_jpeg

HASHES = st.integers(0, 2**64 - 1)


def kept(perceptual_hash: str) -> Photo:
    photo = stage_photo(io.BytesIO(make_jpeg(perceptual_hash)), draft="draft")
    photo.perceptual_hash, photo.state = perceptual_hash, PhotoState.KEPT
    photo.save()
    return photo


@given(HASHES, st.lists(st.integers(0, 63), unique=True, max_size=likeness.RADIUS))
def test_a_few_changed_bits_leave_one_quarter_in_reach(value: int, bits: list[int]) -> None:
    changed = value
    for bit in bits:
        changed ^= 1 << bit
    mine, theirs = likeness.quarters(f"{value:016x}"), likeness.quarters(f"{changed:016x}")
    assert any(
        other in likeness._neighbours(quarter, tolerance)
        for quarter, other, tolerance in zip(mine, theirs, likeness.TOLERANCES, strict=True)
    )


@pytest.mark.django_db
def test_the_nearest_come_first_and_those_too_far_not_at_all() -> None:
    near, same, far = (
        kept(h) for h in ("00000000000000ff", "0000000000000000", "0000000000000fff")
    )
    assert likeness.note_all() == 3
    assert list(likeness.alike("0000000000000000")) == [(same.pk, 0), (near.pk, 8)]
    assert far.pk not in dict(likeness.alike("0000000000000000"))


@pytest.mark.django_db
def test_noting_one_and_noting_all_keep_the_same() -> None:
    photo = kept("8000ffff00017fff")
    likeness.note(photo)
    (one,) = Likeness.objects.values_list("a", "b", "c", "d")
    Likeness.objects.all().delete()
    assert likeness.note_all() == 1
    assert Likeness.objects.values_list("a", "b", "c", "d").get() == one == (0, 32767, -32767, -1)
    assert likeness.note_all() == 0


@pytest.mark.django_db
def test_without_a_hash_nothing_is_alike() -> None:
    assert list(likeness.alike("")) == []
