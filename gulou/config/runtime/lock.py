"""Only one Gulou works in a data folder at a time. The lock falls with the process that holds it."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Busy(Exception):
    """Another Gulou works in this data folder. The message says which."""


@contextmanager
def held(data_dir: Path, what: str) -> Iterator[None]:
    """Hold the data folder for `what`, or raise Busy."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "gulou.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Busy(
                f"Gulou already works in {data_dir} ({file.read().strip() or 'just starting'}). "
                "Stop that one first (Ctrl-C in its window, or `make stop`), or set "
                "GULOU_DATA_DIR and GULOU_PORT to run a second one beside it."
            ) from error
        file.truncate(0)
        file.write(f"{what}, process {os.getpid()}")
        file.flush()
        yield
        file.truncate(0)


def stop_holder(data_dir: Path, patience: float = 120) -> bool:
    """Ask who holds the data folder to stop, and wait until it has. False when nobody does."""
    path = data_dir / "gulou.lock"
    if not path.exists():
        return False
    with path.open("r", encoding="utf-8") as file:
        if _free(file):
            return False
        os.kill(int(file.read().split()[-1]), signal.SIGTERM)
        until = time.monotonic() + patience
        while not _free(file):
            if time.monotonic() > until:
                raise Busy(f"Gulou in {data_dir} has not stopped within {patience:.0f} s.")
            time.sleep(0.1)
    return True


def _free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
