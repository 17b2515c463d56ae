from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0047_rechecked_indexes")]
    operations = [
        migrations.AddField("case", "ordered_until", models.DateTimeField(null=True)),
    ]
