"""Vocabulary of the catalogue that needs no database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MANAGE = "catalogue.manage"
"""The verb that lets a posting at the district office change rules, limits and code sets."""


class TimeUnit(TextChoices):
    """Urgent and natural units run around the clock; working units count working time only."""

    MINUTE = "minute", _("minutes")
    WORKING_MINUTE = "working_minute", _("working minutes")
    URGENT_HOUR = "urgent_hour", _("urgent hours")
    URGENT_DAY = "urgent_day", _("urgent days")
    WORKING_HOUR = "working_hour", _("working hours")
    WORKING_DAY = "working_day", _("working days")
    NATURAL_DAY = "natural_day", _("days")
