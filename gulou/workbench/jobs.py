"""What the worker does for desks by the clock."""

from .operations.following import owe_followers
from .operations.presence import forget_presence

__all__ = ["forget_presence", "owe_followers"]
