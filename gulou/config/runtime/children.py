"""One process that is kept running: started again, ever more slowly, when it dies."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from gulou.config.runtime.leash import Leash

_LONGEST_PAUSE = 30.0
# Whoever has lived this long was well: the next death starts the pauses from the beginning.
_WELL_AFTER = 60.0


class Child:
    """A `gulou` command as a process of its own group, so that Ctrl-C reaches the supervisor only."""

    def __init__(self, name: str, words: Sequence[str], leash: Leash) -> None:
        self.name = name
        self.words = words
        self.leash = leash
        self.deaths = 0
        self._born = 0.0
        self._due = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._born = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "gulou.config.cli", *self.words],
            env={**os.environ, **self.leash.environment},
            pass_fds=[self.leash.far],
            stdin=subprocess.DEVNULL,
            process_group=0,
        )

    @property
    def pid(self) -> int:
        """The process that was started; 0 when there is none."""
        return self._process.pid if self._process else 0

    def keep(self) -> str:
        """Start it again when it is dead and its pause is over. What there is to tell, or ""."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
            return ""
        code = self._process.poll()
        if code is None:
            return ""
        _end_group(self._process.pid)  # what it had started may still hold the port
        self._process = None
        self.deaths = 1 if now - self._born > _WELL_AFTER else self.deaths + 1
        pause = min(_LONGEST_PAUSE, 2.0 ** (self.deaths - 1))
        self._due = now + pause
        return f"The {self.name} ended ({_how(code)}); starting it again in {pause:.0f} s."

    def wait(self) -> int:
        """Wait for a process that ends by itself; its exit code."""
        return self._process.wait() if self._process else 0

    def ended(self) -> int | None:
        """The exit code once it has ended by itself."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stopped(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """End it and whatever it has started."""
        if self._process is not None:
            _end_group(self._process.pid)
            self._process.wait()


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
