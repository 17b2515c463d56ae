"""All findings of a period for one reader, worked out once and kept for some minutes."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gulou.cases.models import Case
from gulou.cases.queries import cases_seen_by
from gulou.insights.models import LimitsSet
from gulou.insights.period import Period
from gulou.insights.states import Limits
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.people.models import User

from . import areas, rates, restless, spots
from .areas import AreaLine
from .rates import RateLine, Rates
from .restless import Restless
from .scope import Scope, scope_of
from .spots import Spot

T = TypeVar("T")
Finding = AreaLine | RateLine | Spot | Restless
KEPT_SECONDS = 900


@dataclass(frozen=True)
class Picture:
    """What one reader sees of a period. `at`: when it was worked out."""

    period: Period
    limits: Limits
    scope: Scope
    areas: list[AreaLine]
    rates: Rates
    spots: list[Spot]
    restless: list[Restless]
    at: datetime

    def lines(self) -> list[Finding]:
        """All that was compared, named or not."""
        return [*self.areas, *self.rates.lines, *self.spots, *self.restless]

    def findings(self) -> list[Finding]:
        """What is named, in the order of the page."""
        return [one for one in self.lines() if one.found]

    def finding(self, key: str) -> Finding:
        """The finding with this key; of a place whose middle has moved since, the first spot near.
        Raises NotFound where it is none, or no longer."""
        for one in self.findings():
            if one.key == key:
                return one
        if (at := place_of(key)) is not None:
            for spot in self.spots:
                if spot.found and spot.is_near(*at, self.limits):
                    return spot
        raise NotFound(
            "insight.gone",
            _("This is not found any more, or not yours to see. Reload the page to see what is."),
        )


def place_of(key: str) -> tuple[float, float] | None:
    """Latitude and longitude in the key of a place; None of anything else."""
    kind, _colon, said = key.partition(":")
    lat, _comma, lon = said.partition(",")
    try:
        return (float(lat), float(lon)) if kind == "place" else None
    except ValueError:
        return None


def limits() -> Limits:
    """From what on something counts: what the office has set, else the shipped numbers."""
    row = LimitsSet.objects.values_list(*(one.name for one in fields(Limits))).first()
    return Limits(*row) if row else Limits()


def picture(reader: User, period: Period) -> Picture:
    """What this reader sees of the period. Up to a quarter of an hour old."""
    scope, set_ = scope_of(reader), limits()
    asked = (period.since.isoformat(), period.until.isoformat(), *astuple(set_))
    whole, (counted, heard) = _kept(
        ("district", *asked), lambda: (rates.count(period), areas.area_lines(period, set_))
    )
    eyes = (scope.key, reader.pk if scope.key else 0, get_language())
    own, (found, turned) = _kept(
        ("own", *asked, *eyes),
        lambda: (spots.spots(period, scope, set_), restless.restless(period, scope, set_)),
    )
    return Picture(
        period, set_, scope, [one for one in heard if scope.holds_area(one.area_id)],
        rates.rates(counted, scope, set_), found, _still_told(turned, scope), min(whole, own),
    )  # fmt: skip


def _still_told(turned: list[Restless], scope: Scope) -> list[Restless]:
    """What was kept names cases: those restricted or moved away since are not told."""
    seen = cases_seen_by(scope.reader).filter(restricted=False)
    ids = set(seen.filter(pk__in=[one.row.id for one in turned]).values_list("pk", flat=True))
    return [one for one in turned if one.row.id in ids]


def _kept(name: tuple[Any, ...], make: Callable[[], T]) -> tuple[datetime, T]:
    """What was made lately under this name, and when; else it is made now."""
    key = "insights:" + sha256(repr(name).encode()).hexdigest()
    held: tuple[datetime, T] | None = cache.get(key)
    if held is None:
        held = clock.now(), make()
        cache.set(key, held, KEPT_SECONDS)
    return held


def cases_of(found: Finding, picture: Picture) -> QuerySet[Case]:
    """Exactly the cases that a finding rests on, as far as the reader sees them; newest first."""
    seen = cases_seen_by(picture.scope.reader).filter(restricted=False)
    return seen.filter(_behind(found, picture.period)).order_by("-opened_at", "-id")


def _behind(found: Finding, period: Period) -> Q:
    begin, end = period.span
    match found:
        case AreaLine():
            column = {"street": "street_id", "community": "community_id"}[found.level]
            return Q(opened_at__gte=begin, opened_at__lt=end, **{column: found.area_id})
        case RateLine():
            return rates.cases_behind(found.measure, found.about, found.subject_id, period)
        case Spot():
            return Q(pk__in=found.ids)
        case Restless():
            return Q(pk=found.row.id)
