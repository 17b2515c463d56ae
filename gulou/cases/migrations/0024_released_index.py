"""The public list is walked by when a case was released, and searched by the words about it."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

RELEASED = models.Q(released_at__isnull=False)


def released(name, *fields):
    return AddIndexConcurrently(
        "case",
        models.Index(fields=[*fields, "-released_at", "-id"], name=name, condition=RELEASED),
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0023_released")]
    operations = [
        released("case_released"),
        released("case_released_street", "street"),
        released("case_released_category", "category"),
        AddIndexConcurrently(
            "case",
            django.contrib.postgres.indexes.GinIndex(
                fields=["released_terms"], name="case_released_terms", condition=RELEASED
            ),
        ),
    ]
