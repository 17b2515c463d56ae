"""Photos that look alike, found among millions by their perceptual hashes.

A hash of 64 bits is kept in four quarters. If two hashes differ in at most RADIUS bits, at least one
quarter differs in at most as many bits as TOLERANCES says for it, for the tolerances and one each
add up to more than the radius. So the few thousand neighbours of the four quarters are looked up in
four ordinary indexes, and the rest is counted (multi-index hashing, Norouzi, Punjani, Fleet 2012).
"""

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from django.db import connection

from .models import Likeness, Photo

RADIUS = 8
TOLERANCES = (2, 1, 1, 1)
_QUARTERS = ("a", "b", "c", "d")
_BITS, _OFFSET = 16, 1 << 15
_MOST = 50
assert sum(TOLERANCES) + len(TOLERANCES) == RADIUS + 1  # noqa: S101  the proof above


def quarters(perceptual_hash: str) -> tuple[int, int, int, int]:
    """A hash of 16 hex digits as it is kept."""
    a, b, c, d = (int(perceptual_hash[i : i + 4], 16) - _OFFSET for i in range(0, 16, 4))
    return a, b, c, d


@cache
def _masks(tolerance: int) -> tuple[int, ...]:
    """All numbers of 16 bits with at most so many ones."""
    return tuple(
        sum(1 << bit for bit in bits)
        for count in range(tolerance + 1)
        for bits in combinations(range(_BITS), count)
    )


def _neighbours(quarter: int, tolerance: int) -> list[int]:
    value = quarter + _OFFSET
    return [(value ^ mask) - _OFFSET for mask in _masks(tolerance)]


def note(photo: Photo) -> None:
    """Let a photo whose hash is known be found. Twice does no harm."""
    if photo.perceptual_hash:
        named = dict(zip(_QUARTERS, quarters(photo.perceptual_hash), strict=True))
        Likeness.objects.bulk_create([Likeness(photo=photo, **named)], ignore_conflicts=True)


def note_all() -> int:
    """Let every kept photo be found that is not yet; how many those were."""
    parts = ", ".join(
        f"('x' || substr(perceptual_hash, {at}, 4))::bit(16)::int - {_OFFSET}"
        for at in (1, 5, 9, 13)
    )
    photos, kept = Photo._meta.db_table, Likeness._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {kept} (photo_id, a, b, c, d) SELECT id, {parts} FROM {photos}"  # noqa: S608
            " WHERE length(perceptual_hash) = 16 AND state = 'kept' ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def alike(
    perceptual_hash: str, *, table: str = Likeness._meta.db_table
) -> Iterator[tuple[int, int]]:
    """Photos by id that differ in at most RADIUS bits, and in how many; the nearest first."""
    if len(perceptual_hash) != 16:
        return
    mine = quarters(perceptual_hash)
    apart = " + ".join(
        f"bit_count(({name} # CAST(%s AS smallint))::int::bit(16))" for name in _QUARTERS
    )
    near = " UNION ALL ".join(
        f"SELECT photo_id, a, b, c, d FROM {table} WHERE {name} = ANY(%s)"  # noqa: S608
        for name in _QUARTERS
    )
    lists = [_neighbours(q, t) for q, t in zip(mine, TOLERANCES, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT photo_id, min({apart}) FROM ({near}) near WHERE {apart} <= {RADIUS}"  # noqa: S608
            f" GROUP BY photo_id ORDER BY 2, 1 LIMIT {_MOST}",
            [*mine, *lists, *mine],
        )
        yield from cursor.fetchall()
