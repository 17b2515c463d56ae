"""The case: a problem that the district answers for."""

import uuid
from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gulou.cases.states import State, StepKind
from gulou.catalogue.models import Category, CodeSet, Condition, Rule
from gulou.outbox.models import Chained
from gulou.people.models import Unit, User
from gulou.photos.models import Photo
from gulou.places.models import Area, Located

# What stands for the time of a case that is never due, so that lists put it last.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Source(models.TextChoices):
    """Who saw the problem."""

    RESIDENT = "resident", _("Resident")
    PATROL = "patrol", _("Deputies' and volunteers' patrol")
    INSPECTION = "inspection", _("Daily inspection")
    SUPERVISION = "supervision", _("Supervision team")
    LEADER = "leader", _("District leader")
    ASSIGNED = "assigned", _("Assigned from above")
    HOTLINE = "hotline", _("Hotline")


class Case(Chained, Located):
    """A problem that the district answers for. Carries its current step, so lists need no join.

    What nobody looks a case up by has no index, nor has what another index begins with: each is
    written again with every move.
    """

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    number = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    restricted = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    # The place: its chain of areas, and what people call it.
    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    street = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    community = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    place_ambiguous = models.BooleanField(default=False)
    address = models.CharField(max_length=200, blank=True)
    # What it is.
    code_set = models.ForeignKey(
        CodeSet, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    condition = models.ForeignKey(
        Condition, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Who answers for it: the district office until it is dispatched.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    assisting = ArrayField(models.BigIntegerField(), default=list, blank=True)
    rule = models.ForeignKey(
        Rule, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # The current step, copied from Step.
    step = models.ForeignKey(
        "Step", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    step_kind = models.CharField(max_length=12, choices=StepKind.choices, blank=True)
    step_unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    step_person = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    # 挂账: while its clock stands still; the day on which that is looked at again.
    suspended_until = models.DateTimeField(null=True)
    # What was asked about its time and waits for an answer: a PleaKind.
    plea = models.CharField(max_length=12, blank=True, default="", db_default="")
    # 立整立改: told at once, done within a day.
    on_spot = models.BooleanField(default=False, db_default=False)
    # The units that have a part of the handling now, from the top down; until when the last has it.
    parts = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    part_due_at = models.DateTimeField(null=True)
    # 督办: while a supervision order on it waits, by when that is to be answered.
    ordered_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    reports_count = models.PositiveSmallIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # A reporter's objection that nobody has answered yet.
    objected_at = models.DateTimeField(null=True)
    cover = models.ForeignKey(
        Photo, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # What the public reads: the office's words, never the reporter's.
    summary = models.CharField(max_length=300, blank=True)
    # Since when a person has let everybody read of it; with it, the bigrams of the summary.
    released_at = models.DateTimeField(null=True)
    released_terms = ArrayField(models.CharField(max_length=300), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="case_number"),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.MERGED, merged_into__isnull=False)
                | (~models.Q(state=State.MERGED) & models.Q(merged_into=None)),
                name="case_merged_into_one",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(
                        ended_at=None,
                        state__in=sorted(
                            s.value
                            for s in State
                            if s
                            in {
                                State.RECEIVED,
                                State.FILED,
                                State.DISPATCHED,
                                State.HANDLING,
                                State.HANDLED,
                            }
                        ),
                    )
                    | models.Q(
                        ended_at__isnull=False,
                        state__in=sorted(
                            s.value
                            for s in (State.CLOSED, State.DECLINED, State.REDIRECTED, State.MERGED)
                        ),
                    )
                ),
                name="case_ended_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at", "id"], name="case_open_unit",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["step_unit", "due_at", "id"], name="case_open_step_unit",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["step_person", "due_at", "id"], name="case_open_step_person",
                         condition=models.Q(ended_at=None, step_person__isnull=False)),
            models.Index(fields=["state", "due_at", "id"], name="case_open_state",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["step_unit", "step_kind"], name="case_open_work",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["due_at", "street", "unit"], name="case_open_due",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["cell"], name="case_open_cell",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["street", "-opened_at", "-id"], name="case_street"),
            models.Index(fields=["unit", "-opened_at", "-id"], name="case_unit"),
            models.Index(fields=["-opened_at", "-id"], name="case_opened"),
            models.Index(fields=["-changed_at", "-id"], name="case_changed"),
            models.Index(fields=["cell"], include=["id", "category", "state"], name="case_cell"),
            GinIndex(fields=["assisting"], name="case_assisting"),
            GinIndex(fields=["parts"], name="case_parts", condition=~models.Q(parts=[])),
            models.Index(fields=["objected_at"], name="case_objected",
                         condition=models.Q(objected_at__isnull=False)),
            models.Index(fields=["changed_at"], name="case_plea",
                         condition=~models.Q(plea="")),
            models.Index(fields=["ordered_until"], name="case_ordered",
                         condition=models.Q(ordered_until__isnull=False)),
            # Photos that nobody sent are deleted, and none of these may be one.
            models.Index(fields=["cover"], name="case_cover",
                         condition=models.Q(cover__isnull=False)),
            models.Index(fields=["merged_into"], name="case_merged",
                         condition=models.Q(merged_into__isnull=False)),
            models.Index(fields=["due_at", "id"], name="case_due",
                         condition=models.Q(due_at__isnull=False)),
            models.Index(Coalesce("due_at", models.Value(NEVER)), "id", name="case_due_or_never"),
            *(models.Index(fields=[*fields, "-released_at", "-id"], name=name,
                           condition=models.Q(released_at__isnull=False))
              for fields, name in (([], "case_released"), (["street"], "case_released_street"),
                                   (["category"], "case_released_category"))),
            GinIndex(fields=["released_terms"], name="case_released_terms",
                     condition=models.Q(released_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number
