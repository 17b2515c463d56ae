"""One's own reports: of who is signed in, or by the private links that a phone kept."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gulou.cases.queries import SentReport


def as_mine(request: HttpRequest, sent: SentReport) -> dict[str, Any]:
    """A report as its sender's phone keeps it."""
    return {
        "id": sent.client_id, "receipt": sent.receipt, "link": link_to(request, sent.token),
        "category_id": sent.category_id, "address": sent.address,
        "received_at": sent.received_at, "state": sent.state,
        "state_label": str(sent.state.label),
    }  # fmt: skip


def link_to(request: HttpRequest, token: str) -> str:
    """The private link by which a report is followed."""
    return request.build_absolute_uri(reverse("portal:receipt", args=[token]))
