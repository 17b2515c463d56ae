"""Counts that are kept, not counted: how many cases each state, unit and street holds.

A trigger on the table of cases writes what each change adds and takes away, as rows of their own,
in the transaction of the change: so two moves never wait for each other's count, and whoever reads
sums what is kept and what was added since. The worker folds the one into the other.
"""

from collections.abc import Iterator

from django.db import connection, transaction

BY_STATE, BY_KIND, BY_DUE = 1, 2, 3
"""The three grains: by state and unit; those by category and source; open ones by day due."""
KEY = "state, street_id, unit_id, restricted, category_id, source, due_day"
# Which columns each grain keeps apart; a blank stands for the others.
_GRAINS = {
    BY_STATE: ("state, street_id, unit_id, restricted, 0, '', 0", "TRUE"),
    BY_KIND: ("state, street_id, unit_id, restricted, category_id, source, 0", "TRUE"),
    BY_DUE: ("'', street_id, unit_id, restricted, 0, '', due_day", "due_day <> 0"),
}
# The same columns of a case; `due_day` counts days (UTC) from 1970 where it is due at all.
_OF_CASE = """
    SELECT 1 AS n, state, coalesce(street_id, 0) AS street_id, unit_id, restricted, category_id,
           source, CASE WHEN ended_at IS NULL AND due_at IS NOT NULL
           THEN (due_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01' ELSE 0 END AS due_day
    FROM cases_case
"""
_LOCK = 7_300_117


def fold() -> int:
    """Fold what was written since into what is kept; how many rows that were. Skips where another
    worker is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("CREATE TEMP TABLE folding ON COMMIT DROP AS "
                       "WITH gone AS (DELETE FROM cases_tallychange RETURNING *) SELECT * FROM gone")  # fmt: skip
        folded = max(int(cursor.rowcount), 0)
        if folded:
            cursor.execute(_sums("folding") + " ON CONFLICT (grain, " + KEY + ") "
                           "DO UPDATE SET n = cases_tally.n + excluded.n")  # fmt: skip
            cursor.execute("DELETE FROM cases_tally WHERE n = 0")
        cursor.execute("DROP TABLE folding")
        return folded


def rebuild() -> None:
    """Count everything anew. Moves wait meanwhile: seconds for millions of cases."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("LOCK TABLE cases_case IN SHARE MODE")
        cursor.execute("DELETE FROM cases_tallychange")
        cursor.execute("DELETE FROM cases_tally")
        cursor.execute(_sums(f"({_OF_CASE}) AS counted"))


def differences() -> Iterator[str]:
    """Where what is kept differs from what is counted now, a line for each."""
    kept = f"SELECT grain, {KEY}, n FROM cases_tally UNION ALL ({_select('cases_tallychange')})"  # noqa: S608  our own names
    counted = _select(f"({_OF_CASE}) AS counted")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT grain, {KEY}, sum(n) FROM (SELECT * FROM ({kept}) AS kept UNION ALL "  # noqa: S608
            f"SELECT grain, {KEY}, -n FROM ({counted}) AS real) AS both_ways "
            f"GROUP BY grain, {KEY} HAVING sum(n) <> 0 ORDER BY grain, {KEY} LIMIT 100"
        )
        for row in cursor.fetchall():
            yield " ".join(str(value) for value in row)


def _sums(source: str) -> str:
    return f"INSERT INTO cases_tally (grain, {KEY}, n) {_select(source)}"


def _select(source: str) -> str:
    """The rows of every grain that these changes sum up to."""
    return " UNION ALL ".join(
        f"SELECT grain, {KEY}, sum(n)::bigint AS n FROM (SELECT {grain} AS grain, state, street_id, "  # noqa: S608
        f"unit_id, restricted, category_id, source, due_day, n FROM (SELECT {columns}, n FROM "
        f"{source} WHERE {where}) AS of_grain({KEY}, n)) AS one GROUP BY grain, {KEY} HAVING sum(n) <> 0"
        for grain, (columns, where) in _GRAINS.items()
    )
