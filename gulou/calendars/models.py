"""Calendars of working time, the years whose holidays are known, and who keeps which calendar."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.outbox.models import Chained
from gulou.people.models import Unit

from .states import Source


class Year(Chained):
    """The days of one year that differ from the week. A year without a row is not known."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=12, choices=Source.choices)
    # Where it comes from: a package and its version, or the office's own words.
    edition = models.CharField(max_length=80, blank=True)
    # [day, whether one works, name], in order.
    days = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class Calendar(Chained):
    """Working times under a name. One of them is for every unit that has no other."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False)
    # Monday is 0.
    week = ArrayField(models.PositiveSmallIntegerField(), default=list)
    # [month, day, [[minutes after midnight, minutes after midnight], ...]], in order.
    seasons = models.JSONField(default=list)
    # How many minutes one working day of a limit is.
    working_day = models.PositiveSmallIntegerField(default=480)
    # Whether public holidays are free, and the days that make up for them are worked.
    keeps_holidays = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="calendar_one_default",
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(active=True),
                name="calendar_default_is_used",
            ),
            models.CheckConstraint(
                condition=models.Q(working_day__range=(1, 1440)), name="calendar_working_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class UnitCalendar(models.Model):
    """A unit, and what is below it, keeps this calendar."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="units")

    def __str__(self) -> str:
        return f"{self.unit_id} keeps {self.calendar_id}"
