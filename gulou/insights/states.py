"""What is looked for, what may be done about it, and from what on it counts. Pure: no database."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Measure(TextChoices):
    """What a unit or a category may stand out by."""

    LATE = "late", _("Lateness")
    REWORK = "rework", _("Rework")
    RECURRENCE = "recurrence", _("Recurrence")


class About(TextChoices):
    """What stands out."""

    UNIT = "unit", _("Unit")
    CATEGORY = "category", _("Category")


class What(TextChoices):
    """What is done about a finding."""

    INSPECTION = "inspection", _("Plan an inspection here")
    KEY_PROJECT = "key_project", _("Propose it as a key project")
    ORDER = "order", _("Open a supervision order")
    NOTHING = "nothing", _("Nothing, because …")


@dataclass(frozen=True)
class Limits:
    """From what on something counts; the office sets them.

    `least`: fewer cases than that say nothing of a unit or a kind. `people`: nor do areas with fewer
    people. `metres`, `times`: so many cases of a kind so near to each other are a repeated one.
    `error`: the share in percent of what is named that may be chance. `turns`: so often given back,
    passed on, extended, suspended or reopened is too often.
    """

    least: int = 10
    people: int = 500
    metres: int = 50
    times: int = 4
    error: int = 5
    turns: int = 2


# From and up to, for each of them.
RANGES = {"least": (5, 1000), "people": (100, 100_000), "metres": (10, 500), "times": (2, 1000),
          "error": (1, 20), "turns": (1, 50)}  # fmt: skip
