"""From what on something counts, and what was done about findings."""

import uuid

from django.db import models

from gulou.cases.models import Words
from gulou.outbox.models import Chained
from gulou.people.models import User

from .states import What


class LimitsSet(Chained):
    """The one row of what the office has set; without it the shipped numbers count."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    only = models.BooleanField(default=True, unique=True)
    least = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    metres = models.PositiveSmallIntegerField()
    times = models.PositiveSmallIntegerField()
    error = models.PositiveSmallIntegerField()
    turns = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="limits_are_one"),
        ]

    def __str__(self) -> str:
        return "limits of findings"


class NextStep(Chained):
    """What somebody does about a finding of a period, with the numbers that it rested on then.

    `finding` names it within `scope`: the units whose cases the person reads, "" for all.
    """

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    finding = models.CharField(max_length=80)
    scope = models.CharField(max_length=64, blank=True)
    since = models.DateField()
    until = models.DateField()
    basis = models.JSONField()
    what = models.CharField(max_length=12, choices=What.choices)
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["finding", "-at"], name="next_step_finding")]

    def __str__(self) -> str:
        return f"{self.finding} {self.what}"
