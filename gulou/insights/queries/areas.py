"""Areas from which little is heard: reports against people, with what is usual around them.

Reports of a place are taken as Poisson numbers. What is expected is the area's people times the rate
of the district, or that of its neighbours where that is lower: an area in a quiet part of the
district is not suspected for that. Named is what is at most half of it and hardly chance; of the communities of a named street no more is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from gulou.cases.models import Case, Source
from gulou.insights.period import Period
from gulou.insights.states import Limits
from gulou.insights.statistics import Interval, adjusted, poisson_at_most, poisson_interval
from gulou.places import queries as places

LEVELS = ("street", "community")
PER = 10_000
"""Rates are told for so many people."""
_INSPECTED = (Source.INSPECTION, Source.SUPERVISION, Source.PATROL)


@dataclass(frozen=True)
class Visited:
    """How long an area was visited on inspections, and how many of its points were sampled."""

    minutes: int
    points: int


@dataclass(frozen=True)
class AreaLine:
    """What was heard from one area. `inspected` is the part that inspectors and patrols saw.

    `expected`, `chance` and `rate` (for PER people, with its interval) are None where it is not known
    how many live there, or too few for a rate. `chance` is corrected for how many areas were compared.
    """

    area_id: int
    level: str
    reports: int
    inspected: int
    silent_days: int
    people: int | None = None
    expected: float | None = None
    rate: float | None = None
    interval: Interval | None = None
    chance: float | None = None
    visited: Visited | None = None
    found: bool = False

    @property
    def key(self) -> str:
        """What the finding is called in addresses and on record."""
        return f"area:{self.area_id}"

    @property
    def missing(self) -> float:
        """How many more were expected."""
        return (self.expected or 0) - self.reports

    @property
    def basis(self) -> dict[str, str | int | float | None]:
        """The numbers that it rests on."""
        expected = None if self.expected is None else round(self.expected, 1)
        return {"hits": self.reports, "expected": expected, "people": self.people}


def area_lines(
    period: Period, limits: Limits, *, visits: Mapping[int, Visited] | None = None
) -> list[AreaLine]:
    """Every street and community, those from which most is missing first.

    `visits` is what inspections tell of areas, by id; an area that was visited and sampled is not
    named. None: there are no inspections in this house yet.
    """
    heard = _heard(period)
    people = {pk: known.number for pk, known in places.people_of_areas().items()}
    found: list[AreaLine] = []
    for level in LEVELS:
        ids = [ref.id for ref in places.area_refs().values() if ref.level == level]
        lines = [
            AreaLine(
                pk, level, *heard.get(pk, (0, 0, period.days_gone)), people=people.get(pk),
                visited=(visits or {}).get(pk),
            )
            for pk in ids
        ]  # fmt: skip
        found += _compared(lines, places.neighbours(level), limits)
    refs, named = places.area_refs(), {one.area_id for one in found if one.found}
    # What is true of a whole street is not said again of each of its communities.
    told = [
        replace(one, found=False) if refs[one.area_id].parent_id in named else one for one in found
    ]
    return sorted(told, key=lambda one: (not one.found, -one.missing, one.area_id))


def _heard(period: Period) -> dict[int, tuple[int, int, int]]:
    """Cases opened in each area, those of them that inspectors saw, and days without any."""
    begin, end = period.span
    cases = Case.objects.filter(
        opened_at__gte=begin, opened_at__lt=end, restricted=False
    ).order_by()
    found: dict[int, tuple[int, int, int]] = {}
    for column in ("street_id", "community_id"):
        rows = cases.exclude(**{column: None}).values_list(column).annotate(
            n=Count("pk"), inspected=Count("pk", filter=Q(source__in=_INSPECTED)),
            days=Count(TruncDate("opened_at"), distinct=True),
        )  # fmt: skip
        for area_id, n, inspected, days in rows:
            found[area_id] = (n, inspected, max(0, period.days_gone - days))
    return found


def _compared(
    lines: list[AreaLine], beside: Mapping[int, frozenset[int]], limits: Limits
) -> list[AreaLine]:
    known = {one.area_id: one for one in lines if (one.people or 0) >= limits.people}
    usual = _rate(known.values())
    measured = []
    for one in known.values():
        around = _rate(known[pk] for pk in beside.get(one.area_id, ()) if pk in known)
        rate = usual if around is None or usual is None else min(usual, around)
        expected = (rate or 0.0) * (one.people or 0)
        scale = PER / (one.people or 1)
        span = poisson_interval(one.reports)
        measured.append(
            replace(
                one, expected=expected, rate=one.reports * scale,
                interval=Interval(span.low * scale, span.high * scale),
                chance=poisson_at_most(one.reports, expected),
            )
        )  # fmt: skip
    chances = adjusted([one.chance if one.chance is not None else 1.0 for one in measured])
    for one, chance in zip(measured, chances, strict=True):
        quiet = chance <= limits.error / 100 and one.reports <= (one.expected or 0) / 2
        seen = one.visited is not None and one.visited.points > 0
        known[one.area_id] = replace(one, chance=chance, found=quiet and not seen)
    return [known.get(one.area_id, one) for one in lines]


def _rate(lines: Iterable[AreaLine]) -> float | None:
    """Reports for each person of these areas; None without people."""
    reports = people = 0
    for one in lines:
        reports, people = reports + one.reports, people + (one.people or 0)
    return reports / people if people else None
