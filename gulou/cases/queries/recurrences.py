"""Problems that came back: on the record of a case, and counted for units and places."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from gulou.cases import states
from gulou.cases.models import Case, Recurrence, Revisit, RevisitKind
from gulou.kit.compiled import Compiled
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .rows import Row, rows_of
from .seen import cases_seen_by


@dataclass(frozen=True)
class Returned:
    """The other case of a suspected, confirmed or rejected recurrence. `again`: it is the later
    one. `mine`: the reader may decide."""

    id: int
    row: Row
    again: bool
    metres: int
    days: int
    confirmed: bool | None
    decided_by: str
    decided_at: datetime | None
    mine: bool


@dataclass(frozen=True)
class Recurring:
    """How many cases of a unit, in a place and of a kind were confirmed to have come back."""

    unit_id: int
    street_id: int | None
    community_id: int | None
    category_id: int
    count: int


def recurrences_of(case: Case, *, reader: User) -> list[Returned]:
    """What a case may be again, and what may be it again, where the reader sees the other one."""
    links = _links_of(case.pk, case.pk)
    if not links:
        return []
    links.sort(key=lambda link: link.case_id != case.pk)
    others = {_other(link, case) for link in links}
    rows = {row.id: row for row in rows_of(cases_seen_by(reader).filter(pk__in=others))}
    may = access.holds(reader, states.JUDGE_RECURRENCE, unit_id=case.unit_id)
    open_to = case.state not in (
        states.State.DECLINED,
        states.State.REDIRECTED,
        states.State.MERGED,
    )
    return [
        Returned(
            link.pk, rows[_other(link, case)], link.before_id == case.pk, link.metres, link.days,
            link.confirmed, str(link.decided_by or ""), link.decided_at,
            may and open_to and link.case_id == case.pk,
        )
        for link in links
        if _other(link, case) in rows
    ]  # fmt: skip


@Compiled
def _links_of(case_id: int, before_id: int) -> QuerySet[Recurrence]:
    """Where the case comes back, and where it may have come back."""
    links = Recurrence.objects.filter(
        Q(case_id=case_id) | (Q(before_id=before_id) & ~Q(confirmed=False))
    )
    return links.select_related("decided_by")


def _other(link: Recurrence, case: Case) -> int:
    return link.before_id if link.case_id == case.pk else link.case_id


def confirmed_recurrences(since: datetime, until: datetime) -> list[Recurring]:
    """Recurrences confirmed in a period, and failed look-backs, counted by the unit that had answered
    for the earlier case, by place and kind. A case counts once, however many earlier ones it
    repeats."""
    place = ("case__street_id", "case__community_id", "case__category_id", "case_id")
    found = Recurrence.objects.filter(confirmed=True, decided_at__gte=since, decided_at__lt=until)
    again = Revisit.objects.filter(
        kind=RevisitKind.LOOK_BACK, outcome="failed", ended_at__gte=since, ended_at__lt=until
    )
    both = (
        found.order_by()
        .values_list("unit_id", *place)
        .union(again.order_by().values_list("answered_by_id", *place))
    )
    counted = Counter((unit, street, place, kind) for unit, street, place, kind, _case in both)
    known = people.unit_refs()
    return [
        Recurring(*key, n) for key, n in sorted(counted.items(), key=_nothing_last)
        if key[0] in known
    ]  # fmt: skip


def _nothing_last(counted: tuple[tuple[int | None, ...], int]) -> list[tuple[bool, int]]:
    return [(one is None, one or 0) for one in counted[0]]
