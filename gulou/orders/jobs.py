"""What the worker does for orders, by the clock."""

from . import operations


def watch_orders() -> int:
    """Tell who is to know that the time of an order runs out."""
    return operations.watch_orders()
