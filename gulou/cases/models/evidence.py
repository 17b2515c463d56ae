"""Photos as evidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.people.models import User
from gulou.photos.models import Photo

from .case import Case
from .report import Report
from .work import Step


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

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photos", db_index=False)
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="photos")
    step = models.ForeignKey(
        Step, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=PhotoKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["added_at", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "photo"], name="case_photo_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
