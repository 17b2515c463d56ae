import django.contrib.postgres.fields
from django.db import migrations, models

KINDS = [
    ("intake", "Intake"), ("verify", "Verification"), ("dispatch", "Dispatch"),
    ("accept", "Acceptance"), ("handle", "Handling"), ("recheck", "Recheck"),
    ("part", "Part handed down"),
]  # fmt: skip


class Migration(migrations.Migration):
    """Of a new kind of step the database knows nothing: only the list in Python grows."""

    dependencies = [("cases", "0042_open_due_index")]
    operations = [
        migrations.AddField(
            "case", "parts",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list,
                size=None,
            ),
        ),
        migrations.AddField("case", "part_due_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "case", "step_kind", models.CharField(blank=True, choices=KINDS, max_length=12)
        ),
        migrations.AlterField("step", "kind", models.CharField(choices=KINDS, max_length=12)),
    ]  # fmt: skip
