from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0050_field_channel")]
    operations = [
        AddIndexConcurrently(
            "step",
            models.Index(
                fields=["started_at"],
                name="step_parts_begun",
                condition=models.Q(kind="part"),
            ),
        ),
    ]
