"""What the partial indexes of open work hold already, and what nobody looks anything up by, has no
index of its own."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from gulou.kit.migrating import DropColumnIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0051_parts_begun_index")]
    operations = [
        AddIndexConcurrently("case", models.Index(condition=models.Q(("cover__isnull", False)), fields=["cover"], name="case_cover")),
        DropColumnIndex("case", "cover", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="photos.photo")),
        DropColumnIndex("case", "step_person", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        DropColumnIndex("case", "step_unit", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit")),
        DropColumnIndex("before", "by", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        DropColumnIndex("report", "entered_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
    ]
