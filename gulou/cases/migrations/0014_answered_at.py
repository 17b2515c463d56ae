from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_recheck_photos")]
    operations = [
        migrations.AddField(
            model_name="answer", name="answered_at", field=models.DateTimeField(null=True)
        ),
    ]
