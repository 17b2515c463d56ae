"""Children end when their supervisor is gone, however it went.

The supervisor holds one end of a pipe and never writes to it. A child waits on the other end: when
that closes, it stops as if it had been told to, and after a while for good.
"""

import os
import signal
import threading
import time

_NAME = "_GULOU_LEASH"
_GRACE_SECONDS = 30


class Leash:
    """The supervisor's side."""

    def __init__(self) -> None:
        self.far, self._near = os.pipe()

    @property
    def environment(self) -> dict[str, str]:
        """What a child must find in its environment, beside the inherited descriptor `far`."""
        return {_NAME: str(self.far)}


def hold() -> None:
    """The child's side: to be called in every process that should not outlive the supervisor."""
    far = os.environ.get(_NAME)
    if far is not None:
        threading.Thread(target=_wait, args=(int(far),), daemon=True, name="leash").start()


def _wait(far: int) -> None:
    os.read(far, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)
