"""PostgreSQL's own dump and restore, from the wheel, against whichever server is in use."""

import os
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo

from gulou.config import embedded


class DumpFailed(Exception):
    """pg_dump or pg_restore did not do it. The message is theirs."""


def dump(snapshot: str, to: Path) -> None:
    """Write the database as of an exported snapshot, compressed. Raises DumpFailed."""
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"], to)


def listed(path: Path) -> int:
    """How many things a dump holds. Raises DumpFailed where it cannot be read."""
    told = _tool(["pg_restore", "--list", str(path)])
    return sum(not line.startswith(";") for line in told.splitlines())


def restore(path: Path) -> None:
    """Fill the empty database, all or nothing. Raises DumpFailed."""
    options = ["--no-owner", "--no-acl", "--exit-on-error", "--single-transaction"]
    _tool(["pg_restore", *options, f"--dbname={_words()}", str(path)])


def _run(tool: str, options: list[str], to: Path) -> None:
    _tool([tool, *options, f"--file={to}", f"--dbname={_words()}"])


def _tool(words: list[str]) -> str:
    command = [str(embedded.program(words[0])), *words[1:]]
    done = subprocess.run(  # noqa: S603  our own program and words
        command, capture_output=True, text=True, env=_environment(), check=False
    )
    if done.returncode != 0:
        raise DumpFailed(done.stderr.strip()[-2000:] or f"{words[0]} ended with {done.returncode}")
    return done.stdout


def _given() -> dict[str, Any]:
    known = ("host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")
    params = connection.get_connection_params()
    return {name: params[name] for name in known if params.get(name)}


def _words() -> str:
    """Where to connect. Without the password, which others could read in the list of processes."""
    return make_conninfo(**_given())


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    password = connection.get_connection_params().get("password")
    return {**kept, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}
