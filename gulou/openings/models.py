"""Which parts of the public side are open, and every step that led there."""

import uuid

from django.db import models

from gulou.outbox.models import Chained
from gulou.people.models import User

from .states import Happened, Part


class Opening(Chained):
    """One part of the public side. A part without a row was never asked for: it is closed."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    part = models.CharField(max_length=20, choices=Part.choices, unique=True)
    is_open = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    # Who asked, while nobody has approved yet.
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_open=False) | models.Q(asked_by=None),
                name="opening_asked_while_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(part__in=Part.values), name="opening_part_known"
            ),
        ]

    def __str__(self) -> str:
        return self.part


class OpeningStep(models.Model):
    """What somebody did to a part, with their note: the reference of an approval, a reason."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=20, choices=Happened.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.opening_id} {self.what}"
