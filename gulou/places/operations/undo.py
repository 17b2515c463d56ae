"""Taking a change of an area back, by its opposite, where nothing newer stands in the way."""

from typing import Any

from django.utils.translation import gettext as _

from gulou.kit.errors import NotFound, Refusal
from gulou.outbox.models import Event
from gulou.outbox.queries import fact_with_id
from gulou.places.models import Area

from .areas import describe_area, restore_area, retire_area

NAMES = ("area.described", "area.retired", "area.restored")


def take_back(event_id: int, *, actor: str) -> None:
    """Undo what this fact tells of. Raises Refusal in words, NotFound."""
    event = fact_with_id(event_id)
    if event is None or event.name not in NAMES:
        raise NotFound("places.no_such_change", _("There is nothing to take back here."))
    if not can_take_back(event):
        raise Refusal(
            "places.cannot_take_back",
            _("This was changed again since. Take back the newer change first."),
        )
    area = Area.objects.get(uid=event.subject_uid)
    if event.name == "area.described":
        names: dict[str, Any] = {"name_zh": area.name_zh, "name_en": area.name_en}
        describe_area(area.pk, **{**names, **event.payload["before"]}, actor=actor)
    elif event.name == "area.retired":
        restore_area(area.pk, actor=actor)
    else:
        retire_area(area, actor=actor)


def can_take_back(event: Event) -> bool:
    """Whether the area still is what this fact made of it."""
    area = Area.objects.filter(uid=event.subject_uid).first()
    if area is None or event.name not in NAMES:
        return False
    if event.name == "area.described":
        return all(getattr(area, name) == words for name, words in event.payload["after"].items())
    return area.active is (event.name == "area.restored")
