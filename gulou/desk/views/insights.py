"""Blind spots, weak links, hard problems: the page, its map, the cases behind, the next step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gulou.cases import queries as cases
from gulou.cases.states import ACT_ON_FINDINGS, READ
from gulou.desk.shell import page, reader_of
from gulou.insights import operations, queries, words
from gulou.insights.period import Period
from gulou.insights.queries import (
    AreaLine,
    Became,
    Finding,
    Picture,
    RateLine,
    Restless,
    Spot,
    UnitParts,
)
from gulou.insights.states import What
from gulou.kit.errors import Invalid, NotFound
from gulou.orders.states import GIVE
from gulou.people import access
from gulou.people.verbs import PLACES
from gulou.ui.guards import needs

SHOWN = 3
MOST_ROWS = 200
_PERIODS: Sequence[tuple[Any, Callable[[], Period]]] = (
    (lambda: _("30 days"), lambda: Period.last(30)),
    (lambda: _("90 days"), lambda: Period.last(90)),
    (lambda: _("This quarter"), lambda: Period.quarter()),
    (lambda: _("Last quarter"), lambda: Period.quarter(1)),
)


@dataclass(frozen=True)
class Bar:
    """A rate with its interval and what is usual, in thousandths of the width of a drawing."""

    low: int
    width: int
    at: int
    usual: int


@dataclass(frozen=True)
class Card:
    """One finding as the page draws it."""

    key: str
    name: str
    headline: str
    rests_on: str
    url: str
    link: str
    taken: Sequence[Any]
    bar: Bar | None = None


@dataclass(frozen=True)
class Part:
    """One of the four parts of the page: the first findings, and the rest."""

    code: str
    kind: str
    title: str
    defined: Sequence[str]
    nothing: str
    first: Sequence[Card]
    rest: Sequence[Card]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.first) + len(self.rest)


def asked(query: QueryDict) -> Period:
    """The period that an address asks for; the last 90 days where it says nothing sensible."""
    try:
        return Period(*(date.fromisoformat(query.get(name, "")) for name in ("since", "until")))
    except (ValueError, Invalid):
        return Period.last(90)


@needs(READ)
@require_GET
def insights(request: HttpRequest) -> HttpResponse:
    """What the period shows, within what the reader may see."""
    return _drawn(request, asked(request.GET))


def _drawn(
    request: HttpRequest, period: Period, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    reader = reader_of(request)
    found = queries.picture(reader, period)
    tail = _tail(period)
    spots = [one for one in found.spots if one.found]
    context = {
        "picture": found, "period": period, "parts": _parts(found), "wrong": wrong,
        # Words for a finding that is not on the page any more are shown above all others.
        "gone": wrong and wrong["finding"] not in {one.key for one in found.findings()},
        "became": [_became(one, found) for one in queries.what_became(found)],
        "choices": What.choices, "may_act": operations.may_act(reader),
        "chips": [(name(), "?" + _tail(make()), make() == period) for name, make in _PERIODS],
        "points_url": f"{reverse('desk:insight_points')}?{tail}" if spots else "",
        "areas": [_area_row(one) for one in found.areas], "tail": tail,
        "full": words.percent(_full(found)),
        "counted": any(one.people for one in found.areas),
        **_of_parts(queries.unit_parts(reader, period)),
        "may_count": bool(access.unit_ids_where(reader, PLACES)),
    }  # fmt: skip
    return page(request, "desk/insights.html", context, status=status)


def _tail(period: Period, **more: str) -> str:
    days = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    return urlencode({**days, **more})


def _parts(found: Picture) -> list[Part]:
    taken = queries.taken_for(found)
    told = words.DEFINITIONS

    def part(
        code: str, kind: str, title: str, defined: Sequence[Any], nothing: str,
        ones: Sequence[Finding],
    ) -> Part:  # fmt: skip
        cards = [_card(one, found, taken.get(one.key, [])) for one in ones if one.found]
        told_as = [str(one) for one in defined]
        return Part(code, kind, title, told_as, nothing, cards[:SHOWN], cards[SHOWN:])

    return [
        part("areas", _("Blind spot"), _("Areas from which little is heard"), [told["areas"]],
             _("No area is quieter than chance explains."), found.areas),
        part("rates", _("Weak link"), _("Units and kinds that stand out"),
             [told["rates"], told["late"], told["rework"], told["recurrence"]],
             _("Nothing is above the district's rate by more than chance."), found.rates.lines),
        part("spots", _("Hard problem"), _("Places where it comes again"), [told["spots"]],
             _("No kind of problem crowds at any place."), found.spots),
        part("restless", _("Hard problem"), _("Cases that found no rest"), [told["restless"]],
             _("No case went back and forth or was extended again and again."), found.restless),
    ]  # fmt: skip


def _card(one: Finding, found: Picture, taken: Sequence[Any]) -> Card:
    url = f"{reverse('desk:insight_cases')}?{_tail(found.period, finding=one.key)}"
    link, bar = _("See the cases"), None
    match one:
        case Restless():
            url, link = reverse("desk:record", args=[one.row.number]), one.row.number
        case RateLine():
            bar = _bar(one.rate, one.interval.low, one.interval.high, one.usual, _full(found))
        case AreaLine(reports=0):
            url = ""
    return Card(
        one.key, words.name_of_finding(one), words.headline(one, found), words.rests_on(one, found),
        url, link, taken, bar,
    )  # fmt: skip


def _full(found: Picture) -> float:
    """Where the drawings end: all of them at the same tenth, so that one can be held beside another."""
    most = max(
        (x for one in found.rates.lines if one.found for x in (one.interval.high, one.usual)),
        default=0,
    )
    return min(max(ceil(most * 10), 1), 10) / 10


def _bar(rate: float, low: float, high: float, usual: float, full: float) -> Bar:
    at = [round(1000 * one / full) for one in (low, high, rate, usual)]
    return Bar(at[0], max(at[1] - at[0], 4), at[2], at[3])


def _became(one: Became, found: Picture) -> dict[str, Any]:
    then, now = one.taken.basis.get("hits"), one.now.basis.get("hits") if one.now else None
    name = words.name_of_finding(one.now) if one.now else words.name_then(one.taken.finding)
    return {
        "name": name, "taken": one.taken, "still": one.still, "compared": one.now is not None, "then": then, "now": now,
        "headline": words.headline(one.now, found) if one.now else "",
    }  # fmt: skip


def _of_parts(found: Sequence[UnitParts]) -> dict[str, Any]:
    """A row of numbers for each unit; of rechecks only where there were any."""
    checked = any(one.checked for one in found)

    def cells(one: UnitParts) -> list[str]:
        ours, below, said = one.joint, one.handed, one.checked
        shown = [
            *_cells((ours.on_time, ours.late, ours.open, ours.open_late, ours.sent_back) if ours else None),
            *_cells((below.on_time, below.late, below.open, below.open_late, below.given_back) if below else None),
        ]  # fmt: skip
        if checked:
            shown += [str(said.said), str(said.differing)] if said else ["–", "–"]
        return shown

    return {"unit_parts": [(one.unit, cells(one)) for one in found], "checked": checked}


def _cells(numbers: tuple[int, int, int, int, int] | None) -> list[str]:
    if numbers is None:
        return ["–"] * 4
    on_time, late, open_, open_late, back = numbers
    still = (
        _("%(n)d (%(late)d late)") % {"n": open_, "late": open_late} if open_late else str(open_)
    )
    return [str(on_time), str(late), still, str(back)]


def _area_row(one: AreaLine) -> dict[str, Any]:
    return {"line": one, "name": words.name_of_finding(one), "deep": one.level != "street"}


@needs(READ)
@require_GET
def points(request: HttpRequest) -> JsonResponse:
    """The places with repeated cases, as points of a map."""
    period = asked(request.GET)
    found = queries.picture(reader_of(request), period)
    answer = JsonResponse({
        "type": "FeatureCollection",
        "features": [_point(one, found) for one in found.spots if one.found],
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _point(one: Spot, found: Picture) -> dict[str, Any]:
    title = f"{words.name_of_finding(one)} · {words.headline(one, found)}"
    url = f"{reverse('desk:insight_cases')}?{_tail(found.period, finding=one.key)}"
    told = {
        "tone": "late" if one.returned else "recheck",
        "icon": "repeat",
        "title": title,
        "url": url,
    }
    geometry = {"type": "Point", "coordinates": [one.lon, one.lat]}
    return {"type": "Feature", "geometry": geometry, "properties": told}


@needs(READ)
@require_GET
def behind(request: HttpRequest) -> HttpResponse:
    """Exactly the cases that a finding rests on."""
    reader, period = reader_of(request), asked(request.GET)
    found = queries.picture(reader, period)
    one = found.finding(request.GET.get("finding", "")[:80])
    rows = queries.cases_of(one, found)
    context = {
        "card": _card(one, found, []), "count": rows.count(), "rows": cases.rows_of(rows[:MOST_ROWS]),
        "back": f"{reverse('desk:insights')}?{_tail(period)}", "period": period, "most": MOST_ROWS,
        "may_order": bool(access.unit_ids_where(reader, GIVE)),
    }  # fmt: skip
    return page(request, "desk/insight_cases.html", context)


@needs(ACT_ON_FINDINGS)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Put on record what is done about a finding."""
    period, given = asked(request.POST), request.POST
    finding, what, said = (given.get(name, "") for name in ("finding", "what", "words"))
    try:
        operations.take_step(finding, period=period, what=what, words=said, by=reader_of(request))
    except (Invalid, NotFound) as refusal:
        wrong = {"finding": finding, "what": what, "words": said, "message": str(refusal.message)}
        return _drawn(request, period, wrong=wrong, status=refusal.status)
    messages.success(request, _("It is on record. The next period shows what became of it."))
    if what == What.ORDER and access.unit_ids_where(reader_of(request), GIVE):
        # The order itself is given over the cases that the finding rests on.
        return redirect(f"{reverse('desk:insight_cases')}?{_tail(period, finding=finding)}")
    return redirect(f"{reverse('desk:insights')}?{_tail(period)}")
