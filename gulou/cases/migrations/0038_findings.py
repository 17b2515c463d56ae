"""What pictures of handled work say of themselves, and which were confirmed to be fakes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0037_open_indexes'),
        ('people', '0004_sessions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FakedPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='faked', to='cases.case')),
                ('evidence', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='faked', to='cases.casephoto')),
                ('step', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.step')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'at'], name='faked_unit')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('same_picture', 'It is a picture from before'), ('seen_before', 'It was sent before, on another case'), ('edited', 'It was saved by picture editing software'), ('copied', 'Parts of it are copied within it'), ('far', 'It was taken somewhere else'), ('earlier', 'It was taken before the problem was seen'), ('other_view', 'It does not show the view of the picture before'), ('no_place', 'It does not say where or when it was taken'), ('same_view', 'It shows the view of the picture before')], max_length=20)),
                ('measured', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('against', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.casephoto')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='cases.casephoto')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['case'], name='finding_case')],
                'constraints': [models.UniqueConstraint(fields=('evidence', 'kind'), name='finding_once')],
            },
        ),
    ]
