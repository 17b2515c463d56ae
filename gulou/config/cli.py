"""The command line: `gulou run`, `web`, `worker`, `demo`, `found`, `import …`, `ready`, `doctor`, `migrate`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from gulou.bench import ground
from gulou.config.embedded import EmbeddedError
from gulou.config.runtime import lock, ready, supervisor
from gulou.config.runtime.lock import Busy
from gulou.config.runtime.supervisor import CannotStart
from gulou.kit.env import Env, EnvError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. 2: it could not begin, and the reason was printed."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        env = Env.read(os.environ)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gulou.config.settings")
        asked = _parser(words).parse_args(words)
        code: int = asked.command(env, asked)
    except (EnvError, EmbeddedError, Busy, CannotStart) as error:
        print(f"gulou: {error}", file=sys.stderr)
        return 2
    except PermissionError as error:
        print(f"gulou: {error.filename} is closed to this user.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gulou", description="See every street problem, get it fixed, prove it."
    )
    commands = parser.add_subparsers(metavar="command", required=True)

    def add(name: str, told: str, command: Callable[[Env, argparse.Namespace], int]) -> Any:
        one = commands.add_parser(name, help=told, description=told)
        one.set_defaults(command=command)
        return one

    add("run", "Database, web and worker in one; what `make run` starts.", _run)
    add("stop", "Stop the Gulou of this data folder, wherever it was started.", _stop)
    own = "there is a database already; do not start the embedded one"
    web = add("web", "Only the web server.", _web)
    web.add_argument("--no-database", action="store_true", help=own)
    worker = add("worker", "Only the worker.", _inside("worker.work"))
    worker.add_argument("--no-database", action="store_true", help=own)
    demo = add("demo", "Load the made-up district into an empty database.", _demo)
    demo.add_argument("--cases", type=int, help="how many; about 1500 if not given")
    add("migrate", "Bring the database up to date.", _inside("migrate.migrate"))
    add(
        "prepare", "Migrate, gather static files, load the demo if due.", _inside("prepare.prepare")
    )
    add("recount", "Count all cases anew, where the doctor finds counts wrong.",
        _inside("recount.recount"))  # fmt: skip
    add("cover", "Look for faces and plates in all photos that wait for it; file fingerprints.",
        _inside("cover.cover"))  # fmt: skip
    evaluate = add(
        "evaluate", "Measure what the house finds, against what people marked.", _evaluate
    )
    measured = evaluate.add_subparsers(metavar="what", required=True, dest="what")
    covers = measured.add_parser("covers", help="faces and plates, against boxes drawn by hand")
    covers.add_argument("folder", type=Path, help="pictures with a COCO file, or YOLO text files")
    covers.add_argument("--boxes", type=Path, help="a COCO file that lies elsewhere")
    duplicates = measured.add_parser("duplicates", help="suggestions, against flagged reports")
    duplicates.add_argument("file", type=Path, help="CSV, also packed (.gz)")
    duplicates.add_argument("--mapping", type=Path, required=True,
                            help="as for `gulou import cases`, with [duplicates]")  # fmt: skip
    duplicates.add_argument("--since", type=date.fromisoformat, metavar="DAY",
                            help="count reports from this day on; earlier ones are remembered")  # fmt: skip
    duplicates.add_argument("--before", type=date.fromisoformat, metavar="DAY",
                            help="count reports before this day")  # fmt: skip
    duplicates.add_argument("--scatter", type=float, default=0, metavar="METRES",
                            help="move places at random, hide addresses: as telephones send them")  # fmt: skip
    duplicates.add_argument("--svg", type=Path, metavar="FILE", help="draw the curve there")
    ready = add("ready", "Whether the web server of this machine can serve; 1 if not.", _ready)
    ready.add_argument("--worker", action="store_true", help="ask for a worker instead")
    doctor = add("doctor", "Check everything and say what to do.", _doctor)
    doctor.add_argument("--audit", action="store_true", help="prove the record link by link")
    backup = add("backup", "Keep database, photos and keys in one archive, while running.", _safe)
    backup.add_argument("target", type=Path, help="the file (tar) to write, or the folder")
    backup.add_argument("--directory", action="store_true", help="write a folder instead of a tar")
    backup.add_argument("--without-keys", action="store_true", help="leave the keys out")
    restore = add("restore", "Bring a backup into an empty place, after proving it.", _safe)
    restore.add_argument("source", type=Path, help="what `gulou backup` wrote")
    restore.add_argument("--check", action="store_true", help="only prove it; change nothing")
    backup.set_defaults(what="backup")
    restore.set_defaults(what="restore")
    bench = add("bench", "Measure what requests cost, over made-up cases.", _bench)
    bench.add_argument("--cases", type=int, nargs="+", default=[20_000],
                       help="how many (20000); of several sizes it says how costs grow")  # fmt: skip
    bench.add_argument("--connections", type=int, default=8, help="at once (8)")
    bench.add_argument("--seconds", type=float, default=6, help="at most, for each kind (6)")
    bench.add_argument("--requests", type=int, default=1000, help="at most, of each kind (1000)")
    bench.add_argument("--check", action="store_true", help="prove what was loaded and written")
    bench.add_argument("--keep", action="store_true", help="leave the data to be looked at")
    bench.add_argument("--loaded", action="store_true", help="use what --keep has left")
    _add_found(add("found", "Found the district office with its first two people.", _found))
    imports = add("import", "Bring in the files of others.", _import)
    if words[:1] == ["import"]:
        _set_up().add_parsers(imports.add_subparsers(metavar="what", required=True, dest="what"))
    return parser


def _add_found(found: argparse.ArgumentParser) -> None:
    """What is not given is asked for."""
    found.add_argument("--name-zh", help="the office in Chinese, e.g. 某区文明办")
    found.add_argument("--name-en", help="the office in English")
    for who in ("administrator", "dispatcher"):
        found.add_argument(f"--{who}", metavar="USERNAME", help=f"how the {who} signs in")
        found.add_argument(f"--{who}-name", metavar="NAME", help=f"what the {who} is called")


def _run(env: Env, asked: argparse.Namespace) -> int:
    return supervisor.run(env)


def _stop(env: Env, asked: argparse.Namespace) -> int:
    print("Stopped." if lock.stop_holder(env.data_dir) else "Nothing was running.")
    return 0


def _web(env: Env, asked: argparse.Namespace) -> int:
    with _database(env, asked, "gulou web"):
        return int(import_module("gulou.config.runtime.web").serve(env))


def _inside(dotted: str) -> Callable[[Env, argparse.Namespace], int]:
    """A command with models in it.

    Django must be set up before any module with models is imported, and not at all for commands
    that only start processes. So those modules import freely at their top, and this is the one
    place that imports them late.
    """
    module, function = dotted.split(".")

    def command(env: Env, asked: argparse.Namespace) -> int:
        _end_on_sigterm()
        with _database(env, asked, f"gulou {module}"):
            django.setup()
            found = import_module(f"gulou.config.runtime.{module}")
            return int(getattr(found, function)())

    return command


def _ready(env: Env, asked: argparse.Namespace) -> int:
    return ready.ready(env, worker=asked.worker)


def _demo(env: Env, asked: argparse.Namespace) -> int:
    _end_on_sigterm()
    with _database(env, asked, "gulou demo"):
        django.setup()
        return int(import_module("gulou.config.runtime.prepare").demo(asked.cases))


def _doctor(env: Env, asked: argparse.Namespace) -> int:
    django.setup()
    return int(import_module("gulou.config.runtime.doctor").examine(env, audit=asked.audit))


def _evaluate(env: Env, asked: argparse.Namespace) -> int:
    django.setup()
    found = import_module("gulou.config.runtime.evaluate")
    return int(getattr(found, asked.what)(asked))


def _found(env: Env, asked: argparse.Namespace) -> int:
    _end_on_sigterm()
    with _database(env, asked, "gulou found"):
        django.setup()
        return int(import_module("gulou.config.runtime.found").found(asked))


def _bench(env: Env, asked: argparse.Namespace) -> int:
    """In a folder of its own, whatever the environment says of the office's data."""
    _end_on_sigterm()
    os.environ.update(ground.environment(env))
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    found = import_module("gulou.config.runtime.bench")
    return int(found.bench(Env.read(os.environ), asked, out=env.data_dir / "bench.json"))


def _safe(env: Env, asked: argparse.Namespace) -> int:
    """`backup` or `restore`: the module and its function are named as the command is."""
    _end_on_sigterm()
    with _database(env, asked, f"gulou {asked.what}"):
        django.setup()
        found = import_module(f"gulou.config.runtime.safe.{asked.what}")
        return int(getattr(found, asked.what)(asked))


def _import(env: Env, asked: argparse.Namespace) -> int:
    _end_on_sigterm()
    with _database(env, asked, "gulou import"):
        return int(asked.import_command(asked))


def _set_up() -> Any:
    django.setup()
    return import_module("gulou.imports.commands")


def _database(env: Env, asked: argparse.Namespace, what: str) -> Any:
    return nullcontext() if getattr(asked, "no_database", False) else supervisor.database(env, what)


def _end_on_sigterm() -> None:
    """Let `finally` run, so that a database started for this command is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


if __name__ == "__main__":
    sys.exit(main())
