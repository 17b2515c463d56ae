"""Long work that a person asked for: how far it is, and what came of it."""

import uuid

from django.conf import settings
from django.db import models

from gulou.outbox.models import Chained

from .states import ENDED, State


class Errand(Chained):
    """One piece of long work. What it was asked with and its file are gone after `expires_at`."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Ids, codes and dates; never contacts or words of reporters.
    parameters = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # 0 while nobody knows.
    total = models.PositiveIntegerField(default=0)
    # A file that came with it, and the one that came of it: paths in the storage, or "".
    given = models.CharField(max_length=120, blank=True)
    result = models.CharField(max_length=120, blank=True)
    download_name = models.CharField(max_length=200, blank=True)
    mime = models.CharField(max_length=100, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    # What the asker could reach while it was made: the units by verb. Who reaches less by now
    # gets nothing.
    reach = models.JSONField(default=dict)
    error = models.CharField(max_length=80, blank=True)
    error_words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="errand_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | (~models.Q(state__in=sorted(ENDED)) & models.Q(ended_at=None)),
                name="errand_ended_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="errand_mine"),
            models.Index(
                fields=["expires_at"],
                name="errand_expires",
                condition=models.Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
