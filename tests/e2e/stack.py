"""Gulou as it stands in production: a database and a bucket of their own, two web servers and two
workers as processes. What the test has committed is what the database begins with."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg

from gulou.config import embedded
from gulou.config.runtime.safe import dump
from tests.bucket import address, free_port, seaweed

PATIENCE = 60.0


class Process:
    """A `gulou` command, with all that it starts."""

    def __init__(self, words: list[str], environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self.run = subprocess.Popen(
                [sys.executable, "-m", "gulou.config.cli", *words], env=environment, stdout=said,
                stderr=said, process_group=0,
            )  # fmt: skip

    def kill(self) -> None:
        """As a power cut does it."""
        os.killpg(self.run.pid, signal.SIGKILL)
        self.run.wait()

    def stop(self) -> int:
        """As systemd does it."""
        self.run.terminate()
        return self.run.wait(30)


class Stack:
    def __init__(self, folder: Path, bucket: int) -> None:
        self.folder, self.bucket = folder, bucket
        self.primary = embedded.Server(embedded.place(folder / "primary"), durable=False)
        self.replica = embedded.Server(embedded.place(folder / "replica"), durable=False)
        self.ports = [free_port(), free_port()]
        self.log = folder / "log"
        self.processes: list[Process] = []

    def environment(self, **more: str) -> dict[str, str]:
        ours = {name: one for name, one in os.environ.items() if not name.startswith("GULOU_")}
        return ours | {
            "DATABASE_URL": self.primary.place.url, "GULOU_STORAGE_URL": address(self.bucket) if self.bucket else "",
            "GULOU_DATA_DIR": str(self.folder), "GULOU_DEMO": "0", "GULOU_LOG_FORMAT": "json",
            "GULOU_REPORTS_PER_HOUR": "100000", "GULOU_EMAIL_URL": f"file://{self.folder}/mails",
        } | more  # fmt: skip

    def web(self, number: int, **more: str) -> Process:
        """The web server of this number."""
        return self._start("web", GULOU_PORT=str(self.ports[number]), **more)

    def worker(self) -> Process:
        return self._start("worker")

    def _start(self, what: str, **more: str) -> Process:
        found = Process([what, "--no-database"], self.environment(**more), self.log)
        self.processes.append(found)
        return found

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gulou.config.cli", *words], env=self.environment(),
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def ask(self, number: int, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """What a web server answers; 0 when it does not."""
        data, kind = _encoded(body)
        address = f"http://127.0.0.1:{self.ports[number]}{path}"
        request = urllib.request.Request(address, headers=kind | headers, data=data)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def wait_for(self, *numbers: int) -> None:
        until = time.monotonic() + PATIENCE
        while any(self.ask(number, "/readyz")[0] != 200 for number in numbers):
            assert time.monotonic() < until, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the primary says."""
        with psycopg.connect(self.primary.place.url.replace("postgres://", "postgresql://")) as one:
            found = one.execute(sql, values or None)
            return found.fetchall() if found.description else []

    def follow(self) -> None:
        """Let a replica follow the primary from now on."""
        data = self.replica.place.data
        data.parent.mkdir(parents=True, exist_ok=True)
        tool = str(embedded.program("pg_basebackup"))
        subprocess.run(
            [tool, "-D", str(data), "-h", str(self.primary.place.sockets), "-U", embedded.USER,
             "-R", "-X", "stream", "-c", "fast"],
            check=True, capture_output=True,
        )  # fmt: skip
        self.replica.start()


def _encoded(body: Any) -> tuple[bytes | None, dict[str, str]]:
    """A form with a file where a value is bytes, else JSON."""
    if body is None:
        return None, {}
    if not any(isinstance(value, bytes) for value in body.values()):
        return json.dumps(body).encode(), {"Content-Type": "application/json"}
    parts = b""
    for name, value in body.items():
        file = '; filename="street.jpg"\r\nContent-Type: image/jpeg' if name == "file" else ""
        head = f'--parted\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts += head.encode() + (value if name == "file" else value.encode()) + b"\r\n"
    return parts + b"--parted--\r\n", {"Content-Type": "multipart/form-data; boundary=parted"}


@contextmanager
def a_stack(folder: Path, *, bucket: bool = False) -> Iterator[Stack]:
    """Its processes end with it, however it ends. Photos are in a bucket, or in its folder."""
    weed = folder / "weed"
    weed.mkdir()
    with seaweed(weed) if bucket else nullcontext(0) as port:
        stack = Stack(folder, port)
        try:
            stack.primary.start()
            _fill(stack)
            yield stack
        finally:
            for one in stack.processes:
                if one.run.poll() is None:
                    one.kill()
            stack.replica.stop()
            stack.primary.stop()


def _fill(stack: Stack) -> None:
    found = stack.folder / "dump"
    dump._run("pg_dump", ["--format=custom", "--no-owner", "--no-acl"], found)
    words = ["--no-owner", "--no-acl", "--exit-on-error", "-h", str(stack.primary.place.sockets),
             "-U", embedded.USER, "-d", embedded.DATABASE, str(found)]  # fmt: skip
    subprocess.run([str(embedded.program("pg_restore")), *words], check=True, capture_output=True)
