"""Photos that look alike, found among millions by their perceptual hashes.

A hash of 64 bits has three thirds of 22, 21 and 21. If two hashes differ in at most RADIUS bits, at
least one third differs in at most TOLERANCE, for three times one more than that is more than the
radius. So the 718 neighbours of the three thirds are looked up in three ordinary indexes, which finds
a few thousand among millions, and the rest is counted (multi-index hashing, Norouzi, Punjani, Fleet
2012).
"""

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from django.db import connection

from .models import Likeness, Photo

RADIUS = 8
TOLERANCE = 2
_QUARTERS = ("a", "b", "c", "d")
_OFFSET = 1 << 15
THIRDS = {
    "((a + 32768) * 64) + ((b + 32768) >> 10)": (22, 42),
    "(((b + 32768) & 1023) * 2048) + ((c + 32768) >> 5)": (21, 21),
    "(((c + 32768) & 31) * 65536) + (d + 32768)": (21, 0),
}
"""How each third is made of the quarters, as the indexes have it; its bits, and where it begins."""
_MOST = 50
assert len(THIRDS) * (TOLERANCE + 1) == RADIUS + 1  # noqa: S101  the proof above


def quarters(perceptual_hash: str) -> tuple[int, int, int, int]:
    """A hash of 16 hex digits as it is kept."""
    a, b, c, d = (int(perceptual_hash[i : i + 4], 16) - _OFFSET for i in range(0, 16, 4))
    return a, b, c, d


@cache
def _masks(size: int) -> tuple[int, ...]:
    """All numbers of so many bits with at most TOLERANCE ones."""
    return tuple(
        sum(1 << bit for bit in bits)
        for count in range(TOLERANCE + 1)
        for bits in combinations(range(size), count)
    )


def neighbours(perceptual_hash: str) -> list[list[int]]:
    """For each third of a hash, all that differ from it in at most TOLERANCE bits."""
    value = int(perceptual_hash, 16)
    return [
        [(value >> start) % (1 << size) ^ mask for mask in _masks(size)]
        for size, start in THIRDS.values()
    ]


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
        f"SELECT photo_id, a, b, c, d FROM {table} WHERE {third} = ANY(%s::int[])"  # noqa: S608
        for third in THIRDS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT photo_id, min({apart}) FROM ({near}) near WHERE {apart} <= {RADIUS}"  # noqa: S608
            f" GROUP BY photo_id ORDER BY 2, 1 LIMIT {_MOST}",
            [*mine, *neighbours(perceptual_hash), *mine],
        )
        yield from cursor.fetchall()
