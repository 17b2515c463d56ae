"""What somebody sent, on which paper, and what they said at the end."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.catalogue.models import Category
from gulou.outbox.models import Chained
from gulou.people.models import User
from gulou.places.models import Area, Located

from .case import Case, Source
from .words import Contact, Words


class Channel(models.TextChoices):
    """How the report reached us."""

    WEB = "web", _("Web page")
    API = "api", _("Program (API)")
    FIELD = "field", _("Field app")
    DESK = "desk", _("Entered at a desk")
    FORWARDED = "forwarded", _("Forwarded from a chat")
    IMPORT = "import", _("Imported")


class Report(Chained, Located):
    """What somebody sent. It never changes."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    receipt = models.CharField(max_length=24)
    token = models.CharField(max_length=43, unique=True)
    client_id = models.UUIDField()
    payload_digest = models.CharField(max_length=64)
    me_too = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    # The place as it was given, before it became WGS84.
    given_lat = models.FloatField()
    given_lon = models.FloatField()
    snapped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "receipt"], name="report_receipt"),
            models.UniqueConstraint(fields=["district", "client_id"], name="report_client_id"),
        ]

    def __str__(self) -> str:
        return self.receipt


class Letter(models.Model):
    """The paper that a report came on: its number in the office's register, and its own date."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="letter")
    number = models.CharField(max_length=60, blank=True)
    dated_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.report_id} {self.number}"


class Answer(models.Model):
    """What the reporter says at the end: a rating, or an objection with a reason."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="answers")
    rating = models.PositiveSmallIntegerField(null=True)
    objection = models.BooleanField(default=False)
    words = models.ForeignKey(Words, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # When the office has answered an objection: opened the case again, or upheld how it ended.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__range=(1, 5)),
                name="answer_rating_1_to_5",
            ),
            models.UniqueConstraint(
                fields=["report"], condition=models.Q(objection=False), name="answer_rates_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.rating}"
