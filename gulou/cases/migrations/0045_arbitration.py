import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0044_parts_index'),
        ('catalogue', '0006_clocks'),
        ('people', '0004_sessions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='step_kind',
            field=models.CharField(blank=True, choices=[('intake', 'Intake'), ('verify', 'Verification'), ('dispatch', 'Dispatch'), ('arbitrate', 'Arbitration'), ('accept', 'Acceptance'), ('handle', 'Handling'), ('recheck', 'Recheck'), ('part', 'Part handed down')], max_length=12),
        ),
        migrations.AlterField(
            model_name='step',
            name='kind',
            field=models.CharField(choices=[('intake', 'Intake'), ('verify', 'Verification'), ('dispatch', 'Dispatch'), ('arbitrate', 'Arbitration'), ('accept', 'Acceptance'), ('handle', 'Handling'), ('recheck', 'Recheck'), ('part', 'Part handed down')], max_length=12),
        ),
        migrations.CreateModel(
            name='Arbitration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('third', 'Returned for the third time'), ('mutual', 'Two units name each other')], max_length=8)),
                ('at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='arbitrations', to='cases.case')),
                ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.rule')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.step')),
                ('unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
                ('words', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.words')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['case', 'at'], name='arbitration_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('by', None), ('decided_at', None), ('rule', None), ('unit', None), ('words', None)), models.Q(('by__isnull', False), ('decided_at__isnull', False), ('unit__isnull', False), ('words__isnull', False)), _connector='OR'), name='arbitration_decided_whole')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='cases.case')),
                ('named', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
                ('reason', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.reason')),
                ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.rule')),
                ('step', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.step')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
                ('words', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.words')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['case', 'at'], name='statement_case')],
            },
        ),
    ]
