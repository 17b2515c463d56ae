"""Let every case be found that is there already, a thousand at a time, the newest first."""

import json
from typing import Any

from django.db import migrations
from django.db.models import F

from gulou.cases.search import terms_of

BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    models = [apps.get_model("cases", name) for name in ("Case", "Report", "Note", "Answer")]
    case, report, note, answer = models
    last = None
    while True:
        waiting = case.objects.all()
        if last is not None:
            waiting = waiting.filter(pk__lt=last)
        rows = list(waiting.order_by("-pk")[:BATCH])
        if not rows:
            return
        last = rows[-1].pk
        ids = [row.pk for row in rows]
        terms = {row.pk: _of_case(row) for row in rows}
        said = [
            *report.objects.filter(case__in=ids).values_list(
                "case_id", "receipt", "address", "words__text"
            ),
            *note.objects.filter(case__in=ids).values_list("case_id", "words__text"),
            *answer.objects.filter(report__case__in=ids, words__isnull=False)
            .annotate(of=F("report__case_id"))
            .values_list("of", "words__text"),
        ]
        for pk, *texts in said:
            terms[pk] |= terms_of(*texts)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(PUT, [json.dumps([[pk, sorted(found)] for pk, found in terms.items()])])


PUT = """
    INSERT INTO cases_findable (case_id, terms)
    SELECT (one ->> 0)::bigint, array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(one -> 1)))
    FROM jsonb_array_elements(%s::jsonb) AS one
    ON CONFLICT (case_id) DO NOTHING
"""


def _of_case(row: Any) -> set[str]:
    areas = [pk for pk in (row.street_id, row.community_id, row.grid_id) if pk is not None]
    named = {*(f"#a{pk}" for pk in areas), f"#c{row.category_id}"}
    return terms_of(row.number, row.address, row.summary) | named


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0028_findable")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
