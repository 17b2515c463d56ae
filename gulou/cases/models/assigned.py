"""What a case owes to those above who assigned it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.people.models import User

from .case import Case
from .words import Words


class ReplyForm(models.TextChoices):
    """How those above want to be answered."""

    WRITTEN = "written", _("In writing")
    SYSTEM = "system", _("In their system")
    PHONE = "phone", _("By telephone")
    CHAT = "chat", _("In a working group chat")
    NONE = "none", _("No reply asked for")


class Assignment(models.Model):
    """What a case owes to those above who assigned it: by when, and in which form, to reply."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="assignment")
    from_whom = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    received_on = models.DateField()
    due_at = models.DateTimeField()
    form = models.CharField(max_length=12, choices=ReplyForm.choices)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="assignment_due",
                         condition=models.Q(replied_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class AssignmentReply(models.Model):
    """One reply to those above. It never changes; a correction is a reply of its own."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="replies")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=12, choices=ReplyForm.choices)
    photos = ArrayField(models.UUIDField(), default=list, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.at}"
