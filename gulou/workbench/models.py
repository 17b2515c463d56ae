"""What people keep at their desk: templates for answers, mentions, what they follow, drafts, views of the queue, who looks at what."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.cases.models import Case, Words
from gulou.outbox.models import Chained
from gulou.people.models import Unit, User
from gulou.photos.models import Photo


class AnswerTemplate(Chained):
    """A text to begin an answer with. The office's where it has no owner, else one person's.

    `move` is the move it is for; "" for any. A change keeps the words before it in the record.
    """

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    move = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name", "language"], name="template_name",
                condition=models.Q(retired_at=None), nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """Somebody asked a colleague to look at a case, in the words of a note."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    words = models.ForeignKey(Words, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["words", "person"], name="mention_once"),
        ]
        indexes = [
            models.Index(fields=["person", "case"], name="mention_open",
                         condition=models.Q(answered_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.person_id}"


class Subscription(Chained):
    """A person follows a case: told of every change up to `told`, and has seen up to `seen`."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Sequences of the facts of the case.
    told = models.IntegerField(default=0)
    seen = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "case"], name="subscription_once"),
        ]
        indexes = [
            models.Index(fields=["case"], name="subscription_open",
                         condition=models.Q(ended_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id}"


class EntryDraft(models.Model):
    """A forwarded picture that waits for somebody to make a report of it. Gone with its photo."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.uid)


class SavedView(models.Model):
    """A queue with a name: what its address asks for. Shared with a unit and below, or everybody.

    What a reader sees in it is decided by the reader's own postings.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000, blank=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    everybody = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="view_name"),
            models.CheckConstraint(
                condition=models.Q(everybody=False) | models.Q(unit=None), name="view_shared_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """How a person likes their queue: the columns, and the view it opens with."""

    person = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    view = models.ForeignKey(SavedView, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"preference of {self.person_id}"


class Presence(models.Model):
    """Somebody has a case before them: since the last word of their page, reading or writing."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="presence_once"),
        ]
        indexes = [models.Index(fields=["seen_at"], name="presence_seen")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.case_id}"
