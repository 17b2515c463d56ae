from datetime import UTC, datetime

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0033_watch_what_is_open")]
    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                Coalesce("due_at", models.Value(datetime(9999, 1, 1, tzinfo=UTC))),
                "id",
                name="case_due_or_never",
            ),
        ),
    ]
