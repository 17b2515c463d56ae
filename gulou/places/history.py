"""The history of the areas: each fact in a sentence, with what was and what became."""

from django.utils.translation import gettext as _

from gulou.kit.changes import Change, Detail
from gulou.kit.words import name_of
from gulou.outbox.models import Event

from .models import Area
from .operations.undo import can_take_back

MOST = 200


def area_history(area_id: int | None = None) -> list[Change]:
    """What happened to the areas (None: all), or to one; the newest first."""
    events = Event.objects.filter(subject_kind=Area._meta.label_lower)
    if area_id is not None:
        events = events.filter(subject_uid__in=Area.objects.filter(pk=area_id).values("uid"))
    found = list(events.order_by("-id")[:MOST])
    areas = {one.uid: one for one in Area.objects.filter(uid__in={e.subject_uid for e in found})}
    return [_change(one, areas[one.subject_uid]) for one in found]


def _change(event: Event, area: Area) -> Change:
    said = {
        "area.described": (_("Renamed"), "pencil"),
        "area.retired": (_("Retired"), "archive"),
        "area.restored": (_("Brought back"), "arrow-back-up"),
        "area.imported": (_("Border read from a file"), "map"),
    }
    what, sign = said.get(event.name, (event.name, "pencil"))
    labels = {"name_zh": _("Name in Chinese"), "name_en": _("Name in English")}
    before, after = event.payload.get("before", {}), event.payload.get("after", {})
    details = [Detail(labels[name], before.get(name, ""), after[name]) for name in after]
    if event.name == "area.imported":
        number = event.payload["review_number"]
        details = [Detail(_("Map review number"), "", number)] if number else []
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what, details=details, sign=sign,
        can_undo=can_take_back(event), of=name_of(area),
    )  # fmt: skip
