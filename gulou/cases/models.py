"""Reports, cases, the steps of work on them, and the words that may be erased."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.catalogue.models import Category, CodeSet, Condition, Reason, Rule
from gulou.outbox.models import Chained
from gulou.people.models import Unit, User
from gulou.photos.models import Photo
from gulou.places.models import Area, Located

from .states import State, StepKind


class Source(models.TextChoices):
    """Who saw the problem."""

    RESIDENT = "resident", _("Resident")
    PATROL = "patrol", _("Deputies' and volunteers' patrol")
    INSPECTION = "inspection", _("Daily inspection")
    SUPERVISION = "supervision", _("Supervision team")
    LEADER = "leader", _("District leader")
    ASSIGNED = "assigned", _("Assigned from above")
    HOTLINE = "hotline", _("Hotline")


class Channel(models.TextChoices):
    """How the report reached us."""

    WEB = "web", _("Web page")
    API = "api", _("Program (API)")
    DESK = "desk", _("Entered at a desk")
    FORWARDED = "forwarded", _("Forwarded from a chat")
    IMPORT = "import", _("Imported")


class Words(models.Model):
    """What a person wrote. May be erased; facts hold only its id and salted digest."""

    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"words {self.pk}"


class Contact(models.Model):
    """Who reported, encrypted at rest. May be erased."""

    sealed = models.BinaryField()
    # Keyed, so that somebody who calls again is known; nobody reads the number out of it.
    phone_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["phone_digest"], name="contact_phone", condition=~models.Q(phone_digest="")
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Case(Chained, Located):
    """A problem that the district answers for. Carries its current step, so lists need no join."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    number = models.CharField(max_length=24)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    restricted = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    # The place: its chain of areas, and what people call it.
    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    street = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    community = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    place_ambiguous = models.BooleanField(default=False)
    address = models.CharField(max_length=200, blank=True)
    # What it is.
    code_set = models.ForeignKey(CodeSet, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    condition = models.ForeignKey(Condition, null=True, on_delete=models.PROTECT, related_name="+")
    # Who answers for it: the district office until it is dispatched.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    assisting = ArrayField(models.BigIntegerField(), default=list, blank=True)
    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="+")
    # The current step, copied from Step.
    step = models.ForeignKey("Step", null=True, on_delete=models.PROTECT, related_name="+")
    step_kind = models.CharField(max_length=12, choices=StepKind.choices, blank=True)
    step_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    step_person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    returns = models.PositiveSmallIntegerField(default=0)
    reworks = models.PositiveSmallIntegerField(default=0)
    reports_count = models.PositiveSmallIntegerField(default=1)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # A reporter's objection that nobody has answered yet.
    objected_at = models.DateTimeField(null=True)
    cover = models.ForeignKey(Photo, null=True, on_delete=models.SET_NULL, related_name="+")
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
            models.Index(fields=["street", "-opened_at", "-id"], name="case_street"),
            models.Index(fields=["unit", "-opened_at", "-id"], name="case_unit"),
            models.Index(fields=["-opened_at", "-id"], name="case_opened"),
            models.Index(fields=["-changed_at", "-id"], name="case_changed"),
            models.Index(fields=["cell"], include=["id", "category", "state"], name="case_cell"),
            GinIndex(fields=["assisting"], name="case_assisting"),
            models.Index(fields=["objected_at"], name="case_objected",
                         condition=models.Q(objected_at__isnull=False)),
            models.Index(fields=["merged_into"], name="case_merged",
                         condition=models.Q(merged_into__isnull=False)),
            models.Index(fields=["due_at", "id"], name="case_due",
                         condition=models.Q(due_at__isnull=False)),
            *(models.Index(fields=[*fields, "-released_at", "-id"], name=name,
                           condition=models.Q(released_at__isnull=False))
              for fields, name in (([], "case_released"), (["street"], "case_released_street"),
                                   (["category"], "case_released_category"))),
            GinIndex(fields=["released_terms"], name="case_released_terms",
                     condition=models.Q(released_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Report(Chained, Located):
    """What somebody sent. It never changes."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
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
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "receipt"], name="report_receipt"),
            models.UniqueConstraint(fields=["district", "client_id"], name="report_client_id"),
        ]

    def __str__(self) -> str:
        return self.receipt


class Step(models.Model):
    """One stretch of work on a case: who owes it, until when, and how it ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
                name="step_ends_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "started_at"], name="step_case"),
            models.Index(fields=["unit", "kind"], name="step_open_unit",
                         condition=models.Q(ended_at=None)),
            models.Index(fields=["person", "kind"], name="step_open_person",
                         condition=models.Q(ended_at=None, person__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Before(models.Model):
    """How a case stood before its last move, for as long as that may be taken back."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="+")
    move = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # The version and the head of the chain of facts that the move found.
    version = models.PositiveIntegerField()
    sequence = models.IntegerField()
    stood = models.JSONField()

    def __str__(self) -> str:
        return f"{self.case_id} before {self.move}"


class Note(models.Model):
    """Words somebody left on a case with a move, shown on its record.

    Those of a `public` one are the office's words to everybody who reported the case.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT, related_name="+")
    public = models.BooleanField(default=False, db_default=False)
    move = models.CharField(max_length=20)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.move}"


class PhotoKind(models.TextChoices):
    BEFORE = "before", _("Before handling")
    AFTER = "after", _("After handling")
    NEAR = "near", _("Near view")
    FAR = "far", _("Far view")
    REFERENCE = "reference", _("Reference")
    # What a recheck found not done: evidence, but no picture of the place put right.
    RECHECK = "recheck", _("At a failed recheck")


class CasePhoto(models.Model):
    """A photo as evidence on a case. Nothing is public until a person has released it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="photos")
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="+")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=PhotoKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "photo"], name="case_photo_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


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


class Letter(models.Model):
    """The paper that a report came on: its number in the office's register, and its own date."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="letter")
    number = models.CharField(max_length=60, blank=True)
    dated_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.report_id} {self.number}"


class ReplyForm(models.TextChoices):
    """How those above want to be answered."""

    WRITTEN = "written", _("In writing")
    SYSTEM = "system", _("In their system")
    PHONE = "phone", _("By telephone")
    CHAT = "chat", _("In a working group chat")
    NONE = "none", _("No reply asked for")


class Assignment(models.Model):
    """What a case owes to those above who assigned it: by when, and in which form, to reply."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="assignment")
    from_whom = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    received_on = models.DateField()
    due_at = models.DateTimeField()
    form = models.CharField(max_length=12, choices=ReplyForm.choices)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="assignment_due",
                         condition=models.Q(replied_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class AssignmentReply(models.Model):
    """One reply to those above. It never changes; a correction is a reply of its own."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="replies")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=12, choices=ReplyForm.choices)
    photos = ArrayField(models.UUIDField(), default=list, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.at}"


class Counted(models.Model):
    """What counts are kept by. Ids without foreign keys: nothing of these is ever deleted."""

    state = models.CharField(max_length=12)
    street_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    restricted = models.BooleanField()
    category_id = models.BigIntegerField()
    source = models.CharField(max_length=12)
    due_day = models.IntegerField()

    class Meta:
        abstract = True


class TallyChange(Counted):
    """What one change of a case adds (1) or takes away (-1). Written by a trigger, only added."""

    n = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.n:+} {self.state}"


class Tally(Counted):
    """How many cases there are of one kind, but for the changes that are not folded in yet."""

    grain = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grain", "state", "street_id", "unit_id", "restricted", "category_id",
                        "source", "due_day"], name="tally_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["category_id", "street_id"], name="tally_kind",
                         condition=models.Q(grain=2)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.n} {self.state}"


class PublicFigures(models.Model):
    """The figures that everybody may quote, as they were computed last on a day."""

    day = models.DateField(unique=True)
    computed_at = models.DateTimeField()
    since = models.DateField()
    # What was counted, by measure: "total", and "months", "streets" and "categories" by code.
    body = models.JSONField()

    def __str__(self) -> str:
        return str(self.day)


class Origin(models.Model):
    """Where an imported case comes from: another system's number, and what it says of the time.

    The digest is that of its line: the same line again is no change.
    """

    case = models.OneToOneField(
        Case, primary_key=True, on_delete=models.PROTECT, related_name="origin"
    )
    system = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    # Whether it was done in time, as that system counted; null where it does not say.
    on_time = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "number"], name="origin_number"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"


class Findable(models.Model):
    """The terms that a case is found by. Beside the case, so that its moves do not rewrite them."""

    case = models.OneToOneField(
        Case, primary_key=True, on_delete=models.CASCADE, related_name="findable"
    )
    terms = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["terms"], name="findable_terms")]

    def __str__(self) -> str:
        return f"{self.case_id}"
