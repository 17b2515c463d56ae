"""Cases that may be the same problem: found in indexes of open cells and of pictures, then scored.

No table is read through: the cells around a place hold some hundred open cases, of which the best
by place, kind and time are looked at more closely.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import cos, radians
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Power

from gulou.cases import resemblance
from gulou.cases.models import Case, CasePhoto, PhotoKind, Report
from gulou.cases.operations.intake import may_join
from gulou.cases.resemblance import ASKED, MOST, SHOWN, WITHIN_M, Resemblance, Sight, number_of
from gulou.cases.states import OPEN, State
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.words import bigrams
from gulou.people.models import User
from gulou.photos import likeness
from gulou.photos.models import Photo
from gulou.places.cells import ranges_around

from .rows import FIELDS, Row, rows_from
from .seen import eyes_of, seen_with

_CLOSELY = 40
"""How many of the likest by place, kind and time have their words and pictures compared."""
_MOST = 2000
_MOST_WHOLE = 200
"""What a stranger asks about is read whole: the nearest."""
_MOST_PICTURES = 3
_FILED = sorted(OPEN - {State.RECEIVED})
_COMPARED = (
    "id", "restricted", "category_id", "lat", "lon", "opened_at", "accuracy_m", "address"
)  # fmt: skip
_AS_FOUND = (PhotoKind.BEFORE, PhotoKind.NEAR, PhotoKind.FAR)
"""Pictures of a problem; those of a place put right are of another sight."""


@dataclass(frozen=True)
class Suspect:
    """An open case that may be the same problem, and why."""

    row: Row
    found: Resemblance

    @property
    def reasons(self) -> list[str]:
        """Why, in the reader's language."""
        return resemblance.reasons(self.found)


def sight_at(
    lat: float, lon: float, category_id: int, *, accuracy_m: float | None = None,
    words: str = "", address: str = "", photos: Sequence[Photo] = (),
) -> Sight:  # fmt: skip
    """What somebody is about to report, as it is compared. WGS84 degrees."""
    hashes = (number_of(photo.perceptual_hash) for photo in photos)
    return Sight(
        lat, lon, clock.now(), category_id, _class_of(category_id), accuracy_m or 0.0,
        resemblance.address_terms(address), frozenset(bigrams(words)),
        tuple(one for one in hashes if one is not None),
    )  # fmt: skip


def sight_of(case: Case) -> Sight:
    """What was reported of a case, as it is compared."""
    sight = Sight(
        case.lat, case.lon, case.opened_at, case.category_id, _class_of(case.category_id),
        case.accuracy_m or 0.0, resemblance.address_terms(case.address),
    )  # fmt: skip
    return _closely({case.pk: sight})[case.pk]


def suspects(user: User, case: Case) -> list[Suspect]:
    """Open cases that may be the same problem as this one, of those the user sees; likest first."""
    sight = sight_of(case)
    near = _near(user, sight, case.restricted)
    near.pop(case.pk, None)
    return _suspects(sight, near)


def suspects_at(user: User, sight: Sight) -> list[Suspect]:
    """The same for what is being entered."""
    return _suspects(sight, _near(user, sight, restricted=False))


def joinable(sight: Sight) -> list[Case]:
    """Open filed cases that a report of this would join if its sender says so; likest first.

    They are whole cases: who shows them to the public shows what was released, and no more.
    """
    ranges = ranges_around(sight.lat, sight.lon, WITHIN_M)
    ends = [end for both in ranges for end in both]
    there = {case.pk: case for case in _filed_in(ends, sight)
             if may_join(case, sight.lat, sight.lon, sight.accuracy_m)}  # fmt: skip
    found = _likest(sight, {pk: _plain(case) for pk, case in there.items()}, ASKED)
    return [there[pk] for pk, _ in found[:MOST]]


def _suspects(sight: Sight, near: dict[int, Sight]) -> list[Suspect]:
    found = dict(_likest(sight, near, SHOWN)[:MOST])
    rows = {row.id: row for row in rows_from(_with_ids(list(found)))} if found else {}
    return [Suspect(rows[pk], one) for pk, one in found.items() if pk in rows]


def _likest(sight: Sight, near: dict[int, Sight], least: float) -> list[tuple[int, Resemblance]]:
    """Those of these that score at least so much, the likest first."""
    first = {pk: resemblance.resemblance(sight, other) for pk, other in near.items()}
    best = sorted(first, key=lambda pk: (-first[pk].score, first[pk].metres, pk))[:_CLOSELY]
    if not best:
        return []
    closely = _closely({pk: near[pk] for pk in best})
    found = [(pk, resemblance.resemblance(sight, other)) for pk, other in closely.items()]
    shown = [(pk, one) for pk, one in found if one.score >= least]
    return sorted(shown, key=lambda each: (-each[1].score, each[1].metres, each[0]))


def _closely(sights: dict[int, Sight]) -> dict[int, Sight]:
    """The same with words and pictures: their own, and those of what was merged into them."""
    pks = list(sights)
    into = {pk: pk for pk in pks} | dict(_merged_into(pks))
    words, pictures = defaultdict(set), defaultdict(list)
    for case_id, text in _words_of(list(into)):
        words[into[case_id]].update(bigrams(text))
    for case_id, kind, perceptual_hash in _hashes_of(list(into)):
        number = number_of(perceptual_hash)
        if kind in _AS_FOUND and number is not None:
            pictures[into[case_id]].append(number)
    return {
        pk: replace(one, words=frozenset(words[pk]), pictures=tuple(pictures[pk]))
        for pk, one in sights.items()
    }


def _near(user: User, sight: Sight, restricted: bool) -> dict[int, Sight]:
    """Open cases around the sight, and anywhere with a picture like one of its own."""
    if not user.is_active:
        return {}
    ranges, eyes = ranges_around(sight.lat, sight.lon, WITHIN_M), eyes_of(user)
    ends = [end for both in ranges for end in both]
    rows = _open_in(eyes.kind, len(ranges))(*ends, *eyes.given)
    if pictured := _with_pictures(sight.pictures[:_MOST_PICTURES]):
        rows += _open_of(eyes.kind)(pictured, *eyes.given)
    return {pk: _sight(*told) for pk, few, *told in rows if few == restricted}


def _with_pictures(pictures: Sequence[int]) -> list[int]:
    """The ids of cases with a picture like one of these, ended ones too."""
    photos = {pk for one in pictures for pk, _bits in likeness.alike(f"{one:016x}")}
    return sorted(set(_cases_with(sorted(photos)))) if photos else []


def _plain(case: Case) -> Sight:
    return _sight(
        case.category_id, case.lat, case.lon, case.opened_at, case.accuracy_m, case.address
    )


def _sight(
    category_id: int, lat: float, lon: float, at: datetime, accuracy_m: float | None, address: str
) -> Sight:
    return Sight(
        lat, lon, at, category_id, _class_of(category_id), accuracy_m or 0.0,
        resemblance.address_terms(address),
    )  # fmt: skip


def _class_of(category_id: int) -> int:
    ref = catalogue.category_refs().get(category_id)
    return ref.parent_id or category_id if ref else category_id


def _in_cells(ends: Sequence[Any]) -> Q:
    cells = Q()
    for low, high in zip(ends[::2], ends[1::2], strict=True):
        cells |= Q(cell__range=(low, high))
    return cells


@cache
def _open_in(kind: tuple[bool, bool], ranges: int) -> Compiled[Any]:
    """Open cases of so many ranges of cells, given as the ends of each, that these eyes see."""

    def make(*given: Any) -> QuerySet[Any, Any]:
        found = seen_with(kind, *given[ranges * 2 :])
        found = found.filter(_in_cells(given[: ranges * 2]), ended_at=None)
        return found.values_list(*_COMPARED)[:_MOST]

    return Compiled(make)


@cache
def _open_of(kind: tuple[bool, bool]) -> Compiled[Any]:
    """Those of these cases that are open and that these eyes see."""

    def make(pks: list[int], *given: Any) -> QuerySet[Any, Any]:
        return seen_with(kind, *given).filter(pk__any=pks, ended_at=None).values_list(*_COMPARED)

    return Compiled(make)


@Compiled
def _cases_with(photo_ids: list[int]) -> QuerySet[Any, Any]:
    return (
        CasePhoto.objects.filter(photo_id__any=photo_ids)
        .order_by()
        .values_list("case_id", flat=True)
    )


def _filed_in(ends: Sequence[int], sight: Sight) -> QuerySet[Case]:
    """The nearest ones: by a sum that no index gives, so that the cells are what is searched by."""
    category: Any = sight.category
    cases = Case.objects.filter(_in_cells(ends), ended_at=None, category_id=category)
    filed = cases.filter(restricted=False, state__in=_FILED)
    east = (F("lon") - sight.lon) * cos(radians(sight.lat))
    return filed.order_by(Power(F("lat") - sight.lat, 2) + Power(east, 2), "pk")[:_MOST_WHOLE]


@Compiled
def _with_ids(pks: list[int]) -> QuerySet[Any, Any]:
    return Case.objects.filter(pk__any=pks).values_list(*FIELDS)


@Compiled
def _merged_into(pks: list[int]) -> QuerySet[Any, Any]:
    return Case.objects.filter(merged_into_id__any=pks).values_list("pk", "merged_into_id")


@Compiled
def _words_of(pks: list[int]) -> QuerySet[Any, Any]:
    return Report.objects.filter(case_id__any=pks).values_list("case_id", "words__text")


@Compiled
def _hashes_of(pks: list[int]) -> QuerySet[Any, Any]:
    photos = CasePhoto.objects.filter(case_id__any=pks).order_by()
    return photos.values_list("case_id", "kind", "photo__perceptual_hash")
