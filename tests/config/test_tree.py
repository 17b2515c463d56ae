"""One real `gulou run` in a folder of its own: it serves, heals, is alone, and stops in order."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gulou.config import embedded
from gulou.config.runtime import lock


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Tree:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.said = folder.with_suffix(".log")
        self.run: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        ours = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GULOU_") and name != "DATABASE_URL"
        }
        ours |= {"GULOU_DATA_DIR": str(self.folder), "GULOU_PORT": str(self.port)}
        return ours | {"GULOU_DEMO": "0"} | more

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gulou.config.cli", *words],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self) -> None:
        with self.said.open("ab") as said:
            self.run = subprocess.Popen(
                [sys.executable, "-m", "gulou.config.cli", "run"],
                env=self.environment(),
                stdout=said,
                stderr=said,
            )
        self.wait_for(200)

    def wait_for(self, status: int, patience: float = 240) -> None:
        until = time.monotonic() + patience
        while self.status() != status:
            assert time.monotonic() < until, self.said.read_text()
            time.sleep(0.1)

    def status(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as it:
                return int(it.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def child(self, word: str) -> int:
        """The number of the process under our run whose command line has this word, or 0."""
        assert self.run is not None
        for pid in _children(self.run.pid):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            if word in {Path(part).name for part in line}:
                return pid
        return 0

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        assert self.run is not None
        self.run.send_signal(how)
        return self.run.wait(120)


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _line(pid: int) -> str:
    """The command line of a process; "" when it is gone or waits to be buried."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _whole(pid: int) -> list[int]:
    return [pid, *(one for child in _children(pid) for one in _whole(child))]


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    tree = Tree(folder)
    yield tree
    if tree.run is not None and tree.run.poll() is None:
        tree.end(signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_one_run_serves_heals_is_alone_and_comes_back_after_kill_9(tree: Tree) -> None:
    tree.start()

    # Alone in its folder, and on its port.
    second = tree.command("run")
    assert second.returncode == 2
    assert "already works in" in second.stderr
    neighbour = tree.command("run", GULOU_DATA_DIR=str(tree.folder.with_name("other")))
    assert neighbour.returncode == 2
    assert "choose another port" in neighbour.stderr

    # It heals what dies under it.
    for word in ("web", "worker", "postgres"):
        os.kill(old := tree.child(word), signal.SIGKILL)
        until = time.monotonic() + 60
        while tree.child(word) in {0, old}:
            assert time.monotonic() < until, tree.said.read_text()
            time.sleep(0.1)
    tree.wait_for(200)

    # Everything killed at once: the next start recovers by itself.
    assert tree.run is not None
    for pid in _whole(tree.run.pid):
        with suppress(ProcessLookupError):  # it went with its parent already
            os.kill(pid, signal.SIGKILL)
    tree.run.wait()
    tree.start()

    # Told to stop, it stops all of it.
    pids = _whole(tree.run.pid)
    assert tree.end() == 0
    until = time.monotonic() + 10  # helpers see the end of their pipe and go by themselves
    while any(map(embedded._lives, pids)) and time.monotonic() < until:
        time.sleep(0.1)
    assert [line for line in map(_line, pids) if line] == []
    assert not lock.stop_holder(tree.folder)
    assert "Stopped. Everything is kept." in tree.said.read_text()


@pytest.mark.parametrize("words", [["run"], ["doctor"], ["migrate"], ["import"]])
def test_a_misspelt_setting_is_told_plainly(tree: Tree, words: list[str]) -> None:
    told = tree.command(*words, GULOU_PROT="1")
    assert told.returncode == 2
    assert "GULOU_PROT is not a setting of Gulou" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_lock_falls_with_its_holder(tmp_path: Path) -> None:
    with (
        lock.held(tmp_path, "a test"),
        pytest.raises(lock.Busy, match="a test, process"),
        lock.held(tmp_path, "another"),
    ):
        pass
    with lock.held(tmp_path, "another"):
        pass
