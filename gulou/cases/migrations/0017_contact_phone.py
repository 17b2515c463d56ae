from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside people who write.
    atomic = False
    dependencies = [("cases", "0016_records")]
    operations = [
        AddIndexConcurrently(
            model_name='contact',
            index=models.Index(condition=models.Q(('phone_digest', ''), _negated=True), fields=['phone_digest'], name='contact_phone'),
        ),
    ]
