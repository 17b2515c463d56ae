"""Timing one kind of request: how many, how long each took, what they cost the processors."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

# Does the n-th request of its kind; whether the answer was the right one.
Call = Callable[[int], Awaitable[bool]]


@dataclass(frozen=True)
class Kind:
    """One kind of request. `most` is how many can be done at all, with those to warm up."""

    name: str
    call: Call
    most: int = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """When a kind is enough: whichever comes first."""

    connections: int
    seconds: float
    requests: int
    warm: int


@dataclass(frozen=True)
class Row:
    """What was measured of one kind, as it stands in bench.json."""

    name: str
    rps: float
    p50_ms: float
    p99_ms: float
    cpu_app_ms: float
    cpu_db_ms: float
    bad: int

    @property
    def cpu_ms(self) -> float:
        """Application and PostgreSQL together."""
        return self.cpu_app_ms + self.cpu_db_ms


@dataclass(frozen=True)
class Came:
    """What came of many requests."""

    count: int
    bad: int
    rps: float
    p50_ms: float
    p99_ms: float


@dataclass
class Costs:
    """Processor time between two looks; each side says how much it has used, in seconds."""

    app: Callable[[], float]
    db: Callable[[], float]
    began: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    def begin(self) -> None:
        """Look for the first time."""
        self.began = self._look()

    def row(self, name: str, took: list[float], bad: int) -> Row:
        """Look again, and say what each of these requests (seconds each) cost."""
        wall, app, db = (b - a for a, b in zip(self.began, self._look(), strict=True))
        count = max(len(took), 1)
        cuts = statistics.quantiles(took, n=100) if len(took) > 1 else (took or [0.0]) * 99
        return Row(
            name=name,
            rps=round(len(took) / wall, 1),
            p50_ms=round(cuts[49] * 1000, 2),
            p99_ms=round(cuts[98] * 1000, 2),
            cpu_app_ms=round(app / count * 1000, 2),
            cpu_db_ms=round(db / count * 1000, 2),
            bad=bad,
        )

    def row_of(self, name: str, came: "Came") -> Row:
        """Look again, and say what these requests cost, that another program sent."""
        _, app, db = (b - a for a, b in zip(self.began, self._look(), strict=True))
        count = max(came.count, 1)
        return Row(
            name=name, rps=round(came.rps, 1), p50_ms=came.p50_ms, p99_ms=came.p99_ms,
            cpu_app_ms=round(app / count * 1000, 2), cpu_db_ms=round(db / count * 1000, 2),
            bad=came.bad + (came.count == 0),
        )  # fmt: skip

    def _look(self) -> tuple[float, float, float]:
        return time.perf_counter(), self.app(), self.db()


async def drive(kind: Kind, costs: Costs, bounds: Bounds) -> Row:
    """Do a kind of request at a fixed concurrency, first some that do not count."""
    warm = min(bounds.warm, kind.most // 4)
    _, bad = await _several(kind.call, range(warm), bounds.connections, bounds.seconds)
    costs.begin()
    numbers = range(warm, min(kind.most, warm + bounds.requests))
    took, worse = await _several(kind.call, numbers, bounds.connections, bounds.seconds)
    return costs.row(kind.name, took, bad + worse)


async def _several(
    call: Call, numbers: range, connections: int, seconds: float
) -> tuple[list[float], int]:
    """How long each took in seconds, and how many answers were bad."""
    waiting, took, bad = iter(numbers), list[float](), list[int]()
    until = time.perf_counter() + seconds

    async def one_after_another() -> None:
        for number in waiting:
            began = time.perf_counter()
            if began > until:
                return
            if not await call(number):
                bad.append(number)
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(one_after_another() for _ in range(connections)))
    return took, len(bad)


def repeat(name: str, call: Callable[[int], object], costs: Costs, bounds: Bounds) -> Row:
    """Do something in this process, one after another."""
    call(0)
    took: list[float] = []
    costs.begin()
    until = time.perf_counter() + bounds.seconds
    for number in range(1, 1 + bounds.requests):
        began = time.perf_counter()
        if began > until:
            break
        call(number)
        took.append(time.perf_counter() - began)
    return costs.row(name, took, 0)
