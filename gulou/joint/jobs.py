"""What the worker does for joint operations by the clock."""

from gulou.kit import clock

from .operations import tell_late


def watch_parts() -> int:
    """Put on record which parts have become late; reactions tell who is to know."""
    return tell_late(clock.now())
