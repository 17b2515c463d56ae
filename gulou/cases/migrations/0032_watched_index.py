from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0031_clocks")]

    operations = [
        AddIndexConcurrently(
            "step",
            models.Index(
                condition=models.Q(("ended_at", None), ("watch_at__isnull", False)),
                fields=["watch_at"],
                name="step_watched",
            ),
        ),
    ]
