"""Statistics that anybody may quote, each with what it means and when it was computed."""

from dataclasses import asdict, dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gulou.cases import queries as cases
from gulou.cases.figures import COUNTS
from gulou.cases.queries import Figures, Named
from gulou.kit.errors import NotFound
from gulou.openings.queries import Part
from gulou.portal.district import district_name
from gulou.portal.opened import opened, page
from gulou.ui.guards import public

# What each figure means, in the order of the page: name, heading, definition.
MEANINGS = (
    ("received", _("Reports received"),
     _("Reports that came in, from residents and from inspections; several about one thing count each.")),
    ("filed", _("Cases filed"),
     _("Cases that began in this time and were taken on by the office. What was declined, passed on to another channel or merged is not among them.")),
    ("closed", _("Cases closed"),
     _("Cases that somebody who did not do the work found put right in this time, and that were not opened again since.")),
    ("on_time", _("Handled on time"),
     _("Of all handling that ended in this time, the share that ended by its due time. The due time is frozen when handling begins.")),
    ("hours", _("Median time to close"),
     _("Half of the closed cases took less from the first report to the close, half took more.")),
    ("reopened", _("Opened again"),
     _("How often an ended case was opened again, mostly after an objection by who reported it.")),
    ("stars", _("Satisfaction"),
     _("The mean of the ratings from 1 to 5 stars that reporters gave in this time.")),
)  # fmt: skip
WIDTH, HEIGHT = 720.0, 180.0
WIDEST = 36.0
"""Of a bar: a few months are no walls."""


@dataclass(frozen=True)
class Column:
    """A month of the chart. Lengths in units of the drawing; None where nothing may be shown."""

    month: str
    label: str
    middle: float
    received: "Bar | None"
    closed: "Bar | None"


@dataclass(frozen=True)
class Bar:
    """A bar of the chart with the number it stands for."""

    x: float
    y: float
    width: float
    height: float
    n: int


@public
@require_safe
@opened(Part.STATISTICS)
def statistics(request: HttpRequest) -> HttpResponse:
    """The newest figures."""
    return _page(request, cases.figures_of())


@public
@require_safe
@opened(Part.STATISTICS)
def statistics_of(request: HttpRequest, day: date) -> HttpResponse:
    """The figures as they were on a day: what a quotation links to."""
    return _page(request, cases.figures_of(day))


@public
@require_safe
@opened(Part.STATISTICS)
def statistics_json(request: HttpRequest, day: date) -> HttpResponse:
    """The figures of a day for machines; null where a number is too small to show."""
    figures = cases.figures_of(day)
    if figures is None:
        raise NotFound("figures.no_such_day", _("No figures were computed on this day."))
    body = {
        "day": figures.day, "computed_at": figures.computed_at, "since": figures.since,
        "definitions": {name: str(words) for name, _title, words in MEANINGS},
        "total": asdict(figures.total),
        **{
            name: [{"code": one.code, "name": one.name, **asdict(one.line)} for one in found]
            for name, found in (
                ("months", figures.months), ("streets", figures.streets),
                ("categories", figures.categories),
            )
        },
    }  # fmt: skip
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _page(request: HttpRequest, figures: Figures | None) -> HttpResponse:
    context: dict[str, Any] = {
        "district": district_name(), "figures": figures, "meanings": MEANINGS,
    }  # fmt: skip
    if figures is not None:
        months = since_first(figures.months)
        context |= {
            "columns": columns(months),
            "whole_year": len(months) == len(figures.months),
            "first_month": months[0].code if months else "",
            "since": date.fromisoformat(f"{months[0].code}-01") if months else figures.since,
            "tables": [
                (_("By street"), "street", _with_bars(figures.streets)),
                (_("By kind of problem"), "kind", _with_bars(figures.categories)),
            ],
            "months": _with_bars(months),
            "permalink": request.build_absolute_uri(
                reverse("portal:statistics_of", args=[figures.day])
            ),
        }
    return page(request, "portal/statistics.html", context, parts=(Part.STATISTICS,))


def since_first(months: list[Named]) -> list[Named]:
    """From the first month in which anything happened: an office that is new has no past to draw."""
    quiet = takewhile(lambda one: not _any(one), months)
    return months[len(list(quiet)) :]


def _any(one: Named) -> bool:
    return any(getattr(one.line, name) != 0 for name in COUNTS)


def columns(months: list[Named]) -> list[Column]:
    """Two bars a month, on a scale that begins at nought."""
    shown = [n for one in months for n in (one.line.received, one.line.closed) if n]
    top, width = max(shown, default=1), WIDTH / max(len(months), 1)
    made = []
    for place, one in enumerate(months):
        left = place * width

        def bar(n: int | None, side: int, left: float = left) -> Bar | None:
            if n is None:
                return None
            height = round(HEIGHT * n / top, 1)
            wide = min(width * 0.36, WIDEST)
            x = left + width / 2 - wide + side * wide
            return Bar(round(x, 1), round(HEIGHT - height, 1), round(wide - 1, 1), height, n)

        made.append(Column(
            one.code, one.code[5:], round(left + width / 2, 1),
            bar(one.line.received, 0), bar(one.line.closed, 1),
        ))  # fmt: skip
    return made


def _with_bars(found: list[Named]) -> list[tuple[Named, int]]:
    """Each line with how long its bar is, of a hundred."""
    top = max((one.line.received or 0 for one in found), default=0) or 1
    return [(one, round(100 * (one.line.received or 0) / top)) for one in found]
