"""Orders, what was answered, and the numbers of official notices."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.cases.models import Case, Words
from gulou.outbox.models import Chained
from gulou.people.models import Unit, User

from .states import ENDED, State


class Order(models.Model):
    """督办: a named person answers for a case by a day. The clock is the order's own."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    # Where it was given, if that case was merged into `case` since: split off, it has it again.
    given_on = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The unit that answered for the case when it was given, and the person responsible.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Those given together have the same.
    batch = models.UUIDField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # Since when its present time runs, and until when.
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # How much of its time had gone by when somebody was told last, and when to look again.
    warned = models.PositiveSmallIntegerField(default=0)
    watch_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # One open order a case, beside those that came with what was merged into it.
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at=None, given_on=None),
                name="order_one_open_given",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ended_at=None, state__in=sorted(set(State.values) - set(ENDED))
                ) | models.Q(ended_at__isnull=False, state__in=sorted(ENDED)),
                name="order_ended_has_a_time",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person", "due_at"], name="order_open_person",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["by", "due_at"], name="order_open_by",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["watch_at"], name="order_watched",
                         condition=models.Q(watch_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class OrderAnswer(models.Model):
    """One answer to an order, and what was said to it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="answers")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+", db_index=False)
    photos = ArrayField(models.UUIDField(), default=list, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    late = models.BooleanField()
    # null: nobody has judged it yet.
    accepted = models.BooleanField(null=True)
    judged_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    judged_at = models.DateTimeField(null=True)
    judged_words = models.ForeignKey(
        Words, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(accepted=None), name="order_answer_one_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at}"


class Official(models.Model):
    """That a unit is entitled to issue official documents. No row: it is not."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT, related_name="+")
    on = models.BooleanField(default=False)
    # 发文机关标志, and 机关代字 before the year.
    body = models.CharField(max_length=60, blank=True)
    sign = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.unit_id} {self.on}"


class NoticeCounter(models.Model):
    """The last number of a year. Locked while a notice takes the next one, so none is left out."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Notice(Chained):
    """督办通知: an official document over some orders, with its number in the year."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    # As they stood on the day of issue.
    body = models.CharField(max_length=60)
    sign = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    orders = models.ManyToManyField(Order, related_name="notices")
    # What it says, word for word: it is the same whenever it is fetched. None: nothing was kept, or
    # something in it was erased since.
    says = models.JSONField(null=True, editable=False)

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="notice_number"),
        ]

    def __str__(self) -> str:
        return f"{self.sign}〔{self.year}〕{self.number}号"
