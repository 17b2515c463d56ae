import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0039_camera'),
        ('people', '0004_sessions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metres', models.PositiveIntegerField()),
                ('days', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('confirmed', models.BooleanField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('before', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
            ],
            options={
                'ordering': ['days', 'id'],
                'indexes': [models.Index(condition=models.Q(('confirmed', True)), fields=['decided_at', 'unit'], name='recurrence_confirmed')],
                'constraints': [models.UniqueConstraint(fields=('case', 'before'), name='recurrence_once'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed', None), ('decided_at', None), ('decided_by', None)), models.Q(('confirmed__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='recurrence_decided_by_somebody'), models.CheckConstraint(condition=models.Q(('case', models.F('before')), _negated=True), name='recurrence_of_another')],
            },
        ),
    ]
