"""A case and everything that was merged into it, at any depth: they share one answer.

Whoever locks more than one case locks them by `lock_together`, so that no two wait for each other;
reports are locked after cases.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.kit.compiled import Compiled
from gulou.kit.errors import Conflict

from .models import Case

_ATTEMPTS = 5

_BELOW = """
WITH RECURSIVE family(id, depth) AS (
  SELECT %s::bigint, 0
  UNION ALL
  SELECT c.id, depth + 1 FROM cases_case c JOIN family f ON c.merged_into_id = f.id
) SELECT id FROM family ORDER BY depth, id
"""
_ABOVE = """
WITH RECURSIVE chain(id, above, depth) AS (
  SELECT id, merged_into_id, 0 FROM cases_case WHERE id = %s
  UNION ALL
  SELECT c.id, c.merged_into_id, depth + 1 FROM cases_case c JOIN chain ON c.id = chain.above
) SELECT id FROM chain ORDER BY depth
"""
_REPORTS = """
WITH RECURSIVE family(id) AS (
  SELECT id FROM cases_case WHERE uid = %s
  UNION ALL
  SELECT c.id FROM cases_case c JOIN family f ON c.merged_into_id = f.id
) SELECT r.id FROM cases_report r JOIN family f ON r.case_id = f.id
"""


def family_of(case: Case) -> list[int]:
    """The ids of a case and of all that was merged into it, itself first."""
    return _ids(_BELOW, case.pk)


def chain_of(case_id: int) -> list[int]:
    """The ids of a case and of those it was merged into, up to the one that answers for it."""
    return _ids(_ABOVE, case_id)


def reports_of_family(uid: UUID) -> list[int]:
    """The ids of the reports of a case and of all that was merged into it."""
    return _ids(_REPORTS, uid)


def answering_for(case_id: int) -> Case:
    """The case that answers for this one now: itself unless it was merged."""
    return Case.objects.get(pk=chain_of(case_id)[-1])


def lock_together(pks: Collection[int]) -> dict[int, Case]:
    """These cases by id as they are now, locked in the order of their ids."""
    return {case.pk: case for case in _held(list(pks))}


@Compiled
def _held(pks: list[int]) -> QuerySet[Case]:
    return Case.objects.select_for_update().filter(pk__any=pks).order_by("pk")


def locked_family(case: Case) -> list[Case]:
    """The case and all that was merged into it, locked, itself first. Raises Conflict."""
    return _locked(lambda: family_of(case))


def locked_chain(case_id: int) -> list[Case]:
    """A case and those it was merged into, locked; the last answers for it. Raises Conflict."""
    return _locked(lambda: chain_of(case_id))


def _ids(query: str, case_id: int | UUID) -> list[int]:
    with connection.planned_cursor() as cursor:  # type: ignore[attr-defined]  # kit/postgres
        cursor.execute(query, [case_id])
        return [pk for (pk,) in cursor.fetchall()]


class _MovedMeanwhile(Exception):
    """Somebody merged or split before we held the locks."""


def _locked(read: Callable[[], list[int]]) -> list[Case]:
    """Lock what `read` names and see that it still does; else let go and begin anew."""
    for _attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _locked_once(read)
        except _MovedMeanwhile:
            continue
    raise Conflict(
        "case.merged_meanwhile",
        _("This case is being merged or split right now. Try again in a moment."),
    )


def _locked_once(read: Callable[[], list[int]]) -> list[Case]:
    pks = read()
    found = lock_together(pks)
    if read() != pks:
        raise _MovedMeanwhile
    return [found[pk] for pk in pks]
