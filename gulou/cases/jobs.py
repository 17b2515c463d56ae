"""What the worker does for cases by the clock."""

from . import tallies


def fold_tallies() -> int:
    """Fold the changes of counts into the counts."""
    return tallies.fold()
