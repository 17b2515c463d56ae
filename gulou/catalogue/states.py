"""Vocabulary of the catalogue that needs no database."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MANAGE = "catalogue.manage"
"""The verb that lets a posting at the district office change rules, limits and code sets."""


class TimeUnit(TextChoices):
    """Urgent and natural units run around the clock; working units count working time only."""

    MINUTE = "minute", _("minutes")
    HOUR = "hour", _("hours")
    WORKING_MINUTE = "working_minute", _("working minutes")
    URGENT_HOUR = "urgent_hour", _("urgent hours")
    URGENT_DAY = "urgent_day", _("urgent days")
    WORKING_HOUR = "working_hour", _("working hours")
    WORKING_DAY = "working_day", _("working days")
    NATURAL_DAY = "natural_day", _("days")


class CategoryKind(TextChoices):
    COMPONENT = "component", _("Component")
    EVENT = "event", _("Event")
    CIVILITY = "civility", _("Civility topic")


class Evidence(TextChoices):
    """What shows that handling is done."""

    PHOTO = "photo", _("A photo taken after")
    WORDS = "words", _("Words; the rechecker takes the photo")


class RecheckWay(TextChoices):
    """How a recheck of a category is made."""

    PHOTO = "photo", _("By the pictures")
    ON_SPOT = "on_spot", _("On the spot")


class Level(TextChoices):
    """Who is told when a limit runs out, one level higher each time."""

    UNIT = "unit", _("The unit")
    HEAD = "head", _("The head of the unit")
    LEADER = "leader", _("The leader who looks after the street")
    DISTRICT = "district", _("The district office")


class Lead(TextChoices):
    """How a rule names the unit that is responsible."""

    UNIT = "unit", _("A named unit")
    STREET = "street", _("The street of the place")
    COMMUNITY = "community", _("The community of the place")


class ReasonKind(TextChoices):
    RETURN = "return", _("Return")
    REWORK = "rework", _("Rework")
    DECLINE = "decline", _("Decline")
    REOPEN = "reopen", _("Reopen")
    REDIRECT = "redirect", _("Redirect")


class ElsewhereKind(TextChoices):
    DANGER = "danger", _("Danger: help must come at once")
    COMPLAINT = "complaint", _("Petitions and complaints: they have channels of their own")


class ChannelCode(TextChoices):
    """By which ways reports come, and by which the answers go."""

    WEB = "web", _("Reporting on the web page")
    API = "api", _("Reporting from programs (API)")
    FIELD = "field", _("Reporting from the field app")
    HOTLINE = "hotline", _("Telephone of the office")
    DESK = "desk", _("Entering at a desk for callers and letters")
    MAIL = "mail", _("Answers by e-mail to reporters")


STEP_NAMES = {
    "intake": _("Intake"),
    "verify": _("Verification"),
    "dispatch": _("Dispatch"),
    "arbitrate": _("Arbitration"),
    "accept": _("Acceptance"),
    "handle": _("Handling"),
    "recheck": _("Recheck"),
    "on_spot": _("Rectified on the spot"),
    "blind": _("Independent recheck"),
    "look_back": _("Look-back"),
}
"""The kinds of step that a limit may be set for, as people call them."""
