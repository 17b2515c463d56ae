"""Units that throw a case back and forth: what each said, and what the office decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.catalogue.models import Reason, Rule
from gulou.people.models import Unit, User

from .case import Case
from .words import Words
from .work import Step


class Statement(models.Model):
    """What a unit said when it returned a case: why, and which unit it names instead."""

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    # The step that ended by it. Pictures that came with it lie on that step.
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    named = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The rule that had sent the case there; null where a dispatcher chose.
    rule = models.ForeignKey(
        Rule, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    reason = models.ForeignKey(
        Reason, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="statement_case")]

    def __str__(self) -> str:
        return f"{self.case_id} from {self.unit_id}"


class Cause(models.TextChoices):
    """Why a case goes to arbitration."""

    THIRD = "third", _("Returned for the third time")
    MUTUAL = "mutual", _("Two units name each other")


class Arbitration(models.Model):
    """A case that the office decides on, as units throw it back and forth.

    It waits while its step is open. Where the case ended otherwise, nothing is ever decided.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="arbitrations", db_index=False
    )
    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    at = models.DateTimeField()
    # The decision: the unit that is responsible, why, and by whom.
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    words = models.ForeignKey(
        Words, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    # The rule that was made of it.
    rule = models.ForeignKey(
        Rule, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_at=None, unit=None, words=None, by=None, rule=None)
                | models.Q(
                    decided_at__isnull=False, unit__isnull=False, words__isnull=False,
                    by__isnull=False,
                ),
                name="arbitration_decided_whole",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["case", "at"], name="arbitration_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.cause}"
