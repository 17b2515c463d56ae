"""Who is who, and what the house could not do by itself."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.desk.shell import page, reader_of
from gulou.notices import operations, queries
from gulou.people import queries as people
from gulou.people.queries import UnitRef
from gulou.people.verbs import MEND
from gulou.ui.guards import needs, signed_in


@dataclass(frozen=True)
class Branch:
    """One unit in the tree, with who leads it and which leaders look after it."""

    unit: UnitRef
    depth: int
    group: list[Any]
    leaders: list[Any]


@signed_in
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """The tree of units with their leading groups."""
    seen = people.units_seen_by(reader_of(request))
    ids = [unit.id for unit in seen]
    groups, leaders = people.leading_groups(ids), people.street_leaders(ids)
    tree = [
        Branch(unit, len(unit.ancestor_ids) - 1, groups.get(unit.id, []), leaders.get(unit.id, []))
        for unit in seen
    ]
    return page(request, "desk/units.html", {"tree": tree})


@needs(MEND)
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """What was set aside and waits for a person."""
    return page(request, "desk/deliveries.html", {"found": queries.set_aside(reader_of(request))})


@needs(MEND)
@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try one of them again."""
    operations.retry_delivery(delivery_id, by=reader_of(request))
    messages.success(request, _("It will be tried again in a moment."))
    return redirect("desk:deliveries")
