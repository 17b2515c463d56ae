"""What processes use, read from Linux's /proc: processor time and memory of a whole tree."""

import os
import time
from collections import defaultdict
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_seconds(root: int) -> float:
    """Processor time (user and system) of a process and everything below it since they began.

    Children that have ended count too, as soon as their parent has waited for them.
    """
    return sum(_cpu_ticks(pid) for pid in tree(root)) / _TICKS


def wait_for_rest(root: int, *, seconds: float, share: float = 0.05, most: float = 180) -> None:
    """Wait until a tree of processes has taken less than this share of a processor for so long."""
    until = time.monotonic() + most
    while time.monotonic() < until:
        before = cpu_seconds(root)
        time.sleep(seconds)
        if cpu_seconds(root) - before < share * seconds:
            return


def memory_mb(root: int) -> float:
    """Proportional set size of a process and everything below it, in MB of 10⁶ bytes.

    Memory that several processes share is divided among them.
    """
    return sum(_pss_kib(pid) for pid in tree(root)) * 1024 / 1e6


def tree(root: int) -> list[int]:
    """A process and everything below it that lives now."""
    below: dict[int, list[int]] = defaultdict(list)
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            below[int(fields[1])].append(int(folder.name))
    found = [root]
    for pid in found:
        found.extend(below[pid])
    return found


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    # utime, stime, and the same of children that were waited for: fields 14 to 17 of proc(5).
    return sum(int(ticks) for ticks in fields[11:15]) if fields else 0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat from the third on; none when it is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    # The second field is the name in brackets, and may hold blanks and brackets itself.
    return text.rpartition(")")[2].split()


def _pss_kib(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
