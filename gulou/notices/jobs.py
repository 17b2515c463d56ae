"""What the worker does for channels, each in a thread of its own."""

from .sending import send_next

SENDERS = {"robots": send_next}
"""By the name of the thread: does one thing, and says whether there was one."""
