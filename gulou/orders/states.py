"""The life of an order, and what a role may hold over orders. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GIVE = "order.give"
"""Putting a case of one's units under supervision, and judging what is answered."""
ISSUE = "order.issue"
"""Issuing supervision notices as official documents, where the office is entitled to."""
VERBS: tuple[str, ...] = (GIVE, ISSUE)


class State(TextChoices):
    OPEN = "open", _("To be answered")
    ANSWERED = "answered", _("Answered, to be accepted")
    ACCEPTED = "accepted", pgettext_lazy("answer to an order", "Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ENDED = (State.ACCEPTED, State.WITHDRAWN)
