"""Which unit a case belongs to, by the rules in force when it was opened."""

from django.utils import timezone

from gulou.catalogue.routing import Routing, route
from gulou.kit import clock
from gulou.places import queries as places

from .models import Case


def routing_of(case: Case) -> Routing:
    """The routing of a case by the rules of today, with its reasons."""
    where = places.locate(case.lat, case.lon, accuracy_m=case.accuracy_m or 0)
    return route(
        where=where, category_id=case.category_id, condition_id=case.condition_id,
        on=timezone.localdate(clock.now()),
    )  # fmt: skip
