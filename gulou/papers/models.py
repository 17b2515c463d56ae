"""That a paper was made: who took what out of the house, and how much."""

import uuid

from django.conf import settings
from django.db import models

from gulou.outbox.models import Chained


class Paper(Chained):
    """One export or document. Its facts say how the list was narrowed."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    kind = models.CharField(max_length=20)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
