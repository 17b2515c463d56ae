"""Who else has a case before them, so that two people see each other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.people.models import User
from gulou.workbench.models import Presence

SEEN_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Here:
    """Somebody who reads a case now, or writes on it."""

    name: str
    writing: bool


def others_at(case_ids: Collection[int], *, reader: User) -> dict[int, list[Here]]:
    """Who else has had each of these cases before them in the last minute, writers first.

    The reader must be known to see the cases.
    """
    since = clock.now() - SEEN_WITHIN
    rows = _at(list(case_ids), since, reader.pk)
    found: dict[int, list[Here]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(Here(str(row.person), row.writing))
    return found


@Compiled
def _at(case_ids: list[int], since: datetime, reader_id: int) -> QuerySet[Presence]:
    there = Presence.objects.filter(case_id__any=case_ids, seen_at__gte=since)
    others = there.exclude(person_id=reader_id).select_related("person")
    return others.order_by("-writing", "person_id")
