"""Users, the tree of units, roles, and who is posted where."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gulou.outbox.models import Chained, Event
from gulou.places.models import Area


class User(AbstractUser, Chained):
    """Somebody who signs in."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    display_name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=10, blank=True)
    # 工号: what the city's single sign-on may know the person by.
    employee_number = models.CharField(max_length=40, blank=True, default="")
    # Who they are in the office's WeCom, where its application writes to them.
    wecom_userid = models.CharField(max_length=64, blank=True, default="", db_default="")
    password_set_at = models.DateTimeField(null=True, editable=False)
    # The office has set this password: its owner changes it before anything else.
    must_change_password = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee_number"],
                condition=~models.Q(employee_number=""),
                name="user_employee_number",
            ),
            models.UniqueConstraint(
                Lower("wecom_userid"),
                condition=~models.Q(wecom_userid=""),
                name="user_wecom",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def actor(self) -> str:
        """How a fact names this person."""
        return f"user:{self.uid}"


class Demonstration(models.Model):
    """One row where the demonstration filled this database. Pages are marked by it, for ever."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="demonstration_once"),
        ]

    def __str__(self) -> str:
        return f"since {self.since}"


class PastPassword(models.Model):
    """The hash of a password that a person used before, so that it is not used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["user", "-replaced_at"]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.replaced_at}"


class UnitKind(models.TextChoices):
    COMMITTEE = "committee", _("Civility committee")
    CIVILITY_OFFICE = "civility_office", _("Civility office")
    CAMPAIGN_OFFICE = "campaign_office", _("Campaign office")
    SUPERVISION_TEAM = "supervision_team", _("Supervision team")
    SUPERVISION_OFFICE = "supervision_office", _("Supervision office")
    DEPARTMENT = "department", _("Department")
    MASS_ORGANISATION = "mass_organisation", _("Mass organisation")
    STREET = "street", _("Street or town")
    COMMUNITY = "community", _("Community")
    ENTERPRISE = "enterprise", _("Enterprise or civilised unit")
    PATROL_GROUP = "patrol_group", _("Patrol group")
    VOLUNTEER_TEAM = "volunteer_team", _("Volunteer team")


class Unit(Chained):
    """An organisation that can be responsible for something. `path` is "1.5.9." down to itself."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    kind = models.CharField(max_length=30, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=200, editable=False, default="")
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    # The area this unit looks after, where it is a street or a community.
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Cases that nobody has been made responsible for belong to the district office: exactly one.
    is_office = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_office"], condition=models.Q(is_office=True), name="unit_one_office"
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="unit_path", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Duty(models.TextChoices):
    """The leading group of a unit."""

    HEAD = "head", _("Head")
    DEPUTY = "deputy", _("Deputy in charge")
    LIAISON = "liaison", _("Liaison")


class Leadership(models.Model):
    """Who leads a unit, from when to when. A leader need not sign in anywhere."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="leading_group")
    duty = models.CharField(max_length=20, choices=Duty.choices)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["unit", "duty", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="leadership_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["unit", "duty"],
                condition=models.Q(until=None),
                name="leadership_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.duty} {self.name}"


class Role(Chained):
    """A name for a set of verbs. Roles are data; verbs are code: each capability names its own."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    verbs = ArrayField(models.CharField(max_length=40), default=list)
    reaches_below = models.BooleanField(
        default=False, help_text="the posting reaches everything below its unit"
    )
    second_factor = models.BooleanField(
        default=False, help_text="signing in asks for a one-time code"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Posting(models.Model):
    """A person holds a role at a unit, from a day to a day (both included)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="postings")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="postings")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["user", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="posting_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id} {self.unit_id}"


class StreetLeader(models.Model):
    """包街镇: a leader of the district looks after a street, from a day to a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="streets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="street_leaders")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["unit", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="street_leader_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.unit_id}"


class DeviceSession(models.Model):
    """A browser in which somebody is signed in. Its row goes when the session ends."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    method = models.CharField(max_length=20)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user_id} since {self.since}"


class PhoneLink(models.Model):
    """A link that signs one person in on a phone, once and soon. Only its digest is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"for {self.user_id} until {self.expires_at}"


class EndedSession(models.Model):
    """A phone's session that was ended from elsewhere: the phone then removes what it keeps."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ended {self.at}"


class Earlier(models.Model):
    """The words that a change replaced, and those it put there: names and contacts, which a fact
    must not hold. Histories show them and undo brings them back; they can be erased."""

    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    before = models.JSONField()
    after = models.JSONField()

    def __str__(self) -> str:
        return f"what {self.event_id} replaced"
