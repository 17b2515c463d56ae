"""What another index begins with, and what nobody looks anything up by, has no index of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gulou.kit.migrating import DropColumnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0040_recurrences")]

    operations = [
        DropColumnIndex("case", "district", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.area")),
        DropColumnIndex("case", "street", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.area")),
        DropColumnIndex("case", "unit", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit")),
        DropColumnIndex("case", "code_set", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.codeset")),
        DropColumnIndex("case", "condition", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.condition")),
        DropColumnIndex("case", "rule", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="catalogue.rule")),
        DropColumnIndex("case", "step", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.step")),
        DropColumnIndex("case", "merged_into", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case")),
        DropColumnIndex("step", "case", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="cases.case")),
        DropColumnIndex("step", "parent", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="cases.step")),
        DropColumnIndex("step", "ended_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        DropColumnIndex("casephoto", "case", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="cases.case")),
        DropColumnIndex("casephoto", "step", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.step")),
        DropColumnIndex("casephoto", "added_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        DropColumnIndex("casephoto", "released_by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        DropColumnIndex("note", "by", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        DropColumnIndex("note", "reason", models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.reason")),
        DropColumnIndex("report", "district", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.area")),
        DropColumnIndex("report", "token", models.CharField(max_length=43, unique=True)),
    ]
