"""The index for a reaction once begins with the event."""

import django.db.models.deletion
from django.db import migrations, models

from gulou.kit.migrating import DropColumnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("outbox", "0011_heartbeats_and_requests")]

    operations = [
        DropColumnIndex("delivery", "event", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="outbox.event")),
    ]
