"""Facts as rows: the audit trail and what is owed to it, in one place."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func

from gulou.kit import trace

ALGORITHM = "sha256-1"


class Revision(models.Model):
    """One row for each thing that processes keep at hand (kept.py): its token is new after a change.

    Who changes such a thing locks its row first, so changes come one after the other.
    """

    name = models.CharField(max_length=40, primary_key=True)
    token = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.name} {self.token}"


class Heartbeat(models.Model):
    """When a worker was heard of last (heartbeats.py)."""

    name = models.CharField(max_length=80, primary_key=True, help_text="host:process")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


class Chained(models.Model):
    """A subject of facts: it has a public id, and keeps the head of its chain.

    The head (last sequence and digest) shows when the tail of a chain was cut off.
    """

    uid = models.UUIDField(unique=True, editable=False)
    head_sequence = models.IntegerField(default=0)
    head_digest = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        abstract = True

    @property
    def subject_kind(self) -> str:
        """The name of this kind of subject in the record, e.g. "cases.case"."""
        return self._meta.label_lower


class Event(models.Model):
    """One fact, written in the transaction that made it true. Never changed, never deleted."""

    subject_kind = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    sequence = models.IntegerField()
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    # The transaction that wrote it, so that a cursor over (txid, id) skips nothing that commits late.
    txid = models.BigIntegerField(db_default=Func(function="txid_current"))
    algorithm = models.CharField(max_length=16, default=ALGORITHM)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_uid", "sequence"], name="event_chain"
            ),
        ]
        indexes = [
            BrinIndex(fields=["at"], name="event_at"),
            models.Index(fields=["txid", "id"], name="event_feed"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_uid} #{self.sequence}"


class Delivery(models.Model):
    """One reaction owed to one event. Claimed by a lease, so nobody waits on a lock."""

    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    reaction = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When to try next; while somebody works on it, when their lease ends.
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    set_aside_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # The request that caused it (kit.trace), for the logs.
    request = models.CharField(max_length=trace.LONGEST, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "reaction"], name="delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="delivery_owed",
                condition=models.Q(done_at=None, set_aside_at=None),
            ),
            models.Index(
                fields=["set_aside_at"],
                name="delivery_aside",
                condition=models.Q(set_aside_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} for {self.event_id}"
