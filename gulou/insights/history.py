"""The history of the office's limits: who set what, from what to what."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.catalogue.states import MANAGE
from gulou.kit.changes import Change, Detail
from gulou.outbox.models import Event
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .facts import FindingLimitsSet
from .models import LimitsSet

MOST = 200
LABELS = {
    "least": gettext_lazy("Fewest cases of a unit or kind"),
    "people": gettext_lazy("Fewest people of an area"),
    "metres": gettext_lazy("How near, in metres"),
    "times": gettext_lazy("How many cases at a place"),
    "turns": gettext_lazy("How often a case goes back and forth"),
    "error": gettext_lazy("How much may be chance, in percent"),
}


def limits_history(user: User) -> list[Change]:
    """What was set, the newest first; the last can be taken back. Raises NotAllowed."""
    access.require(user, MANAGE, unit_id=people.office().id)
    found = list(_of_limits()[:MOST])
    return [_change(one, newest=one is found[0]) for one in found]


def last_of_limits() -> Event | None:
    """The last time that the office set them."""
    return _of_limits().first()


def _of_limits() -> QuerySet[Event]:
    kind = LimitsSet._meta.label_lower
    return Event.objects.filter(subject_kind=kind, name=FindingLimitsSet.name).order_by("-id")


def _change(event: Event, *, newest: bool) -> Change:
    before, after = event.payload["before"], event.payload["after"]
    details = [
        Detail(label, str(before[name]), str(after[name]))
        for name, label in LABELS.items()
        if name in after
    ]
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=_("Changed"), details=details,
        can_undo=newest,
    )  # fmt: skip
