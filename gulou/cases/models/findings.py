"""What pictures of handled work say of themselves, and what a rechecker confirmed of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gulou.people.models import Unit, User

from .case import Case
from .evidence import CasePhoto
from .work import Step


class FindingKind(models.TextChoices):
    SAME_PICTURE = "same_picture", _("It is a picture from before")
    SEEN_BEFORE = "seen_before", _("It was sent before, on another case")
    EDITED = "edited", _("It was saved by picture editing software")
    COPIED = "copied", _("Parts of it are copied within it")
    FAR = "far", _("It was taken somewhere else")
    EARLIER = "earlier", _("It was taken before the problem was seen")
    OTHER_VIEW = "other_view", _("It does not show the view of the picture before")
    NO_PLACE = "no_place", _("It does not say where or when it was taken")
    GAP = "gap", _("The chain of its camera has a gap before it")
    CAMERA = "camera", _("It was taken in our own camera view")
    SAME_VIEW = "same_view", _("It shows the view of the picture before")


class Finding(models.Model):
    """A hint with its reason: what was measured on a picture, against another one or alone.

    Never a verdict: a person looks at both.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(CasePhoto, on_delete=models.CASCADE, related_name="findings")
    against = models.ForeignKey(CasePhoto, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=FindingKind.choices)
    # What was measured, by name; numbers and short codes only.
    measured = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "kind"], name="finding_once"),
        ]
        indexes = [models.Index(fields=["case"], name="finding_case")]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.kind}"


class FakedPhoto(models.Model):
    """A rechecker has confirmed that a picture of handled work is a fake. It counts against the
    unit that sent it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="faked")
    evidence = models.OneToOneField(CasePhoto, on_delete=models.PROTECT, related_name="faked")
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit", "at"], name="faked_unit")]

    def __str__(self) -> str:
        return f"{self.evidence_id}"
