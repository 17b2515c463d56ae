"""The public fetches a picture by a name of its own."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("photos", "0002_covers")]

    operations = [
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('public_uid__isnull', False)), fields=['public_uid'], name='photo_public'),
        ),
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('public_digest', ''), _negated=True), fields=['public_digest'], name='photo_public_digest'),
        ),
    ]
