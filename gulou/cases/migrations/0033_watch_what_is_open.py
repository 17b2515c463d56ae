from django.db import migrations


class Migration(migrations.Migration):
    """Clocks that ran before they were watched are looked at when they are due."""

    atomic = False

    dependencies = [("cases", "0032_watched_index")]

    operations = [
        migrations.RunSQL(
            "UPDATE cases_step SET watch_at = due_at WHERE ended_at IS NULL"
            " AND due_at IS NOT NULL AND watch_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
