"""Every way of reading areas and places. Nothing here is secret, so no reader is asked for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.kit.words import bigrams, clean

from . import current
from .cells import ranges_around
from .coordinates import Floats, distance_m
from .index import NOWHERE, AreaRef, Ids, Where
from .models import Area, Level, NamedPlace

__all__ = [
    "NOWHERE",
    "AreaRef",
    "BorderFile",
    "LevelRef",
    "PlaceFound",
    "Where",
    "area_refs",
    "border_file",
    "borders",
    "district",
    "levels",
    "listed_places",
    "locate",
    "locate_many",
    "nearest_place",
    "place_seen",
    "search_places",
    "uses_of_level",
]

# Levels that say how a district is divided, as opposed to how an office organises its rounds.
PUBLIC_LEVELS = ("district", "street", "community")
# Simplified to so many metres, kept to so many decimals of a degree.
_EXACT = (5.0, 5)
_SKETCH = (40.0, 4)
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class PlaceFound:
    """A named place. `area` is the finest area it lies in; `distance_m` where a place was given."""

    id: int
    name_zh: str
    name_en: str
    lat: float
    lon: float
    area: AreaRef | None
    distance_m: float | None = None


@dataclass(frozen=True)
class BorderFile:
    """Borders ready to be sent: GeoJSON in UTF-8, and an ETag (without quotes)."""

    body: bytes
    etag: str


def locate(lat: float, lon: float, *, accuracy_m: float = 0) -> Where:
    """Where a WGS84 point lies. Raises Invalid on what is not a place on the globe."""
    if not accuracy_m >= 0:
        raise Invalid(
            "place.bad_accuracy", _("An accuracy is 0 metres or more."), field="accuracy_m"
        )
    return current.areas().where(lat, lon, accuracy_m)


def metres_to(area_id: int, lat: float, lon: float) -> float:
    """How far a point is from an area: 0 within it, and where its border is not known."""
    return current.areas().metres_to(area_id, lat, lon)


def locate_many(points: Floats, *, level: str) -> Ids:
    """Ids of the areas of one level at points (n, 2) of lon, lat; -1 where there is none.

    Raises Invalid on an unknown level or if any point is not on the globe.
    """
    areas = current.areas()
    if level not in areas.ranks:
        raise unknown_level(level, areas.ranks)
    return areas.ids_at(np.asarray(points, dtype=float).reshape(-1, 2), level)


@dataclass(frozen=True)
class LevelRef:
    """A level of areas. `rank` 0 is the whole district; areas of one level may overlap or not."""

    id: int
    code: str
    rank: int
    name_zh: str
    name_en: str
    overlapping: bool
    code_length: int | None
    active: bool
    uid: UUID


def levels() -> list[LevelRef]:
    """The levels of areas, coarse to fine."""
    fields = list(LevelRef.__dataclass_fields__)
    rows = Level.objects.order_by("rank", "code").values_list(*fields)
    return [LevelRef(*row) for row in rows]


@dataclass(frozen=True)
class AreaSeen:
    """An area as the office keeps it, without its border."""

    id: int
    level_id: int
    parent_id: int | None
    code: str
    name_zh: str
    name_en: str
    source_system: str
    review_number: str
    synthetic: bool
    active: bool
    population: int | None
    population_year: int | None
    population_source: str


def all_areas() -> list[AreaSeen]:
    """Every area, retired ones too, each before those below it."""
    fields = list(AreaSeen.__dataclass_fields__)
    rows = [AreaSeen(*row) for row in Area.objects.order_by("code").values_list(*fields)]
    below: dict[int | None, list[AreaSeen]] = {}
    for one in rows:
        below.setdefault(one.parent_id, []).append(one)

    def tree(parent_id: int | None) -> list[AreaSeen]:
        return [one for top in below.get(parent_id, ()) for one in (top, *tree(top.id))]

    return tree(None)


def area_refs() -> Mapping[int, AreaRef]:
    """All active areas by id."""
    return current.areas().refs


def district() -> AreaRef:
    """The one district. Raises Refusal as long as none is loaded."""
    found = current.areas().districts
    if not found:
        raise Refusal(
            "places.no_district",
            _(
                "No district has been loaded yet. On the server, `gulou import areas` brings in its border."
            ),
        )
    return found[0]


def unknown_level(level: str, known: Mapping[str, int]) -> Invalid:
    """The refusal of a level that nobody has set up."""
    return Invalid(
        "area.unknown_level",
        _("There is no level “%(level)s”. Known are: %(known)s.")
        % {"level": level, "known": ", ".join(sorted(known, key=lambda code: known[code]))},
        field="level",
    )


# Named places ----------------------------------------------------------------------------------


def search_places(text: str, *, limit: int = 10) -> list[PlaceFound]:
    """Named places for what somebody typed, best first: most of the words, then shortest name.

    Text of one character, or of which no word is known, is looked for inside the names.
    """
    text = clean(text)[:120]
    if not text:
        return []
    terms = sorted(set(bigrams(text)))
    found = list(_by_terms(terms, limit)) if terms else []
    return [_found(place) for place in found or _by_part(text, limit)]


def nearest_place(lat: float, lon: float, *, within_m: float = 1000) -> PlaceFound | None:
    """The named place nearest to a WGS84 point, or None."""
    near = Q()
    for low, high in ranges_around(lat, lon, within_m):
        near |= Q(cell__range=(low, high))
    found = [
        (distance_m(lat, lon, place.lat, place.lon), place.pk, place)
        for place in NamedPlace.objects.filter(near, active=True)
    ]
    if not found or min(found)[0] > within_m:
        return None
    metres, _pk, place = min(found)
    return _found(place, metres)


class _Shared(Func):
    """How many of the given terms a row's terms contain."""

    template = "cardinality(array(select unnest(%(expressions)s)))"
    arg_joiner = ") intersect select unnest("
    output_field = IntegerField()


def _by_terms(terms: list[str], limit: int) -> list[NamedPlace]:
    wanted = Value(terms, output_field=ArrayField(CharField(max_length=120)))
    rows = list(
        NamedPlace.objects.filter(terms__overlap=terms, active=True)
        .annotate(shared=_Shared(F("terms"), wanted), length=Length("name_zh"))
        .order_by("-shared", "length", "name_zh", "pk")
        .values_list("pk", "shared")[:limit]
    )
    # What shares less than half of what the best shares only has a common word, such as 公园.
    good = [pk for pk, shared in rows if 2 * shared >= rows[0][1]]
    places = NamedPlace.objects.in_bulk(good)
    return [places[pk] for pk in good]


def _by_part(text: str, limit: int) -> "QuerySet[NamedPlace]":
    inside = _having(text)
    found = NamedPlace.objects.filter(inside, active=True)
    return found.order_by(Length("name_zh"), "name_zh", "pk")[:limit]


def _having(text: str) -> Q:
    return (
        Q(name_zh__icontains=text) | Q(name_en__icontains=text) | Q(aliases__icontains=text)
    )  # fmt: skip


@dataclass(frozen=True)
class PlaceSeen:
    """A named place as the office keeps it."""

    id: int
    name_zh: str
    name_en: str
    aliases: list[str]
    kind: str
    lat: float
    lon: float
    active: bool


@dataclass(frozen=True)
class PlacePage:
    """A page of named places. `total` counts them all; there is more behind it where `more`."""

    places: list[PlaceSeen]
    total: int
    more: bool


PAGE = 50


def listed_places(text: str = "", *, retired: bool = False, page: int = 1) -> PlacePage:
    """Named places by name, those in whose names the text stands; `retired`: only those."""
    text, start = clean(text)[:120], PAGE * (page - 1)
    found = NamedPlace.objects.filter(_having(text) if text else Q(), active=not retired)
    rows = found.order_by("name_zh", "pk").values_list(*PlaceSeen.__dataclass_fields__)
    shown = [PlaceSeen(*row) for row in rows[start : start + PAGE + 1]]
    return PlacePage(shown[:PAGE], found.count(), len(shown) > PAGE)


def place_seen(place_id: int) -> PlaceSeen:
    """One named place, a retired one too. Raises NotFound."""
    rows = NamedPlace.objects.filter(pk=place_id).values_list(*PlaceSeen.__dataclass_fields__)
    for row in rows:
        return PlaceSeen(*row)
    raise NotFound("place.unknown", _("There is no such place."))


def uses_of_level(level_id: int) -> tuple[int, int]:
    """How many areas of the level are in use, and how many it ever had."""
    areas = Area.objects.filter(level_id=level_id)
    return areas.filter(active=True).count(), areas.count()


def _found(place: NamedPlace, metres: float | None = None) -> PlaceFound:
    chain = locate(place.lat, place.lon).chain
    return PlaceFound(
        place.pk,
        place.name_zh,
        place.name_en,
        place.lat,
        place.lon,
        chain[-1] if chain else None,
        metres,
    )


@dataclass(frozen=True)
class People:
    """How many people live in an area, in which year that was counted, and who says so."""

    number: int
    year: int
    source: str


def people_of_areas() -> dict[int, People]:
    """The areas in use of which it is known how many live there."""
    rows = Area.objects.filter(active=True, population__isnull=False).values_list(
        "id", "population", "population_year", "population_source"
    )
    return {pk: People(n or 0, year or 0, source) for pk, n, year, source in rows}


def neighbours(level: str) -> Mapping[int, frozenset[int]]:
    """Which areas of a level border on each other, by id; none where borders are not known."""
    found = current.areas().levels.get(level)
    return found.neighbours if found else {}


# Borders for maps ------------------------------------------------------------------------------


def borders(*, public: bool) -> dict[str, Any]:
    """All borders as a GeoJSON FeatureCollection (WGS84), simplified for drawing.

    Properties: id, code, level, name_zh, name_en, synthetic, official, review_number. Public maps
    get the levels of PUBLIC_LEVELS only. On them a border without a review number, or a synthetic
    one, has `official: false` and is reduced to a sketch, which ui/map.html draws dashed and says so.
    """
    made: dict[str, Any] = json.loads(border_file(public=public).body)
    return made


def border_file(*, public: bool) -> BorderFile:
    """`borders` as bytes with an ETag; made once per change of areas and process."""
    return _border_file(current.token(), public)


@lru_cache(maxsize=4)
def _border_file(_token: str, public: bool) -> BorderFile:
    areas = Area.objects.filter(active=True, border__isnull=False).select_related("level")
    if public:
        areas = areas.filter(level__code__in=PUBLIC_LEVELS)
    by_level: dict[tuple[str, bool], list[Area]] = {}
    for area in areas.order_by("level__rank", "code"):
        sketch = public and not is_official(area)
        by_level.setdefault((area.level.code, sketch), []).append(area)
    features = [
        feature
        for (_level, sketch), group in by_level.items()
        for feature in _features(group, *(_SKETCH if sketch else _EXACT))
    ]
    collection = {"type": "FeatureCollection", "features": features}
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
    return BorderFile(body, hashlib.sha256(body).hexdigest()[:20])


def is_official(area: Area) -> bool:
    """Whether the border may stand as official: reviewed, and not made up."""
    return bool(area.review_number) and not area.synthetic


def _features(areas: list[Area], metres: float, decimals: int) -> list[dict[str, Any]]:
    shapes = shapely.from_geojson([json.dumps(area.border) for area in areas])
    degrees = metres / _METRES_PER_DEGREE
    if areas[0].level.overlapping:
        drawn = shapely.simplify(shapes, degrees, preserve_topology=True)
    else:
        # Keeps what neighbours share shared, so no gaps open between them.
        drawn = shapely.coverage_simplify(shapes, degrees)
    return [
        {
            "type": "Feature",
            "id": area.pk,
            "properties": {
                "id": area.pk,
                "code": area.code,
                "level": area.level.code,
                "name_zh": area.name_zh,
                "name_en": area.name_en,
                "synthetic": area.synthetic,
                "official": is_official(area),
                "review_number": area.review_number,
            },
            "geometry": _rounded(shapely.geometry.mapping(shape), decimals),
        }
        for area, shape in zip(areas, drawn, strict=True)
    ]


def _rounded(geometry: Mapping[str, Any], decimals: int) -> dict[str, Any]:
    def rounded(part: Any) -> Any:
        if isinstance(part, float):
            return round(part, decimals)
        return [rounded(inner) for inner in part]

    return {"type": geometry["type"], "coordinates": rounded(geometry["coordinates"])}
