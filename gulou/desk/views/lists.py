"""My queue, and the queue of all cases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gulou.cases import queries
from gulou.cases.queries import Row
from gulou.cases.states import OPEN, State, StepKind
from gulou.desk import choices
from gulou.desk.filters import Asked, asked
from gulou.desk.shell import page, reader_of
from gulou.desk.views import record
from gulou.kit.words import clean, name_of
from gulou.places import queries as places
from gulou.ui.guards import signed_in
from gulou.ui.looks import look_of

_COUNTED = (*State.values, "open", "late", "objected", "all")
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Group:
    """Cases that wait for the same thing to be done."""

    words: str
    sign: str
    rows: Sequence[Row]

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(row.late for row in self.rows)


@signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first, by what there is to do."""
    rows = queries.my_work(reader_of(request))
    groups = _groups(rows)
    context = {"groups": groups, "queue_count": len(rows), "late": sum(row.late for row in rows)}
    return page(request, "desk/queue.html", context)


def _groups(rows: Sequence[Row]) -> list[Group]:
    """In the order of the most urgent case of each; objections stand first."""
    to_do = {
        "objection": (_("Objections to answer"), "message-report"),
        StepKind.INTAKE: (_("To file"), "inbox"),
        StepKind.VERIFY: (_("To verify"), "eye"),
        StepKind.DISPATCH: (_("To dispatch"), "send"),
        StepKind.ACCEPT: (_("To accept"), "check"),
        StepKind.HANDLE: (_("To handle"), "tool"),
        StepKind.RECHECK: (_("To recheck"), "eye-check"),
    }
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault("objection" if row.objected else row.step_kind, []).append(row)
    keys = sorted(found, key=lambda key: key != "objection")
    return [Group(*to_do.get(key, (_("Waiting"), "clock")), found[key]) for key in keys]


@signed_in
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The queue: filters in the address, the list, and one case beside it."""
    reader = reader_of(request)
    ask = asked(request.GET)
    if getattr(request, "htmx", False) and request.htmx.target == "beside" and ask.at:  # type: ignore[attr-defined]  # django_htmx sets it
        return record.preview(request, ask.at)
    found = queries.queue(reader, ask.filters, key=ask.key, sort=ask.sort)
    counts = queries.chips(reader, ask.filters)
    beside: dict[str, Any] = {}
    if ask.at and queries.cases_seen_by(reader).filter(number=ask.at).exists():
        beside = record.preview_context(request, ask.at)
    context = {
        **beside,
        "asked": ask, "rows": found.rows, "chips": _chips(ask, counts),
        "newer_url": ask.url(key=found.newer) if found.newer else "",
        "older_url": ask.url(key=found.older) if found.older else "",
        "clear_url": ask.url(**dict.fromkeys(("unit", "street", "category", "source", "since", "until", "q"), "")),
        "map_url": ask.url(map="" if ask.map else "1", key=ask.key),
        "points_url": reverse("desk:points") + ask.url(map="", key=ask.key),
        "units": choices.units(), "streets": _streets(), "categories": choices.categories(),
        "sources": queries.sources(),
    }  # fmt: skip
    return page(request, "desk/cases.html", context)


def _chips(ask: Asked, told: dict[str, int]) -> list[dict[str, Any]]:
    """Filters with how many each would show; none of the states that hold nothing.

    Without numbers where words were looked for that stand on very many cases.
    """
    counts: dict[str, int | None] = {**dict.fromkeys(_COUNTED), **told}
    none = {"state": "", "all": "", "late": "", "objected": ""}
    chosen = ask.filters
    found: list[dict[str, Any]] = [
        {"words": _("Open"), "url": ask.url(**none), "count": counts["open"], "on": chosen.open},
        {"words": _("Late"), "url": ask.url(**{**none, "late": "1"}), "count": counts["late"],
         "on": chosen.late},
        {"words": _("Objected"), "url": ask.url(**{**none, "objected": "1"}),
         "count": counts["objected"], "on": chosen.objected},
    ]  # fmt: skip
    found += [
        {"words": state.label, "url": ask.url(**{**none, "state": state.value}),
         "count": counts[state.value], "on": state.value in chosen.states}
        for state in State
        if counts[state.value] != 0 or state in OPEN or state.value in chosen.states
    ]  # fmt: skip
    every = bool(ask.values["all"])
    found.append({"words": _("All"), "url": ask.url(**{**none, "all": "1"}),
                  "count": counts["all"], "on": every})  # fmt: skip
    return found


def _streets() -> list[tuple[int, str]]:
    return [(a.id, name_of(a)) for a in places.area_refs().values() if a.level == "street"]


@signed_in
@require_GET
def points(request: HttpRequest) -> JsonResponse:
    """The cases of one page of the queue as points."""
    ask = asked(request.GET)
    rows = queries.queue(reader_of(request), ask.filters, key=ask.key, sort=ask.sort).rows
    return _as_points([_point(row) for row in rows])


@signed_in
@require_GET
def around(request: HttpRequest, number: str) -> JsonResponse:
    """The open neighbours of a case as points, and a ring that shows how exact its place is."""
    reader = reader_of(request)
    case = queries.case_seen_by(reader, number)
    features = [_point(row) for row in queries.neighbours(reader, case)]
    if case.accuracy_m:
        features.insert(0, _ring(case.lat, case.lon, case.accuracy_m))
    return _as_points(features)


def _point(row: Row) -> dict[str, Any]:
    look = look_of(row.state)
    title = f"{row.category} · {row.place} · {row.state.label}"
    url = reverse("desk:record", args=[row.number])
    tone = "late" if row.late else look.tone
    return _feature(row.lat, row.lon, tone=tone, icon=row.icon or look.icon, title=title, url=url)


def _feature(lat: float, lon: float, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _ring(lat: float, lon: float, metres: float) -> dict[str, Any]:
    """A circle of so many metres around a WGS84 place, as a polygon; at most 2 km."""
    metres = min(metres, 2000.0)
    north = metres / METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    turns = [2 * math.pi * n / 48 for n in range(49)]
    line = [[lon + east * math.sin(turn), lat + north * math.cos(turn)] for turn in turns]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [line]},
        "properties": {"accuracy_m": metres},
    }


def _as_points(features: list[dict[str, Any]]) -> JsonResponse:
    answer = JsonResponse({"type": "FeatureCollection", "features": features})
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """A case by its number; else the queue narrowed to the words."""
    text = clean(request.GET.get("q", ""))[:80]
    if number := queries.number_meant(reader_of(request), text):
        return redirect("desk:record", number=number)
    return redirect(reverse("desk:cases") + "?" + urlencode({"all": "1", "q": text}))
