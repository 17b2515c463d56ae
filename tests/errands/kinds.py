"""Kinds of long work for tests. What each does is decided by the test."""

from collections.abc import Callable
from typing import Any

from gulou.errands.table import Kind, Outcome, Table, Work

mood: dict[str, Callable[[Work], Any]] = {}


def count(work: Work) -> Outcome:
    """Writes as many lines as asked for."""
    total = int(work.parameters["lines"])
    for done in range(1, total + 1):
        work.file.write(f"{done}\n".encode())
        if "line" in mood:
            mood["line"](work)
        work.tell(done, total)
    return Outcome(download_name="行数.txt", mime="text/plain", rows=total)


def echo(work: Work) -> Outcome:
    """Reads what came with it."""
    return Outcome(rows=len(work.given().read()))


KINDS: Table = {
    "test.count": Kind("Count", count, ("case.read",)),
    "test.echo": Kind("Echo", echo, ("case.dispatch",)),
}
