"""Joint operations, the cases they are about, the part of each unit and what shows that it was done."""

import uuid

from django.db import models

from gulou.cases.models import Case, Words
from gulou.joint.states import State, TaskState
from gulou.outbox.models import Chained
from gulou.people.models import Unit, User
from gulou.photos.models import Photo
from gulou.places.models import Located


class Operation(Chained, Located):
    """Several units at one time and place, under one that leads. A record of coordination: it holds
    no penalties and no names of parties."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    number = models.CharField(max_length=24, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    title = models.CharField(max_length=120)
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    address = models.CharField(max_length=200)
    plan = models.ForeignKey(Words, null=True, on_delete=models.PROTECT, related_name="+")
    # What came of it; or why it was called off.
    result = models.ForeignKey(Words, null=True, on_delete=models.PROTECT, related_name="+")
    planned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="joint_ends_after_begin"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, state__in=("planned", "under_way"))
                | models.Q(ended_at__isnull=False, state__in=("closed", "called_off")),
                name="joint_ended_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-begins_at"], name="joint_state")]

    def __str__(self) -> str:
        return self.number


class OperationCase(models.Model):
    """One of the cases that an operation is about."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "case"], name="joint_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} {self.case_id}"


class Task(models.Model):
    """The part of one unit: what, until when, and how it ended. Each counts for its own unit."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="tasks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=TaskState.choices, default=TaskState.OPEN)
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    set_at = models.DateTimeField()
    # What was done; or why it was called off.
    report = models.ForeignKey(Words, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_back = models.PositiveSmallIntegerField(default=0)
    # When its unit and the one that leads were told that it is late.
    told_late_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at=None)
                | (~models.Q(state="open") & models.Q(ended_at__isnull=False)),
                name="joint_task_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at"], name="joint_task_open",
                         condition=models.Q(state="open")),
            models.Index(fields=["due_at"], name="joint_task_late",
                         condition=models.Q(state="open", told_late_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.operation_id} {self.unit_id}"


class TaskPhoto(models.Model):
    """A picture that shows what was done. It stays, also when the part is sent back."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="photos")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.task_id} {self.photo_id}"
