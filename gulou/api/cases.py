"""Cases for programs of the staff: the list, one record, the counts, and every move."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.security import django_auth
from pydantic import Field

from gulou.cases import queries
from gulou.cases.queries import Filters
from gulou.cases.states import OPEN, State
from gulou.ui.answers import as_json

from . import moves

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.people.models import User

router = Router(auth=django_auth)
MOST = 200
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]


class Asked(Schema):
    """What the list is narrowed to; as the addresses of the desk's queue have it."""

    state: list[State] = []
    open: bool = False
    late: bool = False
    objected: bool = False
    unit: int | None = None
    street: int | None = None
    category: int | None = None
    source: Annotated[str, Field(pattern="^[a-z_]{0,12}$")] = ""
    q: Annotated[str, Field(max_length=200)] = ""
    since: Day | None = None
    until: Day | None = None

    def filters(self) -> Filters:
        """The same as the queries take it."""
        return Filters(
            states=tuple(self.state), open=self.open, late=self.late, objected=self.objected,
            unit_id=self.unit, street_id=self.street, category_id=self.category,
            source=self.source, text=self.q, since=_begin(self.since),
            until=_begin(self.until + timedelta(days=1)) if self.until else None,
        )  # fmt: skip


def _begin(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def reader_of(request: HttpRequest) -> "User":
    """Who asks; the router has made sure that somebody is signed in."""
    return cast("User", request.user)


@router.get("", url_name="cases", summary="A page of the cases that you see, newest first")
def cases(
    request: HttpRequest,
    asked: Query[Asked],
    key: Annotated[str, Field(max_length=300)] = "",
    sort: Annotated[str, Field(max_length=60)] = "new",
    size: Annotated[int, Field(ge=1, le=MOST)] = queries.PAGE,
) -> HttpResponse:
    """`older` and `newer` are the keys of the pages around this one, "" where there is none."""
    page = queries.queue(reader_of(request), asked.filters(), key=key, sort=sort, size=size)
    return as_json({"cases": page.rows, "older": page.older, "newer": page.newer})


@router.get("/counts", url_name="counts", summary="How many cases each state holds")
def counts(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """Under these filters, and how many are late or objected. Empty where words stand on very many
    cases."""
    return as_json(queries.chips(reader_of(request), asked.filters()))


@router.get("/{number}", url_name="case", summary="The whole record of a case")
def case(request: HttpRequest, number: str) -> HttpResponse:
    """What it is, what was sent, what happened, and the moves that are open to you now."""
    reader = reader_of(request)
    found = queries.case_seen_by(reader, number)
    return as_json(_told(queries.record_of(found, reader=reader)))


@router.post("/{number}/moves/{move}", url_name="move", summary="Make a move on a case")
def move(request: HttpRequest, number: str, move: str, given: moves.Given) -> HttpResponse:
    """`seen` is the version that you looked at: another one since is refused with 409. What a move
    needs besides is refused with 422 and the name of the field."""
    by = reader_of(request)
    found = queries.case_seen_by(by, number)
    moved = moves.make(move, found, by=by, given=given)
    return as_json(_now(moved))


def _now(case: "Case") -> dict[str, Any]:
    return {
        "number": case.number, "state": case.state, "version": case.version,
        "open": State(case.state) in OPEN, "step_kind": case.step_kind, "due_at": case.due_at,
        "changed_at": case.changed_at,
    }  # fmt: skip


def _told(record: queries.Record) -> dict[str, Any]:
    case = record.case
    return {
        **_now(case), "source": case.source, "category_id": case.category_id,
        "condition_id": case.condition_id, "street_id": case.street_id,
        "community_id": case.community_id, "grid_id": case.grid_id, "address": case.address,
        "lat": case.lat, "lon": case.lon, "unit_id": case.unit_id, "assisting": case.assisting,
        "step_unit_id": case.step_unit_id, "opened_at": case.opened_at,
        "ended_at": case.ended_at, "late": record.late, "returns": case.returns,
        "reworks": case.reworks, "reports_count": case.reports_count, "summary": case.summary,
        "restricted": case.restricted, "moves": [move.name for move in record.moves],
        "photos": record.photos, "reports": record.reports, "steps": record.steps,
        "story": record.story, "merged": record.merged,
        "arbitrations": queries.arbitrations_of(case),
    }  # fmt: skip
