"""Photos that look alike are found among millions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('photos', '0003_public_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='likeness', serialize=False, to='photos.photo')),
                ('a', models.SmallIntegerField()),
                ('b', models.SmallIntegerField()),
                ('c', models.SmallIntegerField()),
                ('d', models.SmallIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['a'], include=('b', 'c', 'd', 'photo'), name='likeness_a'), models.Index(fields=['b'], include=('a', 'c', 'd', 'photo'), name='likeness_b'), models.Index(fields=['c'], include=('a', 'b', 'd', 'photo'), name='likeness_c'), models.Index(fields=['d'], include=('a', 'b', 'c', 'photo'), name='likeness_d')],
            },
        ),
    ]
