"""Nobody asks for the photos that somebody staged without knowing which."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gulou.kit.migrating import DropColumnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("photos", "0006_capture_index")]

    operations = [
        DropColumnIndex("photo", "staged_by", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
    ]
