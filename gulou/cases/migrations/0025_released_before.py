"""What a person released with the office's words before there was a public list is released."""

from django.db import migrations
from django.db.models import Max

from gulou.kit.words import bigrams

SHOWN = ("filed", "dispatched", "handling", "handled", "closed")


def release(apps, _schema):
    Case = apps.get_model("cases", "Case")
    found = (
        Case.objects.filter(
            restricted=False, state__in=SHOWN, released_at=None, photos__released_at__isnull=False
        )
        .exclude(summary="")
        .annotate(since=Max("photos__released_at"))
    )
    for case in found.iterator(chunk_size=500):
        Case.objects.filter(pk=case.pk).update(
            released_at=case.since, released_terms=bigrams(case.summary)
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_released_index")]
    operations = [migrations.RunPython(release, migrations.RunPython.noop)]
