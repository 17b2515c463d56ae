from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """By street first, the planner took the index for lists of a street, and sorted what it found."""

    atomic = False
    dependencies = [("cases", "0041_fewer_indexes")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["due_at", "street", "unit"], name="case_open_due",
                condition=models.Q(ended_at=None),
            ),
        ),
        RemoveIndexConcurrently("case", "case_open_street"),
    ]  # fmt: skip
