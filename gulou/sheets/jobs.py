"""What the worker does by the clock: nobody's file stays longer than it waits for them."""

from datetime import timedelta

from gulou.kit import clock

from .files import files
from .models import Sheet
from .states import DAYS_KEPT


def forget_staged() -> int:
    """Remove files, reports and first passwords that were not fetched in time; how many."""
    until = clock.now() - timedelta(days=DAYS_KEPT)
    old = Sheet.objects.filter(at__lte=until).exclude(report={}, path="", logins=b"", file_name="")
    found = list(old[:500])
    for sheet in found:
        files.remove(sheet.path)
    pks = [sheet.pk for sheet in found]
    Sheet.objects.filter(pk__in=pks, head_sequence=0).delete()
    Sheet.objects.filter(pk__in=pks).update(path="", report={}, logins=b"", file_name="")
    known = set(Sheet.objects.exclude(path="").values_list("path", flat=True))
    files.remove_all_but(known, older_than_seconds=DAYS_KEPT * 86400.0)
    return len(found)
