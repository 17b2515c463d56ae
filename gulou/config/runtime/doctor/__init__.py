"""`gulou doctor`: looks at everything that Gulou stands on, and says what to do about it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.utils import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from gulou.config import embedded
from gulou.config.runtime import supervisor
from gulou.config.runtime.doctor import database, machine
from gulou.config.runtime.doctor.finding import Finding, Verdict
from gulou.config.runtime.lock import Busy
from gulou.kit.env import Env

Check = Callable[[Env], Iterator[Finding]]

MACHINE: tuple[Check, ...] = (
    machine.configuration,
    machine.storage,
    machine.bucket,
    machine.pages,
    machine.catalogues,
    machine.pictures,
    machine.paper_fonts,
)
DATABASE: tuple[Check, ...] = (
    database.server,
    database.replicas_keep_up,
    database.clocks,
    database.tables,
)
CONTENT: tuple[Check, ...] = (
    database.content,
    database.demonstration,
    database.stranded,
    database.years,
    database.verbs,
    database.worker,
)


def examine(env: Env, *, audit: bool) -> int:
    """Print every finding; 1 if something is wrong, else 0."""
    console = Console(highlight=False, soft_wrap=True)
    worst = 0
    with translation.override(_language()):
        for finding in findings(env, audit=audit):
            worst = max(worst, int(finding.verdict is Verdict.WRONG))
            _show(console, finding)
    return worst


def findings(env: Env, *, audit: bool = False) -> Iterator[Finding]:
    """Everything that there is to say, checks without a database first."""
    for check in MACHINE:
        yield from check(env)
    try:
        with _database_for_a_while(env):
            sound = True
            for finding in (one for check in DATABASE for one in check(env)):
                sound = sound and finding.verdict is not Verdict.WRONG
                yield finding
            if not sound:
                return
            for check in CONTENT:
                yield from check(env)
            if audit:
                yield from database.record()
                yield from database.counts()
    except (embedded.EmbeddedError, Busy, DatabaseError) as error:
        yield Finding(
            Verdict.WRONG,
            _("Database"),
            _("It does not answer: %(why)s") % {"why": str(error).strip()},
            _("Start Gulou with `make run`, or correct DATABASE_URL."),
        )


def _language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def _show(console: Console, finding: Finding) -> None:
    colour = {Verdict.GOOD: "green", Verdict.LOOK: "yellow", Verdict.WRONG: "red"}
    mark = f"[bold {colour[finding.verdict]}]{finding.verdict.value}[/]"
    console.print(f"{mark} [bold]{finding.thing}[/]  ", end="")
    console.print(finding.said, markup=False)
    if finding.todo:
        console.print(f"    → {finding.todo}", markup=False)


@contextmanager
def _database_for_a_while(env: Env) -> Iterator[None]:
    with supervisor.database(env, "gulou doctor"):
        try:
            yield
        finally:
            connection.close()
