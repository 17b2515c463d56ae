from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0048_ordered")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["ordered_until"],
                name="case_ordered",
                condition=models.Q(ordered_until__isnull=False),
            ),
        ),
    ]
