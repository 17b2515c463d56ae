"""The parts of the public side that the office opens one by one. Pure: no database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ASK = "opening.ask"
"""Asking that a part of the public side be opened. Held at the district office."""
APPROVE = "opening.approve"
"""Approving what somebody else asked for. Held at the district office."""
VERBS: tuple[str, ...] = (ASK, APPROVE)


class Part(TextChoices):
    """Reporting and tracking are always open; these ship closed."""

    LIST = "list", _("List of cases")
    MAP = "map", _("Map of cases")
    STATISTICS = "statistics", _("Statistics")
    DATA = "data", _("Open data")


class Happened(TextChoices):
    """What people do to a part."""

    ASKED = "asked", _("Opening asked for")
    APPROVED = "approved", pgettext_lazy("opening", "Opened")
    WITHDRAWN = "withdrawn", _("Not opened")
    CLOSED = "closed", pgettext_lazy("opening", "Closed")
