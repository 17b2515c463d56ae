"""`gulou bench`: a database and a web server of its own, a made-up past, and what requests cost.

It works in `bench` of the data folder, over loopback, and stops by itself. The data go at the end.
"""

import http.client
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from rich.console import Console

from gulou.bench import cannon, past, phone, runner
from gulou.bench.meter import Bounds
from gulou.config import embedded
from gulou.config.runtime import migrate, prepare
from gulou.config.runtime.children import Child
from gulou.config.runtime.leash import Leash
from gulou.config.runtime.lock import held
from gulou.config.runtime.supervisor import CannotStart
from gulou.demo.logins import PASSWORD
from gulou.demo.operations import load_demo
from gulou.kit.env import Env
from gulou.kit.progress import Tell, told
from gulou.outbox.audit import audit

DISPATCHER, CREW = "guo", "chen"
# Told by the operations: what the photos and the first numbers come from.
TOLD = 6
_START_SECONDS = 60
# Twenty for each connection: the server plans what is asked often for one connection by itself, and
# settles on a plan when it was asked five times.
_WARM = 160


def bench(env: Env, asked: Namespace, *, out: Path) -> int:
    """Run it for each size; 1 when an answer was bad or the record does not hold.

    Writes `out` for the last size, and `bench-N.json` beside it for each where there are several.
    """
    if not sys.platform.startswith("linux"):
        raise CannotStart("The benchmark reads processor time from /proc, which only Linux has.")
    try:
        cannon.check()
    except cannon.Missing as missing:
        raise CannotStart(str(missing)) from missing
    with held(env.data_dir, "gulou bench"):
        server = embedded.Server(embedded.place(env.data_dir), say=print)
        try:
            server.start()
            results = [_measured(env, asked, server, cases, out) for cases in asked.cases]
            if len(results) > 1:
                runner.show_growth(results[0][0], results[-1][0], Console())
            return max(code for _, code in results)
        finally:
            connection.close()
            server.stop()
            if not asked.keep:
                shutil.rmtree(server.place.data, ignore_errors=True)
                shutil.rmtree(env.data_dir / "photos", ignore_errors=True)


def _measured(
    env: Env, asked: Namespace, server: embedded.Server, cases: int, out: Path
) -> tuple[runner.Result, int]:
    if not asked.loaded:
        _empty(env)
        began = time.monotonic()
        with told() as tell:
            _load(cases, tell)
        print(f"Loaded {cases:,} cases in {time.monotonic() - began:.0f} s.", flush=True)
    _gather_static()
    wrong = past.dangling() if asked.check else []
    bounds = Bounds(asked.connections, asked.seconds, asked.requests, warm=_WARM)
    who = runner.People(DISPATCHER, CREW, PASSWORD)
    with _running(env) as (web, worker):
        found = runner.measure(
            runner.Server(f"http://127.0.0.1:{env.port}", web.pid, worker.pid, _pid(server)), who,
            cases=cases, bounds=bounds,
        )  # fmt: skip
    runner.keep(found, out)
    if len(asked.cases) > 1:
        runner.keep(found, out.with_name(f"{out.stem}-{cases}.json"))
    runner.show(found, Console())
    if asked.check:
        wrong += [str(one) for one in audit()]
        print("The record holds." if not wrong else "\n".join(wrong[:20]))
    return found, 1 if wrong or found.bad else 0


def _pid(server: embedded.Server) -> int:
    if server.process is None:
        raise CannotStart("The database has ended.")
    return server.process.pid


def _empty(env: Env) -> None:
    """An earlier run may have left its data, or have been killed."""
    shutil.rmtree(env.data_dir / "photos", ignore_errors=True)
    where = embedded.place(env.data_dir)
    with psycopg.connect(
        host=str(where.sockets), port=embedded.PORT, user=embedded.USER, dbname="postgres",
        autocommit=True,
    ) as maintenance:  # fmt: skip
        maintenance.execute(f"DROP DATABASE IF EXISTS {embedded.DATABASE} WITH (FORCE)")
        maintenance.execute(f"CREATE DATABASE {embedded.DATABASE}")


def _gather_static() -> None:
    """Only the browser asks for static files, and gathering them takes its time."""
    if phone.browser():
        prepare.collect_static()
    else:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def _load(cases: int, tell: Tell) -> None:
    migrate.migrate()
    load_demo(progress=tell, cases=TOLD)
    with _undisturbed():
        past.load_past(cases, progress=tell)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    # So that no connection of this process is among those whose time is counted.
    connection.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No checkpoint every gigabyte, and no vacuum of the database's own, while much is loaded."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")
        yield
        cursor.execute("ALTER SYSTEM RESET ALL")
        cursor.execute("SELECT pg_reload_conf()")


@contextmanager
def _running(env: Env) -> Iterator[tuple[Child, Child]]:
    """The web server and the worker, as `gulou run` starts them, until they are not needed."""
    leash = Leash()
    web = Child("web server", ["web", "--no-database"], leash)
    worker = Child("worker", ["worker", "--no-database"], leash)
    try:
        web.start()
        until = time.monotonic() + _START_SECONDS
        while not _answers(env.port):
            if web.stopped() or time.monotonic() > until:
                raise CannotStart("The web server does not start; the reason stands above.")
            time.sleep(0.05)
        worker.start()
        yield web, worker
    finally:
        for child in (web, worker):
            child.ask_to_stop()
        until = time.monotonic() + 15
        while not (web.stopped() and worker.stopped()) and time.monotonic() < until:
            time.sleep(0.05)
        for child in (web, worker):
            child.kill()


def _answers(port: int) -> bool:
    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        probe.request("GET", "/healthz")
        return probe.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        probe.close()
