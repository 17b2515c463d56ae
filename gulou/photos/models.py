"""Photos as evidence: the untouched original, what it says of itself, and its copies."""

import uuid

from django.conf import settings
from django.db import models

from gulou.outbox.models import Chained


class PhotoState(models.TextChoices):
    STAGED = "staged", "staged"
    KEPT = "kept", "kept"


class Photo(Chained):
    """One picture as it came. The original is content-addressed and never served to the public."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    state = models.CharField(max_length=10, choices=PhotoState.choices, default=PhotoState.STAGED)
    # Staged photos belong to a draft: a token that only the person filling in the form holds.
    draft = models.CharField(max_length=64, blank=True)
    staged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    staged_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    perceptual_hash = models.CharField(max_length=32, blank=True)
    difference_hash = models.CharField(max_length=32, blank=True)
    mime = models.CharField(max_length=20)
    bytes = models.PositiveIntegerField()
    # Pixels as seen, after orientation.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Path in the storage, by content: "originals/ab/cd/<sha256>.<ext>".
    original = models.CharField(max_length=120)
    # What EXIF said, WGS84; null where it said nothing sensible.
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_lat = models.FloatField(null=True, blank=True)
    taken_lon = models.FloatField(null=True, blank=True)
    taken_accuracy_m = models.FloatField(null=True, blank=True)
    device = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sha256"], name="photo_sha256"),
            models.Index(
                fields=["draft"], name="photo_draft", condition=models.Q(state=PhotoState.STAGED)
            ),
            models.Index(
                fields=["staged_at"],
                name="photo_staged",
                condition=models.Q(state=PhotoState.STAGED),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Rendition(models.Model):
    """A copy for showing: oriented, scaled, without metadata."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")
    size = models.CharField(max_length=10, help_text="list, page or full")
    path = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "size"], name="rendition_size"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.size}"
