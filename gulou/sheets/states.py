"""How far a file has come that somebody wants to read into a register."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    READING = "reading", _("Being read")
    TRIED = "tried", _("Dry run done")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    TAKEN = "taken", _("Taken out")


DAYS_KEPT = 1
"""So long a file, its report and its first passwords wait for who brought it."""
