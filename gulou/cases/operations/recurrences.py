"""Problems that come back: suspected when a case is filed, confirmed or rejected by a person."""

from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.facts import RecurrenceJudged, RecurrenceSuspected
from gulou.cases.models import Case, Recurrence
from gulou.cases.resemblance import MOST, MOST_EXPLAINED_M
from gulou.cases.states import State
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound, Refusal
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import User
from gulou.places.cells import ranges_around
from gulou.places.coordinates import distance_m

from .ground import locked


@rows.together()
def suspect_recurrences(uid: UUID) -> list[Recurrence]:
    """Link a filed case with closed ones of its kind close by that ended lately. Twice is once."""
    (case,) = _called(uid)
    if not _ended_around(case):
        return []
    case = locked(case)
    if case.state in (State.DECLINED, State.REDIRECTED, State.MERGED, State.RECEIVED):
        return []
    known = set(_known(case.pk))
    found = []
    for before, metres in _ended_around(case)[: MOST - len(known)]:
        if before.pk in known or before.ended_at is None:
            continue
        link = Recurrence.objects.create(
            case=case, before=before, unit_id=before.unit_id, metres=round(metres),
            days=(case.opened_at - before.ended_at).days, at=clock.now(),
        )  # fmt: skip
        record(
            RecurrenceSuspected(other=str(before.uid), metres=link.metres, days=link.days),
            subject=case, actor="system",
        )  # fmt: skip
        found.append(link)
    return found


@Compiled
def _called(uid: UUID) -> QuerySet[Case]:
    return Case.objects.filter(uid=uid)


@Compiled
def _known(case_id: int) -> QuerySet[Any, int]:
    return Recurrence.objects.filter(case_id=case_id).values_list("before_id", flat=True)


def _ended_around(case: Case) -> list[tuple[Case, float]]:
    """Closed cases of its kind and eyes around a case that ended not long before it was opened, the
    latest first; and how far away."""
    within = float(settings.GULOU.recurrence_metres)
    unsure = min(case.accuracy_m or 0.0, MOST_EXPLAINED_M)
    ranges = ranges_around(case.lat, case.lon, within + unsure)
    since = case.opened_at - timedelta(days=settings.GULOU.recurrence_days)
    closed = _closed(len(ranges), case.restricted)(
        case.pk, case.category_id, since, case.opened_at, *chain(*ranges)
    )
    near = [(one, distance_m(case.lat, case.lon, one.lat, one.lon)) for one in closed]
    return [(one, metres) for one, metres in near if metres <= within + unsure]


@cache
def _closed(ranges: int, restricted: bool) -> Compiled[Case]:
    """Those that ended between two instants within so many ranges of cells, the latest first."""

    def closed(
        but: int, category_id: int, since: datetime, until: datetime, *bounds: int
    ) -> QuerySet[Case]:
        cells = Q()
        for n in range(ranges):
            cells |= Q(cell__range=bounds[2 * n : 2 * n + 2])
        found = Case.objects.filter(
            cells, category_id=category_id, state=State.CLOSED, restricted=restricted,
            ended_at__range=(since, until),
        )  # fmt: skip
        return found.exclude(pk=but).order_by("-ended_at")

    return Compiled(closed, planned=False)


@transaction.atomic
def judge_recurrence(case: Case, link_id: int, *, by: User, confirmed: bool) -> Recurrence:
    """Say whether a case is an earlier one come back. It may be said anew; each time is on record.

    Raises NotFound where the case has no such link, Refusal where its report was not taken on.
    """
    case = locked(case)
    access.require(by, states.JUDGE_RECURRENCE, unit_id=case.unit_id)
    link = Recurrence.objects.select_for_update().filter(case=case, pk=link_id).first()
    if link is None:
        raise NotFound("recurrence.not_found", _("There is no such earlier case beside this one."))
    if case.state in (State.DECLINED, State.REDIRECTED, State.MERGED):
        raise Refusal(
            "recurrence.not_taken_on", _("This case answers for nothing: it was not filed, was passed on or merged.")
        )  # fmt: skip
    if link.confirmed == confirmed:
        return link
    link.confirmed, link.decided_at, link.decided_by = confirmed, clock.now(), by
    link.save(update_fields=["confirmed", "decided_at", "decided_by"])
    record(
        RecurrenceJudged(other=str(link.before.uid), confirmed=confirmed, unit=link.unit_id),
        subject=case, actor=by.actor,
    )  # fmt: skip
    return link
