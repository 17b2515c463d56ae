"""What is counted, and what stops the counting."""

import asyncio
import os
import subprocess
import sys
import time

from gulou.bench.meter import Bounds, Costs, Kind, drive
from gulou.bench.processes import cpu_seconds, memory_mb, tree

BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def _drive(kind: Kind, bounds: Bounds) -> "tuple[int, float, int]":
    row = asyncio.run(drive(kind, Costs(time.process_time, time.process_time), bounds))
    return row.bad, row.p50_ms, row.p99_ms >= row.p50_ms


def test_it_counts_bad_answers() -> None:
    async def every_third_fails(n: int) -> bool:
        return n % 3 != 0

    bad, _, _ = _drive(Kind("x", every_third_fails), Bounds(4, 5, 20, warm=10))
    assert bad == 10


def test_it_does_no_more_than_there_is_to_do() -> None:
    done: list[int] = []

    async def one(n: int) -> bool:
        done.append(n)
        return True

    _drive(Kind("x", one, most=8), Bounds(4, 5, 1000, warm=16))
    assert sorted(done) == list(range(8))


def test_it_stops_when_the_time_is_over() -> None:
    async def slow(n: int) -> bool:
        await asyncio.sleep(0.05)
        return True

    bad, half, ordered = _drive(Kind("x", slow), Bounds(2, 0.2, 100_000, warm=0))
    assert bad == 0 and half >= 50 and ordered


def test_the_time_of_children_that_have_ended_counts() -> None:
    before = cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", BURN], check=True)
    assert cpu_seconds(os.getpid()) - before > 0.25


def test_a_tree_holds_what_is_below() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in tree(os.getpid())
        assert memory_mb(os.getpid()) > memory_mb(child.pid) > 0
    finally:
        child.communicate(b"\n")
    assert child.pid not in tree(os.getpid())
