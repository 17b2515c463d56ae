"""Who is who, and what the house could not do by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.desk.shell import page, reader_of
from gulou.notices import operations, queries
from gulou.people import queries as people
from gulou.people.queries import UnitRef
from gulou.people.verbs import MEND
from gulou.providers import operations as providers
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


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


CHANNELS_OF_LOG: dict[str, Callable[..., queries.Log]] = {
    "robot": queries.robot_log,
    "mail": queries.mail_log,
    **{f"by-{one}": partial(queries.provider_log, channel=one) for one in queries.PROVIDERS},
    **{f"to-{name}": partial(queries.letter_log, channel=name) for name in queries.CHANNELS},
}


@needs(MEND)
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """The delivery log: what was sent to whom, by which channel, and how it went."""
    reader, asked = reader_of(request), request.GET
    channel = asked.get("channel", "")
    channel = channel if channel in CHANNELS_OF_LOG else "robot"
    progress = asked.get("state", "")
    progress = progress if progress in queries.Progress.values else ""
    log = CHANNELS_OF_LOG[channel](
        reader, progress=progress, before=_number(asked.get("before", ""))
    )
    again = {"robot": "desk:resend", "mail": "desk:retry", "by-": "desk:resend_missive"}.get(
        "by-" if channel.startswith("by-") else channel, "desk:resend_letter"
    )
    context = {"log": log, "channel": channel, "state": progress, "states": queries.Progress,
               "logs": queries.logs(), "again": again}  # fmt: skip
    return page(request, "desk/sent.html", context)


@needs(MEND)
@require_POST
def resend(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """Send a robot's message again that was set aside."""
    operations.resend_parcel(parcel_id, by=reader_of(request))
    messages.success(request, _("It is sent again in a moment."))
    return redirect("desk:sent")


@needs(MEND)
@require_POST
def resend_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Send a message to a person or a unit again that was set aside."""
    letter = operations.resend_letter(letter_id, by=reader_of(request))
    messages.success(request, _("It is sent again in a moment."))
    return redirect(f"{reverse('desk:sent')}?channel=to-{letter.channel}")


@needs(MEND)
@require_POST
def resend_missive(request: HttpRequest, missive_id: int) -> HttpResponse:
    """Send a message to a person again that was set aside."""
    missive = providers.resend_missive(missive_id, by=reader_of(request))
    messages.success(request, _("It is sent again in a moment."))
    return redirect(f"{reverse('desk:sent')}?channel=by-{missive.provider.code}")


@needs(MEND)
@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try one of them again."""
    operations.retry_delivery(delivery_id, by=reader_of(request))
    messages.success(request, _("It will be tried again in a moment."))
    return redirect("desk:deliveries")
