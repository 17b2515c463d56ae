from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0043_parts")]
    operations = [
        AddIndexConcurrently(
            "case",
            GinIndex(fields=["parts"], name="case_parts", condition=~models.Q(parts=[])),
        ),
    ]
