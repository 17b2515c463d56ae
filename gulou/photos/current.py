"""Whether faces and plates are looked for, kept in this process."""

from gulou.outbox.kept import Kept

from .models import Covering


def _read() -> bool:
    return bool(Covering.objects.values_list("is_on", flat=True).first() in (None, True))


_kept = Kept("photos.covering", _read)
covering_is_on, changing = _kept.now, _kept.changing
