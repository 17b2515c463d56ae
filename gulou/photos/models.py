"""Photos as evidence: the untouched original, what it says of itself, and its copies."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

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
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
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
    # What our own camera view said and the server proved (photos.capture); null where the picture
    # was chosen from files. `capture_link` is its link, by which the next one of its device is proved.
    capture = models.JSONField(null=True, editable=False)
    capture_link = models.CharField(max_length=64, blank=True, default="", db_default="")
    # What the phone that sent it says of it beside the file (photos.told): a pin that somebody moved,
    # or what EXIF said before the phone scaled it.
    told = models.JSONField(null=True, editable=False)
    # When it was looked at for faces and plates: by the detectors, or by a person.
    looked_at = models.DateTimeField(null=True, editable=False)
    # Under which name the public fetches it. Without one there is nothing for the public; each time
    # its covers change it gets another, so that what was fetched before is found no more.
    public_uid = models.UUIDField(null=True, editable=False)
    # Names the files with the covers burnt in; empty where nothing is covered.
    public_digest = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["capture_link"],
                name="photo_capture",
                condition=~models.Q(capture_link=""),
            ),
            models.Index(
                fields=["public_uid"],
                name="photo_public",
                condition=models.Q(public_uid__isnull=False),
            ),
            models.Index(
                fields=["public_digest"],
                name="photo_public_digest",
                condition=~models.Q(public_digest=""),
            ),
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


# Bits 63 to 42, 41 to 21, 20 to 0 of a hash, from its quarters.
_THIRDS = {
    "high": (F("a") + 32768) * 64 + (F("b") + 32768).bitrightshift(10),
    "middle": (F("b") + 32768).bitand(1023) * 2048 + (F("c") + 32768).bitrightshift(5),
    "low": (F("c") + 32768).bitand(31) * 65536 + (F("d") + 32768),
}


class Likeness(models.Model):
    """The perceptual hash of a kept photo in four quarters of 16 bits, each less 32768. It is found
    among millions by its thirds: two hashes that differ in few bits nearly share one."""

    photo = models.OneToOneField(
        Photo, primary_key=True, on_delete=models.CASCADE, related_name="likeness"
    )
    a = models.SmallIntegerField()
    b = models.SmallIntegerField()
    c = models.SmallIntegerField()
    d = models.SmallIntegerField()

    class Meta:
        indexes = [
            models.Index(third, include=["a", "b", "c", "d", "photo"], name=f"likeness_{name}")
            for name, third in _THIRDS.items()
        ]

    def __str__(self) -> str:
        return f"{self.photo_id}"


class CoverKind(models.TextChoices):
    FACE = "face", _("Face")
    PLATE = "plate", _("Vehicle plate")
    OTHER = "other", _("Another detail")


class Cover(models.Model):
    """A part of a picture that the public does not see, in parts of its width and height.

    It stays on record when somebody takes it away.
    """

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="covers")
    kind = models.CharField(max_length=10, choices=CoverKind.choices)
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    # How sure the detector was; null where a person drew it.
    score = models.FloatField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(x__gte=0, y__gte=0, width__gt=0, height__gt=0)
                & models.Q(x__lte=1, y__lte=1, width__lte=1, height__lte=1),
                name="cover_inside",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.kind}"


class Covering(Chained):
    """Whether faces and plates are looked for at all: one row, or none where nobody changed it."""

    uid = models.UUIDField(unique=True, editable=False, default=uuid.uuid4)
    only = models.BooleanField(default=True, unique=True, editable=False)
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="covering_only_one"),
        ]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"
