"""What was asked about the time of a case, what was ruled, and who was warned."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.people.models import Unit, User

from .case import Case
from .words import Words
from .work import Step


class PleaKind(models.TextChoices):
    EXTENSION = "extension", _("More time")
    SUSPENSION = "suspension", _("Suspension")
    APPEAL = "appeal", _("Appeal against lateness")


class Plea(models.Model):
    """A unit asks for more time, for its clock to stand still, or that lateness be forgiven."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pleas")
    kind = models.CharField(max_length=12, choices=PleaKind.choices)
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="pleas")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # How much more time, in the unit of the step's limit; until when the clock stands still.
    amount = models.PositiveSmallIntegerField(null=True)
    until = models.DateTimeField(null=True)
    # "": it waits. "granted", "refused", or "lapsed" when the case went on without an answer.
    outcome = models.CharField(max_length=10, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)
    # Of a suspension: how much time was left when the clock was stopped, and when it ran again.
    left = models.DurationField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(outcome=""), name="plea_one_waits"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(kind="appeal"), name="plea_one_appeal"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(kind="suspension", outcome="granted"),
                name="plea_one_suspension",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Ruling(models.Model):
    """What one person says to a plea. Nobody rules twice on the same one."""

    plea = models.ForeignKey(Plea, on_delete=models.PROTECT, related_name="rulings")
    granted = models.BooleanField()
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plea", "by"], name="ruling_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.plea_id} {self.granted}"


class Warned(models.Model):
    """A person who was told that a limit runs out, or has run out."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "step", "percent"], name="warned_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.percent} %"
