"""What a group robot tells, in which form, and how far a parcel has come. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from gulou.cases import facts as cases


class What(TextChoices):
    """What is told of a case. TRIED is the office's own trial."""

    OPENED = "opened", _("New case")
    DISPATCHED = "dispatched", _("Dispatched")
    HANDLED = "handled", _("Handled, to be rechecked")
    URGED = "urged", _("Urged")
    TRIED = "tried", _("Trial message")


TOLD_AFTER = {
    cases.CaseOpened.name: What.OPENED,
    cases.CaseDispatched.name: What.DISPATCHED,
    cases.CaseArbitrated.name: What.DISPATCHED,
    cases.CaseOnSpot.name: What.DISPATCHED,
    cases.CaseHandled.name: What.HANDLED,
    cases.CaseUrged.name: What.URGED,
}
CHOICES = [(one.value, one.label) for one in What if one != What.TRIED]
AT_FIRST = (What.OPENED.value, What.URGED.value)
"""What a new robot tells."""


class Form(TextChoices):
    """How a single message looks. Several are merged into markdown, text or one list of news."""

    CARD = "card", _("Card")
    MARKDOWN = "markdown", _("Markdown")
    TEXT = "text", _("Plain text")
    NEWS = "news", _("News")


class Progress(TextChoices):
    """How far a message has come."""

    WAITING = "waiting", _("Waits to be sent")
    SENT = "sent", _("Sent out")
    FAILED = "failed", _("Given up for now")
    DROPPED = "dropped", _("No longer needed")


class When(TextChoices):
    """How soon a channel tells a person something."""

    NOW = "now", _("At once")
    DAY = "day", _("By day")
    WEEK = "week", _("By week")
    NEVER = "never", _("Not at all")


WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip
