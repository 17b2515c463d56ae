"""Since when everybody may read of a case, and the terms by which they find it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0022_changed_index")]
    operations = [
        migrations.AddField("case", "released_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "case", "released_terms",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=300), null=True, size=None
            ),
        ),
    ]
