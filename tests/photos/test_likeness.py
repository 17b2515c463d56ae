"""Photos that look alike are found, and only those."""

import io

import pytest
from django.db import connection
from hypothesis import given, settings
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
def test_a_few_changed_bits_leave_one_third_in_reach(value: int, bits: list[int]) -> None:
    changed = value
    for bit in bits:
        changed ^= 1 << bit
    mine, theirs = likeness.neighbours(f"{value:016x}"), likeness.neighbours(f"{changed:016x}")
    # The first neighbour is the third itself.
    assert any(other[0] in near for near, other in zip(mine, theirs, strict=True))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(HASHES)
def test_the_database_makes_the_thirds_as_we_do(value: int) -> None:
    quarters = likeness.quarters(f"{value:016x}")
    thirds = ", ".join(likeness.THIRDS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {thirds} FROM (SELECT CAST(%s AS smallint) a, CAST(%s AS smallint) b,"
            " CAST(%s AS smallint) c, CAST(%s AS smallint) d) kept",
            quarters,
        )
        assert list(cursor.fetchone()) == [n[0] for n in likeness.neighbours(f"{value:016x}")]


@pytest.mark.django_db
def test_each_third_has_its_index() -> None:
    """The words of the indexes and of the question have to be the same to the server."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for third in likeness.THIRDS:
            cursor.execute(
                f"EXPLAIN SELECT photo_id, a, b, c, d FROM photos_likeness WHERE {third} = ANY(%s::int[])",
                [[1, 2]],
            )
            assert "likeness_" in str(cursor.fetchall()), third


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
