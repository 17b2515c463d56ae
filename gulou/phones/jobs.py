"""What the worker clears for phones."""

from gulou.kit import clock

from . import operations


def clear() -> None:
    """Uploads that were never finished or have been sent, and operations of long ago."""
    while operations.discard_expired() == 200:
        pass
    operations.forget_pushed(clock.now() - operations.KEPT_FOR)


sweep_pieces = operations.sweep_pieces
