"""What the worker does for desks by the clock."""

from .operations.presence import forget_presence

__all__ = ["forget_presence"]
