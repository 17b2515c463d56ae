"""What everybody may read: cases that a person has released, in the office's words.

A case is released when somebody made at least one of its pictures public together with the office's
summary (`operations.release_photos`), and for as long as the office stands by it: it is filed, not
restricted, and answers for itself. What was declined, passed on or merged is never among them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.cases.family import answering_for, family_of
from gulou.cases.models import Case, CasePhoto, PhotoKind
from gulou.cases.states import OPEN, State
from gulou.catalogue import queries as catalogue
from gulou.kit.errors import Invalid, NotFound
from gulou.kit.words import bigrams, clean, name_of
from gulou.people import queries as people
from gulou.photos.models import Photo
from gulou.places import queries as places
from gulou.places.cells import ranges_around

from .public import Told, story_told

PAGE = 24
MOST_POINTS = 2000
_CHUNK = 1000
SHOWN = (State.FILED, State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED)
# A pin stands in the middle of a square of this many degrees, about a hundred metres wide.
SQUARE = 0.001
_FIELDS = (
    "id", "number", "summary", "state", "category_id", "street_id", "community_id", "unit_id",
    "opened_at", "ended_at", "released_at", "changed_at", "lat", "lon",
)  # fmt: skip


@dataclass(frozen=True)
class Released:
    """One released case. Names are in the reader's language; `lat`, `lon` are those of its square,
    WGS84. `unit` is "" while the office itself holds it."""

    number: str
    summary: str
    state: State
    category: str
    category_code: str
    icon: str
    street: str
    street_code: str
    community: str
    unit: str
    opened_at: datetime
    ended_at: datetime | None
    released_at: datetime
    changed_at: datetime
    lat: float
    lon: float
    before: tuple[UUID, ...] = ()
    after: tuple[UUID, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, as exactly as everybody may know."""
        return self.community or self.street

    @property
    def is_done(self) -> bool:
        """Whether the work was found done."""
        return self.state == State.CLOSED


@dataclass(frozen=True)
class ReleasedStory:
    """A released case with the steps that everybody may read of."""

    case: Released
    told: list[Told]


@dataclass(frozen=True, kw_only=True)
class ReleasedFilters:
    """What a public list is narrowed to. Codes and months ("2026-11") live in addresses."""

    street: str = ""
    category: str = ""
    done: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    square: tuple[float, float] | None = None


@dataclass(frozen=True)
class ReleasedPage:
    """Some released cases, newest first, and the keys of the pages around them ("" for none)."""

    cases: list[Released]
    older: str = ""
    newer: str = ""


@dataclass(frozen=True)
class Spot:
    """A square of the map with its cases, newest first."""

    lat: float
    lon: float
    cases: list[tuple[str, str, State]]


def square_of(lat: float, lon: float) -> tuple[float, float]:
    """The middle of the square that a place lies in: as exact as a public pin is."""
    middle = (math.floor(degrees / SQUARE) * SQUARE + SQUARE / 2 for degrees in (lat, lon))
    lat, lon = (round(degrees, 4) for degrees in middle)
    return lat, lon


def released_page(filters: ReleasedFilters, *, key: str = "", size: int = PAGE) -> ReleasedPage:
    """A page of released cases. `key` is `older` or `newer` of another page."""
    cases, backwards, at = _narrowed(filters), key.startswith("n"), _unlock(key)
    if at is not None:
        sign = "gt" if backwards else "lt"
        cases = cases.filter(
            Q(**{f"released_at__{sign}": at[0]}) | Q(released_at=at[0], **{f"id__{sign}": at[1]}),
            **{f"released_at__{sign}e": at[0]},
        )
    order = ("released_at", "id") if backwards else ("-released_at", "-id")
    rows = list(cases.order_by(*order).values_list(*_FIELDS)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    older, newer = (True, more) if backwards else (more, at is not None)
    return ReleasedPage(
        _with_names(rows),
        older=_lock("o", rows[-1]) if rows and older else "",
        newer=_lock("n", rows[0]) if rows and newer else "",
    )


def released_story(number: str) -> ReleasedStory:
    """A released case by its number; that of a merged one leads to the case that answers for it.

    Raises NotFound.
    """
    found = Case.objects.filter(number=number).first()
    if found is not None and found.merged_into_id is not None:
        found = answering_for(found.pk)
    case = _released().filter(pk=found.pk).first() if found else None
    if case is None:
        raise NotFound("case.not_released", _("There is no such case here, or it is not public."))
    row = tuple(getattr(case, name) for name in _FIELDS)
    return ReleasedStory(_with_names([row])[0], story_told(case))


def released_spots(filters: ReleasedFilters) -> list[Spot]:
    """The newest released cases by the squares of the map that they lie in."""
    rows = _narrowed(filters).order_by("-released_at", "-id")
    spots: dict[tuple[float, float], Spot] = {}
    for number, summary, state, lat, lon in rows.values_list(
        "number", "summary", "state", "lat", "lon"
    )[:MOST_POINTS]:
        square = square_of(lat, lon)
        spot = spots.setdefault(square, Spot(*square, []))
        spot.cases.append((number, summary, State(state)))
    return list(spots.values())


def all_released() -> Iterator[Released]:
    """Every released case, newest first, read in chunks."""
    key = ""
    while True:
        page = released_page(ReleasedFilters(), key=key, size=_CHUNK)
        yield from page.cases
        key = page.older
        if not key:
            return


def released_stamp() -> tuple[int, datetime | None]:
    """How many cases are released, and when one of them changed last."""
    found = _released().aggregate(n=Count("pk"), last=Max("changed_at"))
    return int(found["n"]), found["last"]


def released_numbers() -> Iterator[tuple[str, datetime]]:
    """Number and last change of every released case, newest first: for a site map."""
    rows = _released().order_by("-released_at", "-id").values_list("number", "changed_at")
    yield from rows.iterator(chunk_size=_CHUNK * 2)


def public_photo(uid: UUID) -> Photo:
    """A released picture of a released case, or of one merged into it. Else NotFound."""
    evidence = _evidence().filter(photo__public_uid=uid).first()
    if evidence is not None:
        case_id = answering_for(evidence.case_id).pk
        if _released().filter(pk=case_id).exists():
            return evidence.photo
    raise NotFound("photo.not_found", _("There is no such picture."))


def _evidence() -> QuerySet[CasePhoto]:
    return CasePhoto.objects.filter(
        released_at__isnull=False, case__restricted=False, photo__public_uid__isnull=False
    ).select_related("photo")


def _released() -> QuerySet[Case]:
    return Case.objects.filter(released_at__isnull=False, restricted=False, state__in=SHOWN)


def _narrowed(filters: ReleasedFilters) -> QuerySet[Case]:
    wanted = Q()
    if filters.street:
        areas = places.area_refs().values()
        wanted &= Q(street_id__in=[area.id for area in areas if area.code == filters.street])
    if filters.category:
        wanted &= Q(category_id__in=_categories(filters.category))
    if filters.done is not None:
        wanted &= Q(state=State.CLOSED) if filters.done else Q(state__in=OPEN)
    if filters.since is not None:
        wanted &= Q(opened_at__gte=filters.since)
    if filters.until is not None:
        wanted &= Q(opened_at__lt=filters.until)
    if text := clean(filters.text)[:80]:
        wanted &= _with_words(text)
    if filters.square is not None:
        wanted &= _in_square(*filters.square)
    return _released().filter(wanted)


def _with_words(text: str) -> Q:
    """Summaries that hold all of these words; a single Han character wherever it stands."""
    terms = bigrams(text)
    single = [term for term in terms if len(term) == 1 and not term.isascii()]
    found = Q(released_terms__contains=[term for term in terms if term not in single])
    for term in single or () if terms else [text]:
        found &= Q(summary__icontains=term)
    return found


def _categories(code: str) -> list[int]:
    """The categories with this code or below it, of every edition."""
    refs = catalogue.category_refs()
    found = {one.id for one in refs.values() if one.code == code}
    return [one.id for one in refs.values() if one.id in found or one.parent_id in found]


def _in_square(lat: float, lon: float) -> Q:
    lat, lon = square_of(lat, lon)
    half = SQUARE / 2
    try:
        ranges = ranges_around(lat, lon, 100)
    except Invalid:
        return Q(pk__in=[])
    cells = Q()
    for low, high in ranges:
        cells |= Q(cell__range=(low, high))
    return cells & Q(
        lat__gte=lat - half, lat__lt=lat + half, lon__gte=lon - half, lon__lt=lon + half
    )


def _with_names(rows: list[tuple[Any, ...]]) -> list[Released]:
    units, categories, areas = people.unit_refs(), catalogue.category_refs(), places.area_refs()
    found = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
    pictures = _pictures([v["id"] for v in found])
    made = []
    for v in found:
        category, unit = categories[v["category_id"]], units[v["unit_id"]]
        street, community = areas.get(v["street_id"]), areas.get(v["community_id"])
        lat, lon = square_of(v["lat"], v["lon"])
        shown = pictures.get(v["id"], [])
        made.append(Released(
            number=v["number"], summary=v["summary"], state=State(v["state"]),
            category=name_of(category), category_code=category.code, icon=category.icon,
            street=name_of(street) if street else "", street_code=street.code if street else "",
            community=name_of(community) if community else "",
            unit="" if unit.is_office else name_of(unit), opened_at=v["opened_at"],
            ended_at=v["ended_at"], released_at=v["released_at"], changed_at=v["changed_at"],
            lat=lat, lon=lon,
            before=tuple(uid for uid, kind in shown if kind != PhotoKind.AFTER),
            after=tuple(uid for uid, kind in shown if kind == PhotoKind.AFTER),
        ))  # fmt: skip
    return made


def _pictures(case_ids: list[int]) -> dict[int, list[tuple[UUID, str]]]:
    """Released pictures by the case that shows them, oldest first."""
    shown_by = {pk: pk for pk in case_ids}
    merged = Case.objects.filter(merged_into__in=case_ids).values_list("pk", "merged_into_id")
    for pk, into in merged:
        if into is not None:
            shown_by.update(dict.fromkeys(family_of(Case(pk=pk)), into))
    rows = _evidence().filter(case__in=shown_by).order_by("added_at", "position", "id")
    pictures: dict[int, list[tuple[UUID, str]]] = {}
    for case_id, uid, kind in rows.values_list("case_id", "photo__public_uid", "kind"):
        if uid is not None:
            pictures.setdefault(shown_by[case_id], []).append((uid, kind))
    return pictures


def _lock(way: str, row: tuple[Any, ...]) -> str:
    at: datetime = row[_FIELDS.index("released_at")]
    return f"{way}{int(at.timestamp())}.{at.microsecond:06d}-{row[0]}"


def _unlock(key: str) -> tuple[datetime, int] | None:
    """What a page key says; None where it says nothing sensible: the first page."""
    head, dash, pk = key[1:].partition("-")
    seconds, dot, micro = head.partition(".")
    if not (
        dash and dot and all(part.isdecimal() and part.isascii() for part in (seconds, micro, pk))
    ):
        return None
    if len(seconds) > 11 or len(micro) != 6 or len(pk) > 18:
        return None
    at = datetime.fromtimestamp(int(seconds), tz=UTC).replace(microsecond=int(micro))
    return at, int(pk)
