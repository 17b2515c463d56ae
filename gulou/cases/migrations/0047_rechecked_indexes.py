from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

RECHECKED = models.Q(kind="recheck", ended_at__isnull=False)


class Migration(migrations.Migration):
    """Who rechecked what lately: asked where it is drawn who rechecks."""

    atomic = False
    dependencies = [("cases", "0046_revisits")]
    operations = [
        AddIndexConcurrently(
            "step",
            models.Index(fields=["unit", "ended_at"], name="step_rechecked_unit", condition=RECHECKED),
        ),
        AddIndexConcurrently(
            "step",
            models.Index(fields=["ended_by", "ended_at"], name="step_rechecked_by", condition=RECHECKED),
        ),
    ]  # fmt: skip
