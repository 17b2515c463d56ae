"""Files on their way in, and the operations that came already."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gulou.people.models import User


class Upload(models.Model):
    """A photo that comes in pieces. `uid` is the phone's; its pieces lie in the storage of files, so
    that any web process can take the next one."""

    uid = models.UUIDField(primary_key=True, editable=False)
    # Of the secret under which it is staged: who does not know that has no part in it.
    key = models.CharField(max_length=64)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64)
    capture = models.TextField(blank=True)
    # What the phone says of it beside the file, as it announced it.
    told = models.JSONField(null=True)
    size = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    # In the names of its pieces; another one each time that it begins again.
    mark = models.CharField(max_length=16, blank=True, db_default="")
    # Where each piece begins.
    pieces = ArrayField(models.PositiveIntegerField(), default=list)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    # The staged photo that it has become.
    photo = models.UUIDField(null=True)
    # Why it has become none.
    refused = models.CharField(max_length=40, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset__lte=models.F("size")), name="upload_within_its_size"
            ),
        ]
        indexes = [models.Index(fields=["key"], name="upload_key")]

    def __str__(self) -> str:
        return f"{self.uid}: {self.offset} of {self.size}"

    def name_of(self, start: int) -> str:
        """The file of a piece."""
        return f"{self.uid}.{self.mark}.{start:09d}"


class Pushed(models.Model):
    """An operation that a phone pushed and that was done. It is not done again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    # What it was done to, and its version before and after.
    task = models.CharField(max_length=60, blank=True)
    before = models.IntegerField(null=True)
    after = models.IntegerField(null=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.id} on {self.task}"
