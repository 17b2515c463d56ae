"""What stands around a case: its neighbours, its reports one by one, and what a reader may open."""

from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.family import family_of
from gulou.cases.models import Case, Report, Source
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.people import access
from gulou.people.models import User
from gulou.photos.models import Photo
from gulou.places.cells import ranges_around
from gulou.places.coordinates import distance_m

from .rows import FIELDS, Row, rows_from
from .seen import evidence_seen_by, eyes_of, seen_with

NEIGHBOURS_M = 200.0


def sources() -> list[tuple[str, str]]:
    """Who may have seen a problem, as value and label, to choose from."""
    return [(source.value, str(source.label)) for source in Source]


def neighbours(user: User, case: Case, *, within_m: float = NEIGHBOURS_M) -> list[Row]:
    """Open cases around this one that the user sees: those of its category first, then nearest."""
    return _around(user, case.lat, case.lon, case.category_id, within_m, except_for=case.pk)


def cases_around(
    user: User, lat: float, lon: float, category_id: int | None, *, within_m: float = NEIGHBOURS_M
) -> list[Row]:
    """Open cases around a WGS84 point that the user sees, in the same order."""
    return _around(user, lat, lon, category_id, within_m)


def _around(
    user: User, here_lat: float, here_lon: float, category_id: int | None, within_m: float,
    *, except_for: int = 0,
) -> list[Row]:  # fmt: skip
    if not user.is_active:
        return []
    ranges, eyes = ranges_around(here_lat, here_lon, within_m), eyes_of(user)
    ends = [end for both in ranges for end in both]
    near = [
        (pk, here == category_id, distance_m(here_lat, here_lon, lat, lon))
        for pk, here, lat, lon in _open_in(eyes.kind, len(ranges))(*ends, *eyes.given)
        if pk != except_for
    ]
    close = sorted((not same, metres, pk) for pk, same, metres in near if metres <= within_m)[:12]
    order = {pk: place for place, (_other, _metres, pk) in enumerate(close)}
    rows = rows_from(_with_ids(list(order))) if order else []
    return sorted(rows, key=lambda row: order[row.id])


@cache
def _open_in(kind: tuple[bool, bool], ranges: int) -> Compiled[tuple[int, int, float, float]]:
    """Open cases of so many ranges of cells, given as the ends of each."""

    def make(*given: Any) -> QuerySet[Any, Any]:
        cells = Q()
        for at in range(0, ranges * 2, 2):
            cells |= Q(cell__range=(given[at], given[at + 1]))
        found = seen_with(kind, *given[ranges * 2 :]).filter(cells, ended_at=None)
        return found.values_list("id", "category_id", "lat", "lon")[:200]

    return Compiled(make)


@Compiled
def _with_ids(pks: list[int]) -> QuerySet[Any, Any]:
    return Case.objects.filter(pk__any=pks).values_list(*FIELDS)


def powers_over(user: User, case: Case) -> frozenset[str]:
    """Which of the verbs that are no moves the user holds over the case."""
    reach = access.reach_of(user)
    verbs = (
        states.READ_CONTACT, states.HAND_OVER_LINK, states.ERASE, states.WRITE_PUBLIC
    )  # fmt: skip
    return frozenset(verb for verb in verbs if reach.holds(verb, unit_id=case.unit_id))


def report_on(case: Case, uid: UUID) -> Report:
    """A report of a case that the reader was found to see, or of one merged into it.

    Raises NotFound.
    """
    report = Report.objects.filter(case__in=family_of(case), uid=uid).first()
    if report is None:
        raise NotFound("report.not_found", _("This report is not on this case."))
    return report


def report_entered_by(user: User, uid: UUID) -> Report:
    """A report that this very person entered, whether they see its case or not.

    Raises NotFound.
    """
    report = Report.objects.filter(uid=uid, entered_by=user).select_related("case").first()
    if report is None:
        raise NotFound("report.not_found", _("There is no such report, or you did not enter it."))
    return report


def original_seen_by(user: User, uid: UUID) -> Photo:
    """A photo whose untouched original the user may fetch: who releases pictures of its case.

    Raises NotFound where the user does not see the case, NotAllowed where only that.
    """
    photo, cases = evidence_seen_by(user, uid)
    reach = access.reach_of(user)
    if not any(reach.holds(states.RELEASE.verb, unit_id=case.unit_id) for case in cases):
        access.require(user, states.RELEASE.verb, unit_id=cases[0].unit_id)
    return photo
