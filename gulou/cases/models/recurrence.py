"""A problem that came back: a case beside the closed one that it may be again."""

from django.db import models

from gulou.people.models import Unit, User

from .case import Case


class Recurrence(models.Model):
    """A new case close to one of its kind that was closed lately. Suspected by the house, confirmed
    or rejected by a person. `unit` is the one that answered for the earlier case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    metres = models.PositiveIntegerField()
    # How many days after the end of the earlier case.
    days = models.PositiveIntegerField()
    at = models.DateTimeField()
    # null: nobody has decided.
    confirmed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["days", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "before"], name="recurrence_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed=None, decided_at=None, decided_by=None)
                | models.Q(
                    confirmed__isnull=False, decided_at__isnull=False, decided_by__isnull=False
                ),
                name="recurrence_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(case=models.F("before")), name="recurrence_of_another"
            ),
        ]
        indexes = [
            models.Index(fields=["decided_at", "unit"], name="recurrence_confirmed",
                         condition=models.Q(confirmed=True)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} after {self.before_id}"
