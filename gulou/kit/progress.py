"""How long work tells how far it is: a bar on a terminal, a line per stage in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Called with the stage's name, how many are done, and how many there are (0: not known).
Tell = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """For who does not want to be told."""


@contextmanager
def told() -> Iterator[Tell]:
    """Show what is told on standard output. One bar for each stage."""
    console = Console()
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bars:
        stages = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total or None)
            bars.update(stages[stage], completed=done, total=total or None)

        yield tell


def _lines(console: Console) -> Tell:
    seen: set[str] = set()

    def tell(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            console.print(f"{stage} …", highlight=False)

    return tell
