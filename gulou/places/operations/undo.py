"""Taking a change of an area, level or named place back, by its opposite, where nothing newer
stands in the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from gulou.kit.errors import NotFound, Refusal
from gulou.outbox.models import Event
from gulou.outbox.queries import fact_with_id
from gulou.places.models import Area, Level, NamedPlace

from . import levels, named_places
from .areas import COUNTED, count_people, describe_area, restore_area, retire_area


@dataclass(frozen=True)
class _Way:
    """How facts of one name are taken back. `stands`: the thing still is what the fact made of it."""

    model: type[Model]
    stands: Callable[[Any, Mapping[str, Any]], bool]
    back: Callable[[Any, Mapping[str, Any], str], Any]


def take_back(event_id: int, *, actor: str) -> None:
    """Undo what this fact tells of. Raises Refusal in words, NotFound."""
    event = fact_with_id(event_id)
    if event is None or event.name not in _WAYS:
        raise NotFound("places.no_such_change", _("There is nothing to take back here."))
    way, thing = _WAYS[event.name], _thing(event)
    if thing is None or not way.stands(thing, event.payload):
        raise Refusal(
            "places.cannot_take_back",
            _("This was changed again since. Take back the newer change first."),
        )
    way.back(thing, event.payload, actor)


def can_take_back(event: Event) -> bool:
    """Whether the thing still is what this fact made of it."""
    thing = _thing(event)
    return thing is not None and _WAYS[event.name].stands(thing, event.payload)


def _thing(event: Event) -> Any:
    way = _WAYS.get(event.name)
    return way.model._default_manager.filter(uid=event.subject_uid).first() if way else None


def _as_told(thing: Any, told: Mapping[str, Any]) -> bool:
    after = told.get("after") or {}
    return bool(after) and all(getattr(thing, name) == words for name, words in after.items())


def _in_use(thing: Any, _told: Mapping[str, Any]) -> bool:
    return bool(thing.active)


def _retired(thing: Any, _told: Mapping[str, Any]) -> bool:
    return not thing.active


def _level_back(level: Level, told: Mapping[str, Any], actor: str) -> None:
    now = {name: getattr(level, name) for name in levels.FIELDS}
    before = told["before"] or {"active": False}
    levels.set_level(level.code, **{**now, **before}, actor=actor)


def _area_back(area: Area, told: Mapping[str, Any], actor: str) -> None:
    names: dict[str, Any] = {"name_zh": area.name_zh, "name_en": area.name_en}
    describe_area(area.pk, **{**names, **told["before"]}, actor=actor)


def _count_back(area: Area, told: Mapping[str, Any], actor: str) -> None:
    said = {**{name: getattr(area, name) for name in COUNTED}, **told["before"]}
    count_people(
        area.pk, population=said["population"], year=said["population_year"],
        source=said["population_source"], actor=actor,
    )  # fmt: skip


def _place_back(place: NamedPlace, told: Mapping[str, Any], actor: str) -> None:
    now = {name: getattr(place, name) for name in named_places.FIELDS}
    named_places.change_place(place.pk, **{**now, **told["before"]}, actor=actor)


def _retire_place(place: NamedPlace, _told: Mapping[str, Any], actor: str) -> None:
    named_places.retire_place(place.pk, actor=actor)


def _restore_place(place: NamedPlace, _told: Mapping[str, Any], actor: str) -> None:
    named_places.restore_place(place.pk, actor=actor)


_WAYS: Mapping[str, _Way] = {
    "area.described": _Way(Area, _as_told, _area_back),
    "area.counted": _Way(Area, _as_told, _count_back),
    "area.retired": _Way(
        Area, _retired, lambda area, _t, actor: restore_area(area.pk, actor=actor)
    ),
    "area.restored": _Way(Area, _in_use, lambda area, _t, actor: retire_area(area, actor=actor)),
    "level.set": _Way(Level, _as_told, _level_back),
    "place.added": _Way(NamedPlace, _in_use, _retire_place),
    "place.changed": _Way(NamedPlace, _as_told, _place_back),
    "place.retired": _Way(NamedPlace, _retired, _restore_place),
    "place.restored": _Way(NamedPlace, _in_use, _retire_place),
}
