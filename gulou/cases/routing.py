"""Which unit a case belongs to by the rules, and why it belongs to the one that has it."""

from datetime import date

from django.utils import timezone

from gulou.catalogue.routing import Routing, route
from gulou.kit import clock
from gulou.places import queries as places

from .models import Case
from .states import StepKind


def routing_of(case: Case) -> Routing:
    """Where the rules of today would send the case, with their reasons."""
    return _routing(case, timezone.localdate(clock.now()))


def why_it_is_there(case: Case) -> Routing | None:
    """Why the case is with its unit: by the rules of the day on which it was dispatched.

    None where a dispatcher chose the unit, or the rule cannot be told any more. For a case that
    waits at the office: where the rules of today would send it.
    """
    sent = case.steps.filter(kind=StepKind.ACCEPT, unit_id=case.unit_id).order_by("started_at")
    last = sent.exclude(outcome="undone").last()
    if last is None:
        return routing_of(case)
    if case.rule_id is None:
        return None
    routing = _routing(case, timezone.localdate(last.started_at))
    return routing if routing.unit_id == case.unit_id else None


def _routing(case: Case, on: date) -> Routing:
    where = places.locate(case.lat, case.lon, accuracy_m=case.accuracy_m or 0)
    return route(where=where, category_id=case.category_id, condition_id=case.condition_id, on=on)
