"""The steps of work on a case, and what was left on it with each move."""

from django.db import models

from gulou.cases.states import StepKind
from gulou.catalogue.models import Reason
from gulou.people.models import Unit, User

from .case import Case
from .words import Words


class Step(models.Model):
    """One stretch of work on a case: who owes it, until when, and how it ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False
    )
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    # Its limit as it was when it began, and what was granted on top, in the same unit.
    limit_amount = models.PositiveSmallIntegerField(null=True)
    limit_unit = models.CharField(max_length=20, blank=True, default="", db_default="")
    extended = models.PositiveSmallIntegerField(default=0, db_default=0)
    # When its clock is looked at next: to warn somebody, or to see whether it can be set at all.
    watch_at = models.DateTimeField(null=True)
    # How many percent of the limit had gone by when somebody was told last.
    warned = models.PositiveSmallIntegerField(default=0, db_default=0)
    # An appeal against its lateness was upheld: it counts in no statistics.
    excused = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
                name="step_ends_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "started_at"], name="step_case"),
            models.Index(fields=["unit", "kind"], name="step_open_unit",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["person", "kind"], name="step_open_person",
                         condition=models.Q(ended_at=None, person__isnull=False)),
            # Who rechecked what lately: asked where somebody is drawn.
            models.Index(fields=["unit", "ended_at"], name="step_rechecked_unit",
                         condition=models.Q(kind=StepKind.RECHECK, ended_at__isnull=False)),
            models.Index(fields=["ended_by", "ended_at"], name="step_rechecked_by",
                         condition=models.Q(kind=StepKind.RECHECK, ended_at__isnull=False)),
            # The parts that were handed down in a stretch of time.
            models.Index(fields=["started_at"], name="step_parts_begun",
                         condition=models.Q(kind=StepKind.PART)),
            models.Index(fields=["watch_at"], name="step_watched",
                         condition=models.Q(ended_at=None, watch_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Before(models.Model):
    """How a case stood before its last move, for as long as that may be taken back."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="+")
    move = models.CharField(max_length=20)
    # The table holds some minutes only: nothing is found faster by who.
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    # The version and the head of the chain of facts that the move found.
    version = models.PositiveIntegerField()
    sequence = models.IntegerField()
    stood = models.JSONField()

    def __str__(self) -> str:
        return f"{self.case_id} before {self.move}"


class Note(models.Model):
    """Words somebody left on a case with a move, shown on its record.

    Those of a `public` one are the office's words to everybody who reported the case.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(
        Reason, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    public = models.BooleanField(default=False, db_default=False)
    move = models.CharField(max_length=20)
    by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.move}"
