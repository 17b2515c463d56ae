"""What our own camera view said of a picture."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('photos', '0004_likeness'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='photo',
            name='capture',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='photo',
            name='capture_link',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
