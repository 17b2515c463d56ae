from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0021_undo")]

    operations = [
        AddIndexConcurrently(
            "case", models.Index(fields=["-changed_at", "-id"], name="case_changed")
        ),
    ]
