"""What cases are counted by, and what everybody may quote."""

from django.db import models


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
