"""Snaps, and cases brought to a state by the real operations."""

import uuid
from io import BytesIO
from typing import Any

from gulou.cases import operations
from gulou.cases.models import Assignment, Case
from gulou.cases.operations import Evidence, Snap
from gulou.cases.states import State
from gulou.catalogue.models import Category, Reason
from gulou.kit import clock
from gulou.people import queries as people
from gulou.photos.operations import stage_photo
from tests.conftest import Cast
from tests.factories.photos import make_jpeg

IN_WEST = (26.07, 119.29)
"""A point in community W1, street W."""


def a_snap(category: Category, **given: Any) -> Snap:
    """What a resident sends: words about something in the western street."""
    lat, lon = IN_WEST
    values: dict[str, Any] = {
        "client_id": uuid.uuid4(), "category_id": category.pk, "lat": lat, "lon": lon,
        "words": "路边有垃圾",
    }  # fmt: skip
    return Snap(**{**values, **given})


def evidence(count: int = 1) -> Evidence:
    """Freshly staged photos, each another picture."""
    draft = uuid.uuid4().hex
    photos = [
        stage_photo(BytesIO(make_jpeg(text=f"{draft[:6]}{n}")), draft=draft).uid
        for n in range(count)
    ]
    return Evidence(photos=photos, draft=draft)


def reason(kind: str) -> Reason:
    """The first reason of a kind."""
    return Reason.objects.filter(kind=kind).order_by("pk")[0]


def a_case(cast: Cast, category: Category, *, state: State = State.RECEIVED, **given: Any) -> Case:
    """A case in this state, brought there by the cast: lin's street handles it, and he is the
    one to recheck it, if he may."""
    case = operations.receive_report(a_snap(category, **given)).case
    for step in _WAY[state]:
        case = step(cast, case)
    return case


def assign_from_above(case: Case) -> Assignment:
    """Let a case be one that those above want an answer to, due now."""
    return Assignment.objects.create(
        case=case, from_whom="市文明办", received_on=people.today(), due_at=clock.now(),
        form="written", at=clock.now(),
    )  # fmt: skip


def _file(cast: Cast, case: Case) -> Case:
    return operations.file_case(case, by=cast.guo)


def _dispatch(cast: Cast, case: Case) -> Case:
    return operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk)


def _accept(cast: Cast, case: Case) -> Case:
    return operations.accept_case(case, by=cast.lin)


def _handle(cast: Cast, case: Case) -> Case:
    return operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())


def drawn(case: Case) -> Case:
    """A handled case as the worker leaves it: who rechecks is drawn."""
    assert case.step_id is not None
    operations.assign_recheck(case, case.step_id)
    case.refresh_from_db()
    return case


def left_to_he(cast: Cast, case: Case) -> Case:
    """As `drawn`, and if it is another than he, the office names he."""
    case = drawn(case)
    if case.step_person in (None, cast.he):
        return case
    return operations.name_rechecker(case, by=cast.guo, person=cast.he)


def _close(cast: Cast, case: Case) -> Case:
    return operations.close_case(case, by=case.step_person or cast.guo, words="已核查")


def _decline(cast: Cast, case: Case) -> Case:
    return operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)


def _redirect(cast: Cast, case: Case) -> Case:
    return operations.redirect_case(case, by=cast.guo, reason_id=reason("redirect").pk)


def _merge(cast: Cast, case: Case) -> Case:
    other = operations.receive_report(a_snap(case.category)).case
    return operations.merge_case(case, by=cast.guo, into=other)


_TO_FILED = (_file,)
_TO_DISPATCHED = (*_TO_FILED, _dispatch)
_TO_HANDLING = (*_TO_DISPATCHED, _accept)
_TO_HANDLED = (*_TO_HANDLING, _handle, left_to_he)
_WAY = {
    State.RECEIVED: (),
    State.FILED: _TO_FILED,
    State.DISPATCHED: _TO_DISPATCHED,
    State.HANDLING: _TO_HANDLING,
    State.HANDLED: _TO_HANDLED,
    State.CLOSED: (*_TO_HANDLED, _close),
    State.DECLINED: (_decline,),
    State.REDIRECTED: (_redirect,),
    State.MERGED: (_merge,),
}
