"""A picture of a camera is proved by the one before it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("photos", "0005_capture")]

    operations = [
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('capture_link', ''), _negated=True), fields=['capture_link'], name='photo_capture'),
        ),
    ]
