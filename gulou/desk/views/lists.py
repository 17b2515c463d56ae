"""The queue of all cases, its points on the map, and the search."""

import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gulou.cases import queries
from gulou.cases.queries import Row
from gulou.cases.states import OPEN, State
from gulou.desk import acts, bulk, choices, columns
from gulou.desk.filters import CHIPS, NARROWING, Asked, asked
from gulou.desk.shell import page, reader_of
from gulou.desk.views import record
from gulou.joint import queries as joint
from gulou.kit import clock
from gulou.kit.words import clean, name_of
from gulou.orders.states import GIVE
from gulou.people import access
from gulou.places import queries as places
from gulou.ui.guards import signed_in
from gulou.ui.looks import look_of
from gulou.workbench.queries import presence, saved

_COUNTED = (*State.values, "open", "late", "objected", "all")
METRES_PER_DEGREE = 111_320.0


@signed_in
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The queue: filters in the address, the list, and one case beside it."""
    reader = reader_of(request)
    ask = asked(request.GET)
    if getattr(request, "htmx", False) and request.htmx.target == "beside" and ask.at:  # type: ignore[attr-defined]  # django_htmx sets it
        return record.preview(request, ask.at, tail=tail_of(ask))
    liking = saved.liking_of(reader)
    views = saved.views_seen_by(reader, first=liking.view_id)
    first = next((view for view in views if view.first), None)
    if ask.plain and first is not None:
        return redirect(f"{reverse('desk:cases')}?{first.query}&view={first.id}")
    found = queries.queue(reader, ask.filters, key=ask.key, sort=ask.sort)
    wide = ask.layout == "list"
    shown = columns.chosen(
        ask.values["cols"].split(",") if ask.values["cols"] else liking.columns, broad=wide
    )
    drawn = columns.draw(
        found.rows, shown, now=clock.now(), tail=tail_of(ask), at=ask.at, pick=True,
        here=presence.others_at([row.id for row in found.rows], reader=reader),
    )  # fmt: skip
    beside: dict[str, Any] = {}
    if ask.at and not wide and queries.cases_seen_by(reader).filter(number=ask.at).exists():
        beside = record.preview_context(request, ask.at, tail=tail_of(ask))
    context = {
        **beside,
        "asked": ask, "rows": found.rows, "drawn": drawn, "chips": _chips(ask, queries.chips(reader, ask.filters)),
        "headings": columns.headings(shown, ask.sort, ask.url),
        "newer_url": ask.url(key=found.newer) if found.newer else "",
        "older_url": ask.url(key=found.older) if found.older else "",
        "clear_url": ask.url(**dict.fromkeys(NARROWING, "")),
        "layouts": _layouts(ask),
        "points_url": reverse("desk:points") + ask.url(layout="", key=ask.key),
        "options": _options(ask), "sorts": _sorts(ask), "keys": acts.letters(),
        "columns": [(one, one in shown) for one in columns.COLUMNS],
        "views": views, "view": _view_of(ask, views), "first": first,
        "may_plan": joint.may_plan(reader), "may_order_any": bool(access.unit_ids_where(reader, GIVE)),
        "bulk": bulk.offered(reader), "most": bulk.MOST,
    }  # fmt: skip
    return page(request, "desk/cases.html", context)


def tail_of(ask: Asked) -> str:
    """What an address of a record ends with, so that it knows the list one came from."""
    return "?" + urlencode({"from": ask.list_url})


def _view_of(ask: Asked, views: Sequence[saved.View]) -> saved.View | None:
    """The view that this address was opened from, whether narrowed further since or not."""
    return next((view for view in views if str(view.id) == ask.values["view"]), None)


def _layouts(ask: Asked) -> list[dict[str, Any]]:
    named = (("", _("List and case"), "layout-sidebar"), ("list", _("List alone"), "layout-list"),
             ("map", _("List and map"), "map"))  # fmt: skip
    return [
        {"words": words, "sign": sign, "on": ask.layout == name,
         # The key turns the map on, and off again.
         "key": "m" if name == ("" if ask.layout == "map" else "map") else "",
         "url": ask.url(layout=name, key=ask.key, at=ask.at)}
        for name, words, sign in named
    ]  # fmt: skip


def _sorts(ask: Asked) -> list[tuple[str, str, bool]]:
    named = [
        ("-opened", _("Newest first")), ("due", _("Most urgent first")),
        ("-changed", _("Last changed first")), ("street,due", _("By street, then urgency")),
        ("unit,due", _("By unit, then urgency")), ("category,due", _("By category, then urgency")),
        ("state,due", _("By state, then urgency")), ("opened", _("Oldest first")),
    ]  # fmt: skip
    if ask.sort not in dict(named):
        named.append((ask.sort, _("As the headings say")))
    return [(value, words, value == ask.sort) for value, words in named]


def _options(ask: Asked) -> dict[str, SafeString]:
    """What the selects of the filters offer. Hundreds of lines that hardly ever change."""
    return {
        "unit": choices.options("units", ask.values["unit"]),
        "category": choices.options("categories", ask.values["category"]),
        "street": choices.plain_options(_streets(), ask.values["street"]),
        "source": choices.plain_options(queries.sources(), ask.values["source"]),
    }


def _chips(ask: Asked, told: dict[str, int]) -> list[dict[str, Any]]:
    """Filters with how many each would show; none of the states that hold nothing.

    Without numbers where words were looked for that stand on very many cases.
    """
    counts: dict[str, int | None] = {**dict.fromkeys(_COUNTED), **told}
    none = dict.fromkeys(CHIPS, "")
    chosen = ask.filters

    def one(words: Any, on: bool, count: int | None = None, **changes: str) -> dict[str, Any]:
        return {"words": words, "url": ask.url(**{**none, **changes}), "count": count, "on": on}

    found = [
        one(_("Open"), chosen.open and not chosen.back and not chosen.today, counts["open"]),
        one(_("Waits for me"), chosen.mine, mine="1"),
        one(_("Late"), chosen.late, counts["late"], late="1"),
        one(_("Due today"), chosen.today, today="1"),
        one(_("Came back"), chosen.back, back="1"),
        one(_("To decide"), chosen.asked, asked="1"),
        one(_("Under supervision"), chosen.ordered, ordered="1"),
        one(_("Objected"), chosen.objected, counts["objected"], objected="1"),
    ]
    found += [
        one(state.label, state.value in chosen.states, counts[state.value], state=state.value)
        for state in State
        if counts[state.value] != 0 or state in OPEN or state.value in chosen.states
    ]
    found.append(one(_("All"), bool(ask.values["all"]), counts["all"], all="1"))
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
