import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0049_ordered_index'),
        ('people', '0004_sessions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeCounter',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Official',
            fields=[
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='people.unit')),
                ('on', models.BooleanField(default=False)),
                ('body', models.CharField(blank=True, max_length=60)),
                ('sign', models.CharField(blank=True, max_length=20)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField()),
                ('batch', models.UUIDField()),
                ('state', models.CharField(choices=[('open', 'To be answered'), ('answered', 'Answered, to be accepted'), ('accepted', 'Accepted'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('since', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('warned', models.PositiveSmallIntegerField(default=0)),
                ('watch_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
                ('words', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.words')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('head_sequence', models.IntegerField(default=0)),
                ('head_digest', models.CharField(blank=True, default='', max_length=64)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('body', models.CharField(max_length=60)),
                ('sign', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('orders', models.ManyToManyField(related_name='notices', to='orders.order')),
            ],
            options={
                'ordering': ['-year', '-number'],
            },
        ),
        migrations.CreateModel(
            name='OrderAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('photos', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('at', models.DateTimeField()),
                ('late', models.BooleanField()),
                ('accepted', models.BooleanField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('judged_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('judged_words', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.words')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='orders.order')),
                ('words', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.words')),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['person', 'due_at'], name='order_open_person'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['by', 'due_at'], name='order_open_by'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('watch_at__isnull', False)), fields=['watch_at'], name='order_watched'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='order_one_open'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['answered', 'open'])), models.Q(('ended_at__isnull', False), ('state__in', ['accepted', 'withdrawn'])), _connector='OR'), name='order_ended_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('year', 'number'), name='notice_number'),
        ),
        migrations.AddConstraint(
            model_name='orderanswer',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted', None)), fields=('order',), name='order_answer_one_waits'),
        ),
    ]
