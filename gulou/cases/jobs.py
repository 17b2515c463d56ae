"""What the worker does for cases by the clock."""

from datetime import timedelta

from gulou.kit import clock

from . import search, tallies
from .models import Before
from .operations.figures import compute_figures

KEPT = timedelta(minutes=10)


def fold_tallies() -> int:
    """Fold the changes of counts into the counts."""
    return tallies.fold()


def forget_before() -> int:
    """Forget how cases stood before moves that can no longer be taken back; how many."""
    return Before.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


def renew_figures() -> None:
    """Compute the public figures of today anew."""
    compute_figures()


def find_the_missing() -> int:
    """Let cases be found that an older version took in beside this one; how many."""
    cases = search.missing(1000)
    search.find_anew(cases)
    return len(cases)
