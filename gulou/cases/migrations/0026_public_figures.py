"""The figures that everybody may quote, one row a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_released_before")]
    operations = [
        migrations.CreateModel(
            "PublicFigures",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("computed_at", models.DateTimeField()),
                ("since", models.DateField()),
                ("body", models.JSONField()),
            ],
        ),
    ]
