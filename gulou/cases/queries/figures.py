"""Reading the figures that everybody may quote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from gulou.cases.figures import Line, line_of, veiled
from gulou.cases.models import PublicFigures
from gulou.catalogue import queries as catalogue
from gulou.kit.errors import NotFound
from gulou.kit.words import name_of
from gulou.places import queries as places


@dataclass(frozen=True)
class Named:
    """A line with what it is about. `code` finds its cases; months are "2026-11"."""

    code: str
    name: str
    line: Line


@dataclass(frozen=True)
class Figures:
    """The figures of one day. Small numbers are withheld already."""

    day: date
    computed_at: datetime
    since: date
    total: Line
    months: list[Named]
    streets: list[Named]
    categories: list[Named]


def figures_of(day: date | None = None) -> Figures | None:
    """The figures as they were computed on a day; by default the newest, None where none were.

    Raises NotFound for a day on which none were computed.
    """
    kept = PublicFigures.objects.filter(**({"day": day} if day else {})).order_by("-day").first()
    if kept is None and day is not None:
        raise NotFound("figures.no_such_day", _("No figures were computed on this day."))
    return _read(kept) if kept else None


def figures_stamp() -> datetime | None:
    """When the newest figures were computed."""
    return PublicFigures.objects.order_by("-day").values_list("computed_at", flat=True).first()


def _read(kept: PublicFigures) -> Figures:
    body = kept.body
    streets = {area.code: name_of(area) for area in places.area_refs().values()}
    categories = {one.code: name_of(one) for one in catalogue.category_refs().values()}
    return Figures(
        day=kept.day, computed_at=kept.computed_at, since=kept.since,
        total=line_of(body["total"]),
        months=[Named(m, m, line_of(body["months"].get(m, {}))) for m in _months(kept)],
        streets=_lines(streets, body["streets"]), categories=_lines(categories, body["categories"]),
    )  # fmt: skip


def _months(kept: PublicFigures) -> list[str]:
    """Every month from the first one to that of the day."""
    first, last = (day.year * 12 + day.month - 1 for day in (kept.since, kept.day))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1)]


def _lines(names: Mapping[str, str], raw: Mapping[str, Mapping[str, float]]) -> list[Named]:
    """Lines without what is too small to show, the largest first."""
    lines = {code: line_of(counted) for code, counted in raw.items() if code in names}
    shown = veiled(lines, {code: raw[code].get("handled", 0) for code in lines})
    order = sorted(lines, key=lambda code: (-(lines[code].received or 0), code))
    return [Named(code, names[code], shown[code]) for code in order]
