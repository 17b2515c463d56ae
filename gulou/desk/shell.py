"""The frame of every page of the desk: who am I, for which unit, in which role."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gulou.cases import queries, states
from gulou.catalogue.states import MANAGE as CATALOGUE
from gulou.notices import inbox
from gulou.openings.states import VERBS as OPENING
from gulou.people import access
from gulou.people import queries as people
from gulou.people.verbs import DEFINE, MANAGE, MEND, PLACES

if TYPE_CHECKING:
    from gulou.people.models import User

# Whoever holds one of these finds something under "Setup".
SETUP_VERBS = (MANAGE, DEFINE, PLACES, CATALOGUE, *OPENING)


# Whoever holds one of these is drawn for rechecks and look-backs, or looks after them.
CHECK_VERBS = (states.CLOSE.verb, states.LOOK_BACK, states.NAME_RECHECKER.verb)


def reader_of(request: HttpRequest) -> "User":
    """Who looks. The guards have made sure that somebody is signed in."""
    return cast("User", request.user)


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the desk, never kept by anybody but the person's own browser."""
    reader = reader_of(request)
    reach = access.reach_of(reader)
    post = next(iter(reach.posts), None)
    frame: dict[str, Any] = {
        "unit": people.unit_refs()[post.unit_id] if post else None,
        "role": post,
        "may_enter": bool(reach.unit_ids_where(states.ENTER)),
        "may_check": any(reach.unit_ids_where(verb) for verb in CHECK_VERBS),
        "may_mend": bool(reach.unit_ids_where(MEND)),
        "may_setup": any(reach.unit_ids_where(verb) for verb in SETUP_VERBS),
    }
    if "queue_count" not in context:
        frame["queue_count"] = queries.my_work_count(reader)
    if "unread" not in context:
        frame["unread"] = inbox.unread_count(reader)
    answer = render(request, template, {**frame, **context}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def part(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """One part of a page, the same markup as inside it, for htmx."""
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer
