from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0035_time")]

    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                condition=models.Q(("plea", ""), _negated=True),
                fields=["changed_at"],
                name="case_plea",
            ),
        ),
    ]
