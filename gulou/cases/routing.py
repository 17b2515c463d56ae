"""Which unit a case belongs to by the rules, and why it belongs to the one that has it."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gulou.catalogue.routing import Routing, route
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.places import queries as places

from .models import Case, Step
from .states import StepKind


def routing_of(case: Case) -> Routing:
    """Where the rules of today would send the case, with their reasons."""
    return _routing(case, timezone.localdate(clock.now()))


def why_it_is_there(case: Case) -> Routing | None:
    """Why the case is with its unit: by the rules of the day on which it was dispatched.

    None where a dispatcher chose the unit, or the rule cannot be told any more. For a case that
    waits at the office: where the rules of today would send it.
    """
    last = _sent.first(case.pk, case.unit_id)
    if last is None:
        return routing_of(case)
    if case.rule_id is None:
        return None
    routing = _routing(case, timezone.localdate(last))
    return routing if routing.unit_id == case.unit_id else None


@Compiled
def _sent(case_id: int, unit_id: int) -> QuerySet[Any, datetime]:
    sent = Step.objects.filter(case_id=case_id, kind=StepKind.ACCEPT, unit_id=unit_id)
    return (
        sent.exclude(outcome="undone").order_by("-started_at").values_list("started_at", flat=True)
    )


def _routing(case: Case, on: date) -> Routing:
    where = places.locate(case.lat, case.lon, accuracy_m=case.accuracy_m or 0)
    return route(where=where, category_id=case.category_id, condition_id=case.condition_id, on=on)
