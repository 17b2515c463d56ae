"""The history of group robots, and of how staff is told: each fact in a sentence, with what was and what became."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.catalogue.models import Category
from gulou.catalogue.states import MANAGE
from gulou.kit.changes import Change, Detail
from gulou.kit.words import name_of
from gulou.outbox.models import Event
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.places.models import Area

from .channels import CHANNELS
from .facts import ParcelResent, RobotRestored, RobotRetired, TellingSet
from .kinds import KINDS
from .models import OfficeWishes, Robot
from .states import WEEKDAYS, Form, What, When

MOST = 200

_HAPPENED = {
    RobotRetired.name: (gettext_lazy("Taken out of use"), "archive"),
    RobotRestored.name: (gettext_lazy("Brought back"), "arrow-back-up"),
    ParcelResent.name: (gettext_lazy("A message was sent again"), "refresh"),
}


def robot_history(user: User) -> list[Change]:
    """What happened to all robots, the newest first. Raises NotAllowed."""
    access.require(user, MANAGE, unit_id=people.office().id)
    names = dict(Robot.objects.values_list("uid", "name"))
    events = Event.objects.filter(subject_kind=Robot._meta.label_lower, subject_uid__in=names)
    found = list(events.order_by("-id")[:MOST])
    last = newest(found)
    return [
        _change(one, names[one.subject_uid], can_undo=one.pk in last and can_take_back(one))
        for one in found
    ]


def newest(events: Iterable[Event]) -> set[int]:
    """The ids of those that changed their subject last; `events` with the newest first."""
    last: dict[UUID, int] = {}
    for one in events:
        if one.name != ParcelResent.name:
            last.setdefault(one.subject_uid, one.pk)
    return set(last.values())


def can_take_back(event: Event) -> bool:
    """Whether the record says what was before: of an address, a key or a password it never does."""
    told = event.payload
    return not ((told.get("key_changed") and told.get("before")) or told == _KEY_ALONE)


_KEY_ALONE = {"before": {}, "after": {}, "key_changed": True}


def _change(event: Event, robot: str, *, can_undo: bool) -> Change:
    before, after = event.payload.get("before", {}), event.payload.get("after", {})
    details = [
        Detail(label, _shown(show, before, name), _shown(show, after, name))
        for name, (label, show) in _FIELDS.items()
        if name in after
    ]
    if event.payload.get("key_changed"):
        details.append(Detail(_("Webhook address"), "", _("a new one, kept encrypted")))
    what, sign = _HAPPENED.get(
        event.name, (_("Changed"), "pencil") if event.sequence > 1 else (_("Added"), "plus")
    )
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, sign=sign,
        can_undo=can_undo, of=robot,
    )  # fmt: skip


def _shown(show: Callable[[Any], str], given: Mapping[str, Any], name: str) -> str:
    return show(given[name]) if name in given else ""


def _street(pk: int | None) -> str:
    found = Area.objects.filter(pk=pk).first() if pk else None
    return name_of(found) if found else _("the whole district")


def _kind(pk: int | None) -> str:
    found = Category.objects.filter(pk=pk).first() if pk else None
    return name_of(found) if found else _("every kind")


_FIELDS: Mapping[str, tuple[Any, Callable[[Any], str]]] = {
    "name": (gettext_lazy("Name"), str),
    "street_id": (gettext_lazy("Cases of"), _street),
    "category_id": (gettext_lazy("Of the kind"), _kind),
    "tells": (gettext_lazy("What it tells"),
              lambda all_of: _(", ").join(str(What(one).label) for one in all_of)),
    "form": (gettext_lazy("Form of a message"), lambda one: str(Form(one).label)),
    "with_photo": (gettext_lazy("Send a picture along"), lambda on: _("yes") if on else _("no")),
}  # fmt: skip


def telling_history(user: User) -> list[Change]:
    """How the office has set the telling of staff, the newest first. Raises NotAllowed."""
    access.require(user, MANAGE, unit_id=people.office().id)
    found = list(_of_telling()[:MOST])
    return [_set(one, newest=one.pk == found[0].pk) for one in found]


def last_of_telling() -> Event | None:
    """The last time that the office set it."""
    return _of_telling().first()


def _of_telling() -> QuerySet[Event]:
    kind = OfficeWishes._meta.label_lower
    return Event.objects.filter(subject_kind=kind, name=TellingSet.name).order_by("-id")


def _set(event: Event, *, newest: bool) -> Change:
    before, after = event.payload["before"], event.payload["after"]
    details = [
        Detail(label, _shown(show, before, name), _shown(show, after, name))
        for name, (label, show) in _TELLING.items()
        if name in after
    ]
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=_("Changed"), details=details,
        sign="pencil", can_undo=newest and bool(before),
    )  # fmt: skip


def _choices(told: Sequence[str]) -> str:
    return _("; ").join(
        f"{KINDS[kind].label} · {CHANNELS[name].label}: {When(when).label}"
        for kind, name, when in (one.split(" ") for one in told)
        if kind in KINDS and name in CHANNELS and when in When.values
    )


def _minutes(at: int) -> str:
    return f"{at // 60:02}:{at % 60:02}"


def _yes(on: bool) -> str:
    return _("yes") if on else _("no")


def _listed(labels: Mapping[str, Any]) -> Callable[[Any], str]:
    return lambda codes: _(", ").join(str(labels[one].label) for one in codes if one in labels)


_TELLING: Mapping[str, tuple[Any, Callable[[Any], str]]] = {
    "by_kind": (gettext_lazy("Chosen"), _choices),
    "quiet_from": (gettext_lazy("Quiet from"), _minutes),
    "quiet_until": (gettext_lazy("Quiet until"), _minutes),
    "quiet_days_off": (gettext_lazy("Also quiet on days off"), _yes),
    "digest_hour": (gettext_lazy("Digests come at"), lambda hour: f"{hour:02}:00"),
    "digest_weekday": (gettext_lazy("Those of the week on"), lambda day: str(WEEKDAYS[day])),
    "digest_skips_days_off": (gettext_lazy("No digests on days off"), _yes),
    "duty_channels": (gettext_lazy("By which channels duties are always told"), _listed(CHANNELS)),
    "urgent": (gettext_lazy("What breaks quiet hours"), _listed(KINDS)),
}
