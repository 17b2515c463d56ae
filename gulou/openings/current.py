"""Which parts are open now, kept in this process, so that asking costs nothing."""

from gulou.outbox.kept import Kept

from .models import Opening


def _read() -> frozenset[str]:
    return frozenset(Opening.objects.filter(is_open=True).values_list("part", flat=True))


_kept = Kept("openings", _read)
open_parts = _kept.now
changing = _kept.changing
