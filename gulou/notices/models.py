"""Group robots, and what is owed to them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.cases.models import Case
from gulou.catalogue.models import Category
from gulou.outbox.models import Chained, Event
from gulou.places.models import Area

from .states import Form, What


class Robot(Chained):
    """A robot of a WeCom group: of a street or the district, of one kind or all.

    It has one queue: who works on it holds its lease, and what it said last minute is counted.
    """

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    name = models.CharField(max_length=60)
    street = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    # A class or a subclass of the current edition, by its code.
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    tells = ArrayField(models.CharField(max_length=12, choices=What.choices))
    form = models.CharField(max_length=10, choices=Form.choices, default=Form.CARD)
    with_photo = models.BooleanField(default=True)
    # The key of its webhook (kit.sealing): whoever has it writes to the group.
    sealed_key = models.BinaryField()
    retired_at = models.DateTimeField(null=True)
    # The queue: when it was asked to speak in the last minute, and until when it is left alone.
    calls = ArrayField(models.DateTimeField(), default=list)
    paused_until = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    turned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="robot_name", condition=models.Q(retired_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Parcel(models.Model):
    """One thing that one robot is to tell. It holds ids only: the words are made when it is sent."""

    robot = models.ForeignKey(Robot, on_delete=models.PROTECT, related_name="parcels")
    what = models.CharField(max_length=12, choices=What.choices)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # How many of its messages (the words, the picture) have gone out.
    parts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # Those that went out in one message have the same.
    batch = models.UUIDField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    # A code of `words.why`: nothing that a provider says is kept.
    error = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["robot", "event"], name="parcel_once",
                condition=models.Q(event__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(set_aside_at=None),
                name="parcel_sent_or_aside",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["robot", "due_at"], name="parcel_owed",
                         condition=models.Q(sent_at=None, set_aside_at=None)),
            models.Index(fields=["case", "id"], name="parcel_case"),
            models.Index(fields=["-id"], name="parcel_aside",
                         condition=models.Q(set_aside_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} {self.case_id} to {self.robot_id}"
