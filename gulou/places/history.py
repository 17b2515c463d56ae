"""The history of areas, levels and named places: each fact in a sentence, with what was and what
became."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.kit.changes import Change, Detail
from gulou.kit.words import name_of
from gulou.outbox.models import Event

from .models import Area, Level, NamedPlace, PlaceList
from .operations.undo import can_take_back

MOST = 200

_SAID: dict[str, tuple[Any, str]] = {
    "area.described": (gettext_lazy("Renamed"), "pencil"),
    "area.counted": (gettext_lazy("Population"), "users"),
    "area.retired": (gettext_lazy("Retired"), "archive"),
    "area.restored": (gettext_lazy("Brought back"), "arrow-back-up"),
    "area.imported": (gettext_lazy("Border read from a file"), "map"),
    "level.set": (gettext_lazy("Changed"), "pencil"),
    "place.added": (gettext_lazy("Added"), "plus"),
    "place.changed": (gettext_lazy("Changed"), "pencil"),
    "place.retired": (gettext_lazy("Retired"), "archive"),
    "place.restored": (gettext_lazy("Brought back"), "arrow-back-up"),
    "places.imported": (gettext_lazy("Read from a file"), "file-plus"),
}
_LABELS = {
    "name_zh": gettext_lazy("Name in Chinese"), "name_en": gettext_lazy("Name in English"),
    "kind": gettext_lazy("Kind"), "aliases": gettext_lazy("Also called"),
    "rank": gettext_lazy("Rank"), "overlapping": gettext_lazy("Areas may overlap"),
    "code_length": gettext_lazy("Length of codes"), "active": gettext_lazy("In use"),
    "population": gettext_lazy("People who live there"),
    "population_year": gettext_lazy("Year of the count"),
    "population_source": gettext_lazy("Source of the count"),
}  # fmt: skip


def area_history(area_id: int | None = None) -> list[Change]:
    """What happened to the areas (None: all), or to one; the newest first."""
    return _history(Area, area_id)


def level_history(level_id: int | None = None) -> list[Change]:
    """What happened to the levels, or to one; the newest first."""
    return _history(Level, level_id)


def place_history(place_id: int | None = None) -> list[Change]:
    """What happened to the named places and the lists they came in, or to one place."""
    return _history(NamedPlace, place_id, *(() if place_id else (PlaceList,)))


def _history(model: type[Model], pk: int | None, *also: type[Model]) -> list[Change]:
    events = Event.objects.filter(
        subject_kind__in=[one._meta.label_lower for one in (model, *also)]
    )
    if pk is not None:
        uids = model._default_manager.filter(pk=pk).values("uid")
        events = events.filter(subject_uid__in=uids)
    found = list(events.order_by("-id")[:MOST])
    things: dict[Any, Any] = {}
    for kind in (model, *also):
        rows = kind._default_manager.filter(uid__in={event.subject_uid for event in found})
        things |= {one.uid: one for one in rows}  # type: ignore[attr-defined] # all have one
    return [_change(event, things[event.subject_uid]) for event in found]


def _change(event: Event, thing: Any) -> Change:
    what, sign = _SAID.get(event.name, (event.name, "pencil"))
    said = event.payload
    before, after = said.get("before") or {}, said.get("after") or {}
    if event.name == "level.set" and not before:
        what, sign = _("Added"), "plus"
    return Change(
        event_id=event.pk, at=event.at, actor=event.actor, what=what,
        details=list(_details(event, before, after)), sign=sign, can_undo=can_take_back(event),
        of=thing.file_name if isinstance(thing, PlaceList) else name_of(thing),
    )  # fmt: skip


def _details(event: Event, before: dict[str, Any], after: dict[str, Any]) -> Iterable[Detail]:
    for name, label in _LABELS.items():
        if name in after and (after[name] not in ("", [], None) or before.get(name)):
            yield Detail(label, _plain(before.get(name, "")), _plain(after[name]))
    if "lat" in after or "lon" in after:
        yield Detail(_("Moved on the map"), "", _("yes"))
    if event.name == "area.imported" and (number := event.payload["review_number"]):
        yield Detail(_("Map review number"), "", number)
    if event.name == "places.imported":
        said = _("%(added)s added, %(changed)s changed")
        yield Detail(_("Places"), "", said % event.payload)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(value)
    return "" if value is None else str(value)
