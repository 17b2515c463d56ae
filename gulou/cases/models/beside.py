"""What stands beside a case, so that its moves do not rewrite it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from .case import Case


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
