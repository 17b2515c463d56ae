"""What the worker does for channels, each in a thread of its own; and by the clock."""

from collections.abc import Callable, Mapping
from functools import partial

from . import letters, sending
from .channels import CHANNELS
from .inbox import forget_old
from .letters import leave_closed

__all__ = ["SENDERS", "forget_old", "leave_closed"]

SENDERS: Mapping[str, Callable[[], bool]] = {
    "robots": sending.send_next,
    **{f"to-{name}": partial(letters.send_next, one) for name, one in CHANNELS.items()},
}
"""By the name of the thread: does one thing, and says whether there was one."""
