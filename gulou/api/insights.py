"""Blind spots, weak links and hard problems for programs of the staff."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.security import django_auth
from pydantic import Field

from gulou.insights import operations, queries, words
from gulou.insights.period import Period
from gulou.insights.queries import AreaLine, Finding, Picture, RateLine, Restless, Spot
from gulou.insights.states import What
from gulou.ui.answers import as_json

from .cases import Day

if TYPE_CHECKING:
    from gulou.people.models import User

router = Router(auth=django_auth)
MOST = 500


class Days(Schema):
    """From a day to a day, both included; without them the last 90 days, or the 90 up to `until`."""

    since: Day | None = None
    until: Day | None = None

    def period(self) -> Period:
        """The same as the queries take it."""
        until = self.until or Period.last(1).until
        # `date` knows no day before the year 1: what is that early is refused by the period.
        back = min(89, until.toordinal() - 1)
        return Period(self.since or until - timedelta(days=back), until)


class Taken(Schema):
    """What is done about a finding of a period."""

    finding: Annotated[str, Field(max_length=80)]
    since: date
    until: date
    what: What
    words: Annotated[str, Field(max_length=2000)]


def _reader(request: HttpRequest) -> "User":
    return cast("User", request.user)


@router.get("", url_name="insights", summary="What stands out in a period, within what you see")
def insights(request: HttpRequest, days: Query[Days]) -> HttpResponse:
    """Each finding with its numbers, in words, and what was done about it. Intervals are of 95 %;
    `chance` is corrected for how many were compared. Empty where your postings let you read none."""
    found = queries.picture(_reader(request), days.period())
    taken = queries.taken_for(found)
    return as_json({
        "since": found.period.since, "until": found.period.until, "counted_at": found.at,
        "limits": found.limits, "not_compared": found.rates.few,
        "definitions": {name: str(said) for name, said in words.DEFINITIONS.items()},
        "findings": [
            {**_told(one, found), "steps": taken.get(one.key, [])} for one in found.findings()
        ],
        "earlier": [
            {"step": one.taken, "still": one.still, "now": one.now.basis if one.now else None}
            for one in queries.what_became(found)
        ],
    })  # fmt: skip


@router.get("/parts", url_name="insight_parts", summary="How units kept time with their parts")
def parts(request: HttpRequest, days: Query[Days]) -> HttpResponse:
    """For each unit that you read: its parts of joint operations (`joint`), parts of cases handed
    down to it (`handed`), and independent rechecks of its cases (`checked`)."""
    period = days.period()
    found = queries.unit_parts(_reader(request), period)
    return as_json({"since": period.since, "until": period.until, "units": found})


@router.get("/cases", url_name="insight_cases", summary="Exactly the cases a finding rests on")
def behind(
    request: HttpRequest, days: Query[Days], finding: Annotated[str, Field(max_length=80)]
) -> HttpResponse:
    """Their numbers, newest first, at most 500; as far as you see them."""
    found = queries.picture(_reader(request), days.period())
    rows = queries.cases_of(found.finding(finding), found)
    numbers = list(rows.values_list("number", flat=True)[:MOST])
    return as_json({"count": rows.count(), "numbers": numbers})


@router.post("/steps", url_name="insight_steps", summary="Say what is done about a finding")
def take(request: HttpRequest, given: Taken) -> HttpResponse:
    """It is kept on record; the next period shows what became of it."""
    step = operations.take_step(
        given.finding, period=Period(given.since, given.until), what=given.what,
        words=given.words, by=_reader(request),
    )  # fmt: skip
    return as_json({"uid": step.uid, "at": step.at}, status=201)


def _told(one: Finding, found: Picture) -> dict[str, Any]:
    return {
        "finding": one.key, "name": words.name_of_finding(one),
        "headline": words.headline(one, found), "rests_on": words.rests_on(one, found),
        "basis": one.basis, **_more(one),
    }  # fmt: skip


def _more(one: Finding) -> dict[str, Any]:
    match one:
        case AreaLine():
            return {"area_id": one.area_id, "level": one.level, "interval": one.interval,
                    "rate": one.rate, "chance": one.chance, "silent_days": one.silent_days}  # fmt: skip
        case RateLine():
            return {"about": one.about, "measure": one.measure, "id": one.subject_id,
                    "rate": one.rate, "interval": one.interval, "chance": one.chance}  # fmt: skip
        case Spot():
            return {"lat": one.lat, "lon": one.lon, "metres": one.metres, "kinds": one.kinds}
        case Restless():
            return {"number": one.row.number, "turns": one.turns}
