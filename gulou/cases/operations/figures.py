"""Computing the figures that everybody may quote. Derived from the record, so no fact of its own."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from gulou.cases.models import PublicFigures
from gulou.kit import clock

MONTHS = 12

# What is counted, and the rows it is counted from: each with when, where and about what.
_MEASURES = (
    ("count(*) AS received",
     """SELECT r.received_at AS at, c.street_id, c.category_id
        FROM cases_report r JOIN cases_case c ON c.id = r.case_id"""),
    ("count(*) AS filed",
     """SELECT opened_at AS at, street_id, category_id FROM cases_case
        WHERE state NOT IN ('received', 'declined', 'redirected', 'merged')"""),
    ("count(*) AS closed, percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median",
     """SELECT ended_at AS at, street_id, category_id,
               extract(epoch FROM ended_at - opened_at) AS took
        FROM cases_case WHERE state = 'closed'"""),
    ("count(*) AS handled, count(*) FILTER (WHERE kept) AS on_time",
     """SELECT s.ended_at AS at, c.street_id, c.category_id,
               s.due_at IS NULL OR s.ended_at <= s.due_at AS kept
        FROM cases_step s JOIN cases_case c ON c.id = s.case_id
        WHERE s.kind = 'handle' AND s.outcome = 'handled'"""),
    ("count(*) AS reopened",
     """SELECT n.at, c.street_id, c.category_id
        FROM cases_note n JOIN cases_case c ON c.id = n.case_id WHERE n.move = 'reopen'"""),
    ("count(*) AS ratings, sum(rating) AS stars",
     """SELECT a.at, c.street_id, c.category_id, a.rating
        FROM cases_answer a JOIN cases_report r ON r.id = a.report_id
        JOIN cases_case c ON c.id = r.case_id WHERE a.rating IS NOT NULL"""),
)  # fmt: skip


def compute_figures() -> PublicFigures:
    """Compute the figures of the last twelve months and keep them as those of today.

    Those of earlier days stay as they were, so that what was quoted can be looked up.
    """
    now = clock.now()
    today = timezone.localdate(now)
    since = _first_day(today)
    body: dict[str, Any] = {"total": {}, "months": {}, "streets": {}, "categories": {}}
    with connection.cursor() as cursor:
        for what, rows in _MEASURES:
            _count(cursor, body, what, rows, since, now)
    figures, _made = PublicFigures.objects.update_or_create(
        day=today, defaults={"computed_at": now, "since": since, "body": body}
    )
    return figures


def _first_day(today: date) -> date:
    """The first day of the month eleven months ago."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def _count(
    cursor: Any, body: dict[str, Any], what: str, rows: str, since: date, now: datetime
) -> None:
    # Only our own words stand in the query; what varies is given as parameters.
    query = f"""
        SELECT month, street, category, {what}
        FROM (SELECT r.*, to_char(at AT TIME ZONE %s, 'YYYY-MM') AS month,
                     coalesce(a.code, '') AS street, k.code AS category
              FROM ({rows}) r JOIN catalogue_category k ON k.id = r.category_id
              LEFT JOIN places_area a ON a.id = r.street_id
              WHERE at >= %s::timestamp AT TIME ZONE %s AND at <= %s) dated
        GROUP BY GROUPING SETS ((), (month), (street), (category))
        """  # noqa: S608
    zone = settings.TIME_ZONE
    cursor.execute(query, [zone, since, zone, now])
    names = [column.name for column in cursor.description[3:]]
    for month, street, category, *values in cursor.fetchall():
        counted = {n: float(v) for n, v in zip(names, values, strict=True) if v is not None}
        if month is not None:
            body["months"].setdefault(month, {}).update(counted)
        elif street is not None:
            body["streets"].setdefault(street, {}).update(counted)
        elif category is not None:
            body["categories"].setdefault(category, {}).update(counted)
        else:
            body["total"].update(counted)
