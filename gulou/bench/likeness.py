"""What it costs to find photos that look alike among millions, on made-up hashes.

`python -m gulou.bench.likeness [PHOTOS]` beside a database that may be written to (DATABASE_URL): it
fills a table of its own, asks, prints, and removes the table.
"""

import os
import sys
import time
from collections.abc import Iterator
from random import Random

import django
from django.db import connection

_TABLE = "bench_likeness"
_ASKED = 300
_BATCH = 200_000
_KEPT = "photos_likeness"


def _hashes(rng: Random, count: int) -> Iterator[int]:
    """Numbers of 64 bits of which half are ones, as a perceptual hash has them."""
    ones = [1 << bit for bit in range(64)]
    for _ in range(count):
        yield sum(rng.sample(ones, 32))


def _row(number: int, value: int) -> str:
    quarters = (((value >> shift) & 0xFFFF) - 0x8000 for shift in (48, 32, 16, 0))
    return "\t".join(map(str, (number, *quarters)))


def _fill(count: int) -> None:
    from gulou.photos import likeness  # noqa: PLC0415  its models need Django set up

    rng = Random(1)  # noqa: S311  made-up data, no secret
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_TABLE}")
        cursor.execute(f"CREATE UNLOGGED TABLE {_TABLE} (LIKE {_KEPT})")
        for start in range(0, count, _BATCH):
            rows = "\n".join(
                _row(start + n, value)
                for n, value in enumerate(_hashes(rng, min(_BATCH, count - start)))
            )
            with cursor.copy(f"COPY {_TABLE} FROM STDIN") as copy:
                copy.write(rows + "\n")
        for third in likeness.THIRDS:
            cursor.execute(f"CREATE INDEX ON {_TABLE} (({third})) INCLUDE (a, b, c, d, photo_id)")
        cursor.execute(f"VACUUM ANALYZE {_TABLE}")


def _ask() -> list[float]:
    """Milliseconds of each question: half for hashes that are there, a few bits changed."""
    from gulou.photos import likeness  # noqa: PLC0415  its models need Django set up

    rng, spent = Random(1), []  # noqa: S311
    there = list(_hashes(rng, _ASKED))
    for number, value in enumerate(there):
        changed = value if number % 2 else next(_hashes(Random(number), 1))  # noqa: S311
        for bit in range(number % (likeness.RADIUS + 1)):
            changed ^= 1 << (bit * 6)
        begun = time.perf_counter()
        found = list(likeness.alike(f"{changed:016x}", table=_TABLE))
        spent.append((time.perf_counter() - begun) * 1000)
        if number % 2 and number not in [pk for pk, _apart in found]:
            raise SystemExit(f"{number} was not found, though it is there")
    return sorted(spent)


def main(count: int) -> None:
    """Fill, ask, print."""
    begun = time.perf_counter()
    _fill(count)
    print(f"{count} hashes filled in {time.perf_counter() - begun:.0f} s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_total_relation_size('{_TABLE}')")
        print(f"{cursor.fetchone()[0] / 2**20:.0f} MB with indexes", flush=True)
    try:
        _ask()
        spent = _ask()
        for part in (0.5, 0.95, 0.99):
            print(f"p{part * 100:.0f} {spent[int(len(spent) * part)]:.1f} ms")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_TABLE}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gulou.config.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000)
