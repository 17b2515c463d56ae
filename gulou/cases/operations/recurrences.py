"""Problems that come back: suspected when a case is filed, confirmed or rejected by a person."""

from datetime import timedelta
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
from gulou.kit import clock
from gulou.kit.errors import NotFound, Refusal
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import User
from gulou.places.cells import ranges_around
from gulou.places.coordinates import distance_m

from .ground import locked


@transaction.atomic
def suspect_recurrences(uid: UUID) -> list[Recurrence]:
    """Link a filed case with closed ones of its kind close by that ended lately. Twice is once."""
    case = locked(Case.objects.get(uid=uid))
    if case.state in (State.DECLINED, State.REDIRECTED, State.MERGED, State.RECEIVED):
        return []
    links = Recurrence.objects.filter(case=case)
    known = set(links.values_list("before_id", flat=True))
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


def _ended_around(case: Case) -> list[tuple[Case, float]]:
    """Closed cases of its kind and eyes around a case that ended not long before it was opened, the
    latest first; and how far away."""
    within = float(settings.GULOU.recurrence_metres)
    unsure = min(case.accuracy_m or 0.0, MOST_EXPLAINED_M)
    cells = Q()
    for low, high in ranges_around(case.lat, case.lon, within + unsure):
        cells |= Q(cell__range=(low, high))
    since = case.opened_at - timedelta(days=settings.GULOU.recurrence_days)
    closed: QuerySet[Case] = Case.objects.filter(
        cells, category_id=case.category_id, state=State.CLOSED, restricted=case.restricted,
        ended_at__range=(since, case.opened_at),
    )  # fmt: skip
    near = [(one, distance_m(case.lat, case.lon, one.lat, one.lon))
            for one in closed.exclude(pk=case.pk).order_by("-ended_at")]  # fmt: skip
    return [(one, metres) for one, metres in near if metres <= within + unsure]


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
