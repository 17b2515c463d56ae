"""Joint operations for programs of the staff: the list, and one with its parts and cases."""

from dataclasses import asdict
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import django_auth
from pydantic import Field

from gulou.joint import queries
from gulou.ui.answers import as_json

from .cases import reader_of

router = Router(auth=django_auth)


@router.get("", url_name="joint", summary="A page of the joint operations that you see")
def operations(
    request: HttpRequest,
    tab: Literal["planned", "under_way", "closed", "called_off"] = "under_way",
    page: Annotated[int, Field(ge=0, le=9999)] = 0,
) -> HttpResponse:
    """`more` tells whether there is another page. `late` counts open parts whose time is over."""
    found = queries.lines(reader_of(request), tab, page=page)
    return as_json({"operations": found, "more": found.more})


@router.get("/{number}", url_name="joint_one", summary="One joint operation")
def operation(request: HttpRequest, number: str) -> HttpResponse:
    """Its plan, the part of each unit with its deadline and how it ended, its cases, its result."""
    reader = reader_of(request)
    shown = queries.operation_of(queries.operation_seen_by(reader, number), reader=reader)
    one = shown.operation
    parts = [
        {name: value for name, value in asdict(task).items() if name not in ("moves", "photos")}
        for task in shown.tasks
    ]
    return as_json({
        "number": one.number, "title": one.title, "state": one.state, "lead": shown.lead,
        "begins_at": one.begins_at, "ends_at": one.ends_at, "address": one.address,
        "lat": one.lat, "lon": one.lon, "plan": one.plan.text if one.plan else "",
        "result": one.result.text if one.result else "", "ended_at": one.ended_at,
        "version": one.version, "parts": parts,
        "cases": [each.row.number for each in shown.cases],
    })  # fmt: skip
