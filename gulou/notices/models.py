"""Group robots, the inboxes of people, and what is owed to both."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.cases.models import Case
from gulou.catalogue.models import Category
from gulou.outbox.models import Chained, Event
from gulou.people.models import Unit, User
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


class Item(models.Model):
    """One thing that one person of staff was told, in their inbox; or the mailbox of a unit.

    It holds ids and numbers only: the words are made when somebody reads it.
    """

    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+",
                               db_index=False)  # fmt: skip
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+",
                             db_index=False)  # fmt: skip
    # A row of kinds.WHATS.
    what = models.CharField(max_length=30)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+",
                             db_index=False)  # fmt: skip
    # Where it leads, if that is no case.
    path = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+",
                           db_index=False)  # fmt: skip
    given = models.JSONField(default=dict)
    # The fact and the thing: nobody is told it twice.
    key = models.CharField(max_length=60)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "person"], name="item_once",
                                    condition=models.Q(person__isnull=False)),
            models.UniqueConstraint(fields=["key", "unit"], name="item_once_unit",
                                    condition=models.Q(unit__isnull=False)),
            models.CheckConstraint(
                condition=models.Q(person=None) ^ models.Q(unit=None), name="item_of_one",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person", "-id"], name="item_of_person"),
            models.Index(fields=["person", "case"], name="item_unread",
                         condition=models.Q(read_at=None)),
            models.Index(fields=["at"], name="item_at"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} to {self.person_id or self.unit_id}"


class Letter(models.Model):
    """One message owed to a person by one channel, for one thing in their inbox."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="letters",
                             db_index=False)  # fmt: skip
    channel = models.CharField(max_length=12)
    # post.Outlet: which of several ways, and what stands still with it.
    ref = models.CharField(max_length=40, blank=True)
    line = models.CharField(max_length=80, blank=True)
    # Waits to be sent with others in one message.
    digest = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    # Nobody needs it any more: it was read in the inbox, or may not be told.
    dropped_at = models.DateTimeField(null=True)
    # Those of one digest have the same, from its first try on.
    batch = models.UUIDField(null=True)
    # A code of `words.why`: nothing that a provider says is kept.
    error = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "channel", "ref"], name="letter_once"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None, set_aside_at=None)
                | models.Q(sent_at=None, dropped_at=None)
                | models.Q(set_aside_at=None, dropped_at=None),
                name="letter_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "due_at"], name="letter_owed",
                         condition=models.Q(sent_at=None, set_aside_at=None, dropped_at=None)),
            models.Index(fields=["-id"], name="letter_aside",
                         condition=models.Q(set_aside_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.item_id} by {self.channel}"


class Line(models.Model):
    """What stands still when a provider is dead: a channel, or one of the providers behind it."""

    channel = models.CharField(max_length=12)
    name = models.CharField(max_length=80, blank=True)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    # When it was used in the last minute.
    calls = ArrayField(models.DateTimeField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "name"], name="line_name")]

    def __str__(self) -> str:
        return f"{self.channel} {self.name}"


class Manner(models.Model):
    """How somebody is told. `by_kind`: for a kind and a channel, a states.When."""

    by_kind = models.JSONField(default=dict)
    # Quiet hours, in minutes after midnight; none where both are the same.
    quiet_from = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.PositiveSmallIntegerField(default=0)
    quiet_days_off = models.BooleanField(default=False)
    # When digests come: the hour, the day of the week (0 is Monday), not on days off.
    digest_hour = models.PositiveSmallIntegerField(default=8)
    digest_weekday = models.PositiveSmallIntegerField(default=0)
    digest_skips_days_off = models.BooleanField(default=True)

    class Meta:
        abstract = True


class Wishes(Manner):
    """How one person wants to be told. What they say nothing about is as the office has it."""

    person = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return f"wishes of {self.person_id}"


class OfficeWishes(Manner, Chained):
    """How people are told who say nothing, and what they cannot choose. One row."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    # By one of these channels, the first that reaches the person, a duty is always told at once.
    duty_channels = ArrayField(models.CharField(max_length=12), default=list)
    # The kinds that break quiet hours.
    urgent = ArrayField(models.CharField(max_length=20), default=list)

    def __str__(self) -> str:
        return "wishes of the office"


class PushKey(models.Model):
    """What proves to push services that a notice comes from here (RFC 8292). One row, made once."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    public = models.CharField(max_length=120)
    sealed_private = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="push_key_once")]

    def __str__(self) -> str:
        return self.public


class Device(Chained):
    """A browser that a person has told to take notices. Where it is reached is kept encrypted."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Of its address, so that a browser that comes again is known.
    digest = models.CharField(max_length=64, unique=True)
    service = models.CharField(max_length=80)
    # Address and keys as JSON; nothing once it has ended.
    sealed = models.BinaryField()
    agent = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person"], name="device_of_person",
                         condition=models.Q(ended_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person_id} by {self.service}"
