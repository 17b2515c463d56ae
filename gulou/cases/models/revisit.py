"""Closed cases that are looked at again: independently rechecked at once, or looked back at later."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.people.models import Unit, User

from .case import Case
from .words import Words


class RevisitKind(models.TextChoices):
    BLIND = "blind", _("Independent recheck")
    LOOK_BACK = "look_back", _("Look-back")


class Revisit(models.Model):
    """A closed case that was drawn to be looked at again, from its draw until somebody said how it is.

    Until it begins nobody is told of it. `unit` and `person` are who it waits for.
    """

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revisits")
    kind = models.CharField(max_length=12, choices=RevisitKind.choices)
    # The first or second look-back; 0 for an independent recheck.
    nth = models.PositiveSmallIntegerField()
    # The fact of the closing it follows from, and when and by whom the case was closed.
    closing = models.BigIntegerField()
    closed_at = models.DateTimeField()
    rechecker = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Who answered for the case when it was closed.
    answered_by = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    days = models.PositiveSmallIntegerField()
    share = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    begins_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # "passed", "failed", or "skipped" where the case was open again or merged by then.
    outcome = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    words = models.ForeignKey(
        Words, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "closing", "kind", "nth"], name="revisit_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | models.Q(ended_at__isnull=False, outcome__in=["passed", "failed", "skipped"]),
                name="revisit_ends_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(begun_at=None) | models.Q(unit__isnull=False),
                name="revisit_waits_for_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["begins_at"], name="revisit_planned",
                         condition=models.Q(begun_at=None, ended_at=None)),
            models.Index(fields=["unit", "due_at"], name="revisit_open_unit",
                         condition=models.Q(begun_at__isnull=False, ended_at=None)),
            models.Index(fields=["person"], name="revisit_open_person",
                         condition=models.Q(person__isnull=False, ended_at=None)),
            models.Index(fields=["kind", "ended_at"], name="revisit_said",
                         condition=models.Q(outcome__in=["passed", "failed"])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.nth} of {self.case_id}"
