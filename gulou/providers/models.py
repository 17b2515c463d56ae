"""Providers, what is owed to people through them, and who wants to hear nothing."""

import uuid

from django.db import models

from gulou.cases.models import Case, Report
from gulou.outbox.models import Chained, Event
from gulou.people.models import User

from .states import What


class Provider(Chained):
    """One provider as the office set it up, and its line: who holds the lease works on it."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    # One of states.Code.
    code = models.CharField(max_length=12, unique=True)
    settings = models.JSONField(default=dict)
    # Its secrets by name, as JSON (kit.sealing).
    sealed = models.BinaryField(default=bytes)
    in_use = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    # What stood in the way last: a code of `words.why`. Empty once something went through.
    error = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.code


class Follower(models.Model):
    """Somebody in WeChat who showed that a report is theirs, and hears how it goes on."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Their id with the account, sealed; gone once they want no more. The digest is keyed.
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "digest"], name="follower_once"),
        ]
        indexes = [models.Index(fields=["digest"], name="follower_digest")]

    def __str__(self) -> str:
        return f"of report {self.report_id}"


class Missive(models.Model):
    """One message owed to one person through one provider.

    To reporters it holds ids only: words and number are looked up when it is sent. What staff is
    told stands in it; the number of a trial is sealed, and gone once it is sent.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="missives")
    what = models.CharField(max_length=12, choices=What.choices)
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    follower = models.ForeignKey(
        Follower, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    # What is told to staff, so that nobody is told it twice.
    key = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=300, blank=True)
    # The case that staff is told of: only while they see it.
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+",
                             db_index=False)  # fmt: skip
    sealed_to = models.BinaryField(null=True)
    # Keyed, so that what went to one number in a day can be counted; nobody reads it out of it.
    to_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # How many of its parts the provider has taken.
    parts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # When the provider said that it reached the person.
    arrived_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event", "report"], name="missive_once_to_reporter",
                condition=models.Q(event__isnull=False, report__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["event", "follower"], name="missive_once_to_follower",
                condition=models.Q(event__isnull=False, follower__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["provider", "key"], name="missive_once_to_staff",
                condition=~models.Q(key=""),
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(set_aside_at=None),
                name="missive_sent_or_aside",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["provider", "due_at"], name="missive_owed",
                         condition=models.Q(sent_at=None, set_aside_at=None)),
            models.Index(fields=["provider", "sent_at"], name="missive_sent"),
            models.Index(fields=["to_digest", "sent_at"], name="missive_to",
                         condition=~models.Q(to_digest="")),
            models.Index(fields=["-id"], name="missive_aside",
                         condition=models.Q(set_aside_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"


class Taken(models.Model):
    """A part that a provider has taken, under its own id, until it says what became of it."""

    missive = models.ForeignKey(Missive, on_delete=models.CASCADE, related_name="taken")
    remote_id = models.CharField(max_length=65, db_index=True)
    arrived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.remote_id


class Silenced(models.Model):
    """A number that answered that it wants no SMS. Keyed: nobody reads the number out of it."""

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"since {self.since}"
