"""One run over a server that answers already: every kind of request, the limit, table and file."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from rich.console import Console
from rich.table import Table

from . import cannon, limit, phone
from .browser import Browser
from .meter import Bounds, Costs, Row, drive
from .processes import cpu_seconds, memory_mb, wait_for_rest
from .visits import Plan, Visits, plan

ROWS = (
    "create", "create_photo", "list_json", "list_page", "list_deep", "record_json", "record_page",
    "move", "counts", "search", "map", "export_csv",
)  # fmt: skip
SIGN_IN = "/accounts/login/"


@dataclass(frozen=True)
class Server:
    """What is measured: where it answers, and the roots of its two trees of processes."""

    home: str
    web: int
    worker: int
    database: int


@dataclass(frozen=True)
class People:
    """Sign-in names with one password: who dispatches, who accepts."""

    dispatcher: str
    crew: str
    password: str


@dataclass(frozen=True)
class Result:
    """What one run found."""

    cases: int
    rows: Sequence[Row]
    limits: Sequence[Row]
    memory_mb: float
    seeing_mb: float
    """Memory while the worker also looks at new photos."""
    opening: phone.Opening | None
    """How soon the field app answers; None where there is no browser."""

    @property
    def bad(self) -> int:
        """How many answers were not what they should be."""
        return sum(row.bad for row in self.rows)


def measure(server: Server, who: People, *, cases: int, bounds: Bounds) -> Result:
    """Ask everything, then the limit."""
    asked = plan(who.crew)
    # No connection of this process is among those whose time is counted.
    connection.close()
    # What the worker does once an hour it does when it starts, too, and the vacuum after loading.
    wait_for_rest(server.database, seconds=3)
    rows, memory, seeing = asyncio.run(_visit(server, who, asked, bounds))
    opening = phone.measure(server.home, settings.FIELD_PATH) if phone.browser() else None
    # This process alone: the server and the database may be below it.
    inside = Costs(time.process_time, _used_by(server.database))
    limits = limit.measure(asked, inside, bounds)
    connection.close()
    rows.sort(key=lambda row: ROWS.index(row.name))
    return Result(cases, rows, limits, round(memory, 1), round(seeing, 1), opening)


def _used_by(root: int) -> Callable[[], float]:
    return lambda: cpu_seconds(root)


async def _visit(
    server: Server, who: People, asked: Plan, bounds: Bounds
) -> tuple[list[Row], float, float]:
    """The rows; the memory before photos come in, and with them."""
    costs = Costs(_used_by(server.web), _used_by(server.database))
    many = bounds.connections
    async with (
        Browser(server.home, connections=many) as resident,
        Browser(server.home, connections=many) as desk,
        Browser(server.home, connections=many) as crew,
    ):
        await resident.open("/report/")
        await desk.sign_in(who.dispatcher, who.password, at=SIGN_IN, then="/desk/")
        await crew.sign_in(who.crew, who.password, at=SIGN_IN, then="/desk/")
        visits = Visits(asked, resident, desk, crew)
        rows = [cannon.fire(shots, server.home, costs, bounds) for shots in visits.looks()]
        rows.append(await _export(visits, costs))
        rows += [cannon.fire(shots, server.home, costs, bounds) for shots in visits.changes()]
        without, *photos = visits.kinds()
        rows.append(await drive(without, costs, bounds))
        memory = _memory(server)
        rows += [await drive(kind, costs, bounds) for kind in photos]
        return rows, memory, _memory(server)


def _memory(server: Server) -> float:
    return memory_mb(server.web) + memory_mb(server.worker)


async def _export(visits: Visits, costs: Costs) -> Row:
    """One export of everything: it takes seconds."""
    costs.begin()
    began = time.perf_counter()
    good = await visits.export()
    return costs.row("export_csv", [time.perf_counter() - began], int(not good))


def keep(result: Result, path: Path) -> None:
    """Write bench.json."""
    least = {row.name: row for row in result.limits}
    content = {
        "cases": result.cases,
        "rows": [
            {**asdict(row), "limit_ms": least[row.name].cpu_ms, "ratio": _ratio(row, least)}
            for row in result.rows
        ],
        "memory_mb": result.memory_mb,
        "field_interactive": asdict(result.opening) if result.opening else None,
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _ratio(row: Row, least: Mapping[str, Row]) -> float:
    """How many times the limit a row costs; 0 where the limit is not to be measured."""
    floor = least[row.name].cpu_ms
    return round(row.cpu_ms / floor, 1) if floor else 0.0


def show(result: Result, console: Console) -> None:
    """Print the table: what each kind costs, and how far that is from the limit."""
    table = Table(title=f"{result.cases:,} cases", title_justify="left", box=None)
    table.add_column("work", no_wrap=True)
    heads = ("req/s", "p50 ms", "p99 ms", "app ms", "db ms", "SQL ms", "ratio")
    for head in (*heads, "bad"):
        table.add_column(head, justify="right")
    least = {row.name: row for row in result.limits}
    for row in result.rows:
        floor = least[row.name].cpu_ms
        table.add_row(
            row.name, f"{row.rps:,.0f}", f"{row.p50_ms:.1f}", f"{row.p99_ms:.1f}",
            f"{row.cpu_app_ms:.1f}", f"{row.cpu_db_ms:.1f}", f"{floor:.2f}",
            f"{_ratio(row, least):.1f}×", str(row.bad),
        )  # fmt: skip
    console.print(table)
    console.print("app, db, SQL: processor time per request; SQL: the same rows by plain SQL.")
    console.print(
        f"Memory of two web processes and a worker: {result.memory_mb:.0f} MB (proportional set "
        f"size); {result.seeing_mb:.0f} MB while new photos are decoded and looked at.",
        highlight=False,
    )

    if result.opening is None:
        console.print("field_interactive was not measured: it needs Playwright and a Chromium.")
        return
    console.print(
        f"field_interactive: {result.opening.first_ms:,.0f} ms at the first visit, "
        f"{result.opening.again_ms:,.0f} ms with what the phone keeps (processor {phone.SLOWER} "
        "times slower, fast 3G).",
        highlight=False,
    )


def show_growth(small: Result, large: Result, console: Console) -> None:
    """Print how processor time per request grows from one size to another; of the export, per case."""
    table = Table(title="How costs grow", title_justify="left", box=None)
    for head in ("work", f"{small.cases:,}", f"{large.cases:,}", "times"):
        table.add_column(head, justify="left" if head == "work" else "right")
    for less, more in zip(small.rows, large.rows, strict=True):
        per_case = less.name == "export_csv"
        before = less.cpu_ms / (small.cases if per_case else 1)
        after = more.cpu_ms / (large.cases if per_case else 1)
        table.add_row(
            less.name + (" (a case)" if per_case else ""), f"{before:.3g}", f"{after:.3g}",
            f"{after / before:.2f}" if before else "",
        )  # fmt: skip
    console.print(table)
    console.print("Processor milliseconds per request, application and database together.")
