"""What waits for somebody on the street, as a phone keeps it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from gulou.cases import queries
from gulou.cases.queries import DONE_AFIELD, TaskAfield
from gulou.cases.states import MOVES, StepKind
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.places import queries as places

if TYPE_CHECKING:
    from gulou.people.models import User

_KINDS = {
    StepKind.VERIFY: "verify", StepKind.ACCEPT: "handle", StepKind.HANDLE: "handle",
    StepKind.PART: "part", StepKind.RECHECK: "recheck",
}  # fmt: skip

# A case by its number, a look-back by its own id: of a blind one nobody learns the case.
CASE, VISIT = "case-", "visit-"
_LABELS = {move.name: move.label for move in MOVES}
_NO_PHOTO = UUID(int=0)


def tasks_of(user: "User") -> Iterator[dict[str, Any]]:
    """All of them: cases first, the most urgent first."""
    for task in queries.tasks_afield(user):
        yield as_task(task)
    for seen in queries.my_revisits_seen(user):
        yield _visit(seen)


def as_task(task: TaskAfield) -> dict[str, Any]:
    """A case as a task of whoever looks."""
    case, category = task.case, catalogue.category_refs()[task.case.category_id]
    areas, units = places.area_refs(), people.unit_refs()
    return {
        "id": f"{CASE}{case.number}", "kind": _KINDS.get(StepKind(case.step_kind), "handle")
        if case.step_kind else "handle",
        "case": case.number, "version": case.version, "state": case.state,
        "category_id": category.id, "category": name_of(category), "icon": category.icon,
        "words": task.reported, "address": case.address,
        "street": _name(areas, case.street_id), "community": _name(areas, case.community_id),
        "unit": _name(units, case.unit_id), "lat": case.lat, "lon": case.lon,
        **_time(task.due_at), "urgent": case.on_spot or case.ordered_until is not None,
        "blind": False,
        "on_spot": catalogue.checking_for(category.id).way == "on_spot",
        "needs_photo": category.needs_photo,
        "before": _pictures((one.uid, one.kind) for one in task.pictures if one.kind != "after"),
        "after": _pictures((one.uid, one.kind) for one in task.pictures if one.kind == "after"),
        "history": [
            {"at": one.at, "what": one.move, "label": str(_LABELS.get(one.move, "")),
             "who": one.who, "reason": one.reason, "words": one.words}
            for one in task.said
        ],
        "moves": [move.name for move in task.moves if move in DONE_AFIELD],
    }  # fmt: skip


def _visit(seen: queries.RevisitSeen) -> dict[str, Any]:
    row = seen.row
    handled = {"at": seen.handled_at, "what": "handle", "label": str(_LABELS["handle"]),
               "who": row.answered_by, "reason": "", "words": seen.handled}  # fmt: skip
    return {
        "id": f"{VISIT}{row.uid}", "kind": "recheck" if row.blind else "look_back",
        "case": row.number, "version": None, "state": "closed",
        "category_id": seen.category_id, "category": row.category,
        "icon": catalogue.category_refs()[seen.category_id].icon,
        "words": seen.words, "address": row.place, "street": "", "community": "",
        "unit": row.answered_by, "lat": seen.lat, "lon": seen.lon, **_time(row.due_at),
        "urgent": False, "blind": row.blind, "on_spot": seen.on_spot, "needs_photo": False,
        "before": _pictures((one.uid, one.kind) for one in seen.photos if not one.after),
        "after": _pictures((one.uid, one.kind) for one in seen.photos if one.after),
        "history": [handled] if seen.handled_at else [],
        "moves": ["look_back"] if seen.may_answer else [],
    }  # fmt: skip


def _time(due_at: Any) -> dict[str, Any]:
    return {"due_at": due_at, "late": due_at is not None and due_at < clock.now()}


def _pictures(found: Iterable[tuple[UUID, str]]) -> list[dict[str, Any]]:
    address = reverse("field:photo", args=[_NO_PHOTO, "SIZE"])
    return [
        {
            "uid": uid, "kind": kind,
            "thumb": address.replace(str(_NO_PHOTO), str(uid)).replace("SIZE", "list"),
            "medium": address.replace(str(_NO_PHOTO), str(uid)).replace("SIZE", "page"),
        }
        for uid, kind in found
    ]  # fmt: skip


def _name(registry: Any, pk: int | None) -> str:
    return name_of(registry[pk]) if pk is not None and pk in registry else ""
