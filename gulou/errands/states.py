"""The life of an errand. Pure."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    ASKED = "asked", pgettext_lazy("errand", "Waiting its turn")
    RUNNING = "running", pgettext_lazy("errand", "Under way")
    DONE = "done", pgettext_lazy("errand", "Ready")
    FAILED = "failed", pgettext_lazy("errand", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("errand", "Cancelled")


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})
