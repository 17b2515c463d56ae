from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_OPEN = models.Q(ended_at=None)


class Migration(migrations.Migration):
    """Of millions of cases few are open: who asks for these must not pass by the ended ones."""

    atomic = False
    dependencies = [("cases", "0036_plea_index")]
    operations = [
        AddIndexConcurrently("case", models.Index(fields=fields, name=name, condition=_OPEN))
        for fields, name in (
            (["step_unit", "step_kind"], "case_open_work"),
            (["street", "due_at"], "case_open_street"),
            (["cell"], "case_open_cell"),
        )
    ]
