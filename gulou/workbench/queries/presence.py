"""Who else has a case before them, so that two people see each other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from gulou.kit import clock
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
    rows = (
        Presence.objects.filter(case_id__in=case_ids, seen_at__gte=since)
        .exclude(person=reader)
        .select_related("person")
        .order_by("-writing", "person_id")
    )
    found: dict[int, list[Here]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(Here(str(row.person), row.writing))
    return found
