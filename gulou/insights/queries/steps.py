"""What was done about findings, and what became of them since."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from gulou.insights.models import NextStep
from gulou.insights.states import Measure, What

from .areas import AreaLine
from .picture import Finding, Picture
from .rates import RateLine
from .restless import Restless
from .scope import Scope
from .spots import Spot

MOST = 200


@dataclass(frozen=True)
class Taken:
    """What somebody does about a finding. `basis`: the numbers that it rested on then."""

    finding: str
    since: date
    until: date
    what: What
    words: str
    by: str
    at: datetime
    basis: dict[str, str | int | float | None]


@dataclass(frozen=True)
class Became:
    """A finding of an earlier period for which something was done; `now` is the same in the period
    that is looked at: None where it is not compared there, being too small or beyond the list."""

    taken: Taken
    now: Finding | None

    @property
    def still(self) -> bool:
        """Whether it is still named."""
        return self.now is not None and self.now.found


def taken_for(picture: Picture) -> dict[str, list[Taken]]:
    """What was done about the findings of a picture, in periods that end no later; newest first."""
    rows = _rows(picture).filter(until__lte=picture.period.until)
    found: dict[str, list[Taken]] = {}
    everything = [_told(row) for row in rows[:MOST]]
    for one in picture.findings():
        if mine := [taken for taken in everything if _is_same(one, taken, picture)]:
            found[one.key] = mine
    return found


def what_became(picture: Picture) -> list[Became]:
    """What was done in earlier periods, each finding once by its latest step; newest first."""
    rows = _rows(picture).filter(until__lt=picture.period.since)
    latest: dict[str, Taken] = {}
    for row in rows[:MOST]:
        latest.setdefault(row.finding, _told(row))
    lines = picture.lines()
    return [
        Became(one, next((line for line in lines if _is_same(line, one, picture)), None))
        for one in latest.values()
    ]


def _rows(picture: Picture) -> QuerySet[NextStep]:
    """What was done within the reader's scope, and by anybody about their own units and areas."""
    return (
        NextStep.objects.filter(Q(scope=picture.scope.key) | _shared(picture.scope))
        .select_related("words", "by")
    )  # fmt: skip


def _shared(scope: Scope) -> Q:
    if scope.units is None or scope.areas is None:
        return Q(finding__startswith="area:") | Q(finding__startswith="unit-")
    keys = [f"area:{pk}" for pk in scope.areas]
    keys += [f"unit-{measure}:{pk}" for measure in Measure for pk in scope.units]
    return Q(finding__in=keys)


def _is_same(line: Finding, taken: Taken, picture: Picture) -> bool:
    match line:
        case Spot():
            lat, lon = taken.basis.get("lat"), taken.basis.get("lon")
            if not isinstance(lat, float) or not isinstance(lon, float):
                return False
            return line.is_near(lat, lon, picture.limits)
        case AreaLine() | RateLine() | Restless():
            return line.key == taken.finding


def _told(row: NextStep) -> Taken:
    return Taken(
        row.finding, row.since, row.until, What(row.what), row.words.text, str(row.by), row.at,
        row.basis,
    )  # fmt: skip
