"""Taking a change back: the inverse operation, recorded as a fact of its own.

Nothing is unmade: the record keeps the change and its undoing. What is newer on the same matter
stands in the way, as taking the older back would take the newer back with it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Conflict, NotFound, Refusal
from gulou.outbox import queries as record
from gulou.outbox.models import Event
from gulou.people.history import matter_of
from gulou.people.models import Earlier, Leadership, Posting, Role, StreetLeader, Unit, User

from .persons import deactivate_person, reactivate_person, set_details
from .postings import reattach_leader, reopen_posting, stop_attachment, stop_posting
from .roles import define_role
from .units import (
    CONTACTS,
    dissolve_unit,
    move_unit,
    reinstate_unit,
    rename_unit,
    set_description,
    withdraw_leader,
)

Row = TypeVar("Row", bound=Model)


@transaction.atomic
def undo_change(event_id: int, *, by: User | None) -> None:
    """Take back the change that this fact tells of, where this person could have made its inverse.

    Raises NotFound for what cannot be taken back, Conflict where something newer stands in the way.
    """
    event = record.fact_with_id(event_id)
    inverse = _INVERSES.get(event.name) if event else None
    if event is None or inverse is None:
        raise NotFound("undo.cannot", _("This cannot be taken back."))
    names, payload = matter_of(event.name, event.payload)
    later = record.newer(event, names, **payload)
    if later is not None:
        raise Conflict(
            "undo.newer",
            _("This was changed again since. Take the newer change back first."),
        )
    inverse(event, by)


def _unit(event: Event) -> Unit:
    return Unit.objects.get(uid=event.subject_uid)


def _person(event: Event) -> User:
    return User.objects.get(uid=event.subject_uid)


def _there(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Refusal("undo.gone", _("What this was about is not there any more."))
    return found


def _posting(event: Event) -> Posting:
    return _there(Posting.objects.filter(pk=event.payload["posting_id"]))


def _attachment(event: Event) -> StreetLeader:
    return _there(StreetLeader.objects.filter(pk=event.payload["attachment_id"]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _before(event: Event) -> dict[str, Any]:
    earlier = Earlier.objects.filter(pk=event.pk).first()
    return dict(earlier.before) if earlier else {}


def _move_back(event: Event, by: User | None) -> None:
    old = event.payload["old_parent"]
    move_unit(_unit(event), parent=Unit.objects.get(uid=old) if old else None, by=by)


def _rename_back(event: Event, by: User | None) -> None:
    zh, en = event.payload.get("name_zh_before"), event.payload.get("name_en_before")
    if not zh:
        raise Refusal("undo.unknown", _("The record does not say what it was before."))
    rename_unit(_unit(event), name_zh=zh, name_en=en or "", by=by)


def _describe_back(event: Event, by: User | None) -> None:
    unit = _unit(event)
    before = {name: getattr(unit, name) for name in CONTACTS} | _before(event)
    set_description(unit, by=by, area_id=event.payload.get("area_id_before"), **before)


def _define_back(event: Event, by: User | None) -> None:
    role = Role.objects.get(uid=event.subject_uid)
    told = record.told(role.subject_kind, names=[event.name], uids=[role.uid])
    before = next(one.before for one in told if one.event_id == event.pk)
    if not before:
        raise Refusal(
            "undo.first", _("A role is not taken back; take its verbs away, or end its postings.")
        )
    define_role(
        code=role.code,
        name_zh=before.get("name_zh") or role.name_zh,
        name_en=before.get("name_en") or role.name_en,
        verbs=before["verbs"],
        reaches_below=before["reaches_below"],
        second_factor=before["second_factor"],
        by=by,
    )


def _person_back(event: Event, by: User | None) -> None:
    before = _before(event)
    if not before:
        raise Refusal("undo.unknown", _("The record does not say what it was before."))
    set_details(_person(event), by=by, **before)


_INVERSES: dict[str, Callable[[Event, User | None], Any]] = {
    "unit.created": lambda event, by: dissolve_unit(_unit(event), by=by),
    "unit.moved": _move_back,
    "unit.renamed": _rename_back,
    "unit.described": _describe_back,
    "unit.dissolved": lambda event, by: reinstate_unit(_unit(event), by=by),
    "unit.reinstated": lambda event, by: dissolve_unit(_unit(event), by=by),
    "unit.leader_set": lambda event, by: withdraw_leader(
        _there(Leadership.objects.filter(pk=event.payload["leadership_id"])), by=by
    ),
    "role.defined": _define_back,
    "person.described": _person_back,
    "person.deactivated": lambda event, by: reactivate_person(_person(event), by=by),
    "person.reactivated": lambda event, by: deactivate_person(_person(event), by=by),
    "posting.started": lambda event, by: stop_posting(_posting(event), by=by),
    "posting.ended": lambda event, by: reopen_posting(
        _posting(event), by=by, until=_day(event.payload.get("until_before", ""))
    ),
    "leader.attached": lambda event, by: stop_attachment(_attachment(event), by=by),
    "leader.detached": lambda event, by: reattach_leader(
        _attachment(event), by=by, until=_day(event.payload.get("until_before", ""))
    ),
}
