"""Categories in versioned code sets, their limits, and who is responsible for what."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.outbox.models import Chained
from gulou.people.models import Unit
from gulou.places.models import Area

from .states import (
    CategoryKind,
    ChannelCode,
    ElsewhereKind,
    Evidence,
    Lead,
    Level,
    ReasonKind,
    RecheckWay,
    TimeUnit,
)


class CodeSet(Chained):
    """One edition of a list of categories. A case keeps the edition it was filed under."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    code = models.CharField(max_length=40)
    edition = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    current = models.BooleanField(default=False)
    # SHA-256 of the files it came from: the same edition twice is no change, other bytes are.
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["code", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="code_set_edition"),
            models.UniqueConstraint(
                fields=["current"], condition=models.Q(current=True), name="code_set_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.edition}"


class Category(models.Model):
    """A class (no parent) or a subclass of problem."""

    code_set = models.ForeignKey(CodeSet, on_delete=models.PROTECT, related_name="categories")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=20, choices=CategoryKind.choices)
    code = models.CharField(max_length=40, help_text='"event.02" a class, "event.02.05" a subclass')
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    hint_zh = models.CharField(max_length=200, blank=True)
    hint_en = models.CharField(max_length=300, blank=True)
    icon = models.CharField(max_length=40, blank=True, help_text="a Tabler icon")
    closing_zh = models.CharField(max_length=200, blank=True)
    closing_en = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=20, choices=Evidence.choices, default=Evidence.PHOTO)
    # Offered to residents, and how far up: 0 is not offered, 1 comes first.
    public_rank = models.PositiveSmallIntegerField(default=0)
    # Its place among its neighbours: smaller first, then as the list has them.
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["code_set", "code"], name="category_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Condition(models.Model):
    """A filing condition of a category, with its own limit for handling."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="conditions")
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    amount = models.PositiveSmallIntegerField()
    time_unit = models.CharField(max_length=20, choices=TimeUnit.choices)
    is_default = models.BooleanField(default=False)
    active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["category", "code"]
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="condition_code"),
            models.UniqueConstraint(
                fields=["category"],
                condition=models.Q(is_default=True),
                name="condition_one_default",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="condition_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.code}"


class StepLimit(models.Model):
    """How long a kind of step may take, where no condition says so: intake, dispatch, ..."""

    step_kind = models.CharField(max_length=20, unique=True)
    amount = models.PositiveSmallIntegerField()
    time_unit = models.CharField(max_length=20, choices=TimeUnit.choices)

    def __str__(self) -> str:
        return self.step_kind


class SpecialLimit(models.Model):
    """How long a kind of step may take for a category, or one of its conditions, alone."""

    step_kind = models.CharField(max_length=20)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    condition = models.ForeignKey(
        Condition, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount = models.PositiveSmallIntegerField()
    time_unit = models.CharField(max_length=20, choices=TimeUnit.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step_kind", "category", "condition"],
                nulls_distinct=False,
                name="special_limit_once",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="special_limit_some"),
        ]

    def __str__(self) -> str:
        return f"{self.step_kind} of {self.category_id}"


class WarningMark(models.Model):
    """Who is told when so many percent of a limit have gone by."""

    percent = models.PositiveSmallIntegerField(unique=True)
    level = models.CharField(max_length=12, choices=Level.choices)

    class Meta:
        ordering = ["percent"]

    def __str__(self) -> str:
        return f"{self.percent} %: {self.level}"


class Checking(models.Model):
    """How closed and handled cases of a category are checked; `category` None is for all others.

    Shares are percent of the cases that are closed, days are counted from closing.
    """

    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=12, choices=RecheckWay.choices, default=RecheckWay.PHOTO)
    blind_share = models.PositiveSmallIntegerField()
    first_days = models.PositiveSmallIntegerField()
    first_share = models.PositiveSmallIntegerField()
    second_days = models.PositiveSmallIntegerField()
    second_share = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category"], nulls_distinct=False, name="checking_once"
            ),
            models.CheckConstraint(
                condition=models.Q(blind_share__lte=100, first_share__lte=100)
                & models.Q(second_share__lte=100),
                name="checking_shares",
            ),
            models.CheckConstraint(
                condition=models.Q(first_days__gt=0, second_days__gt=models.F("first_days")),
                name="checking_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"checking of {self.category_id or 'all'}"


class Rule(Chained):
    """area × category × condition → who leads, who assists. Empty means any; closest wins."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    condition = models.ForeignKey(
        Condition, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lead = models.CharField(max_length=20, choices=Lead.choices, default=Lead.UNIT)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assisting = models.ManyToManyField(Unit, blank=True, related_name="+")
    certain = models.BooleanField(
        default=False, help_text="an inspector's report may be dispatched without a dispatcher"
    )
    verify_first = models.BooleanField(
        default=False, help_text="a resident's report is verified on the spot by the community"
    )
    reason = models.CharField(max_length=200, blank=True)
    since = models.DateField(help_text="the first day on which it holds")
    until = models.DateField(
        null=True, blank=True, help_text="the first day on which it no longer holds"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "category", "condition"],
                condition=models.Q(until=None),
                nulls_distinct=False,
                name="rule_one_without_end",
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="rule_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(condition=None) | models.Q(category__isnull=False),
                name="rule_condition_needs_category",
            ),
            models.CheckConstraint(
                condition=models.Q(lead=Lead.UNIT, unit__isnull=False)
                | (~models.Q(lead=Lead.UNIT) & models.Q(unit=None)),
                name="rule_names_a_unit_or_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"rule {self.pk}"


class Reason(models.Model):
    """A reason from a list, for a move that must be reasoned."""

    kind = models.CharField(max_length=20, choices=ReasonKind.choices)
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    # What a resident reads when this reason ends a case.
    public_zh = models.CharField(max_length=200, blank=True)
    public_en = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="reason_code"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Elsewhere(models.Model):
    """Where somebody is better helped than by a street report: 119, 110, 12345, ..."""

    kind = models.CharField(max_length=20, choices=ElsewhereKind.choices)
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    number = models.CharField(max_length=40, blank=True)
    words_zh = models.CharField(max_length=200)
    words_en = models.CharField(max_length=300)
    # Words in a report that hint at it; "举报+干部" wants both parts.
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["rank", "id"]
        verbose_name_plural = "elsewhere"

    def __str__(self) -> str:
        return self.code


class Channel(Chained):
    """A way by which reports come or answers go. Closed, the public reads its `closed_` words."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    code = models.CharField(max_length=20, unique=True, choices=ChannelCode.choices)
    is_open = models.BooleanField(default=True)
    # The telephone number that the public reads; for the hotline.
    number = models.CharField(max_length=40, blank=True)
    hours_zh = models.CharField(max_length=120, blank=True)
    hours_en = models.CharField(max_length=160, blank=True)
    closed_zh = models.CharField(max_length=200, blank=True)
    closed_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.code


class Imprint(Chained):
    """What the public reads of the office on every page: one row. What is empty is not shown."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    only = models.BooleanField(default=True, unique=True, editable=False)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    address_zh = models.CharField(max_length=120, blank=True)
    address_en = models.CharField(max_length=160, blank=True)
    hours_zh = models.CharField(max_length=120, blank=True)
    hours_en = models.CharField(max_length=160, blank=True)
    complaint_number = models.CharField(max_length=40, blank=True)
    complaint_zh = models.CharField(max_length=200, blank=True)
    complaint_en = models.CharField(max_length=300, blank=True)
    # ICP 备案号 and 公安备案号: a public site in China shows both.
    icp_number = models.CharField(max_length=60, blank=True)
    police_number = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="imprint_only_one"),
        ]

    def __str__(self) -> str:
        return self.name_zh or "imprint"
