from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(
            "ALTER TABLE outbox_heartbeat ADD COLUMN of_a_test int",
            "ALTER TABLE outbox_heartbeat DROP COLUMN of_a_test",
        )
    ]
