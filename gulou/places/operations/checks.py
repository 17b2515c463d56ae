"""What an import of areas is refused for."""

import json
from collections.abc import Sequence

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gulou.kit.errors import Invalid
from gulou.places import borders
from gulou.places.coordinates import distance_m, is_degrees
from gulou.places.models import Area, Level

from .drafts import AreaDraft
from .words import SHOWN, middle, place_in_words, some


def check_drafts(drafts: Sequence[AreaDraft], level: Level) -> None:
    if not drafts:
        raise Invalid("area.none", _("There is no area in this."), field="file")
    seen: set[str] = set()
    twice: list[str] = []
    for draft in drafts:
        if draft.code in seen:
            twice.append(draft.code)
        seen.add(draft.code)
        if not draft.code or len(draft.code) > 40:
            raise Invalid(
                "area.bad_code",
                _("Every area needs a code of up to 40 characters; “%(name)s” has none that fits.")
                % {"name": draft.name_zh or draft.code},
                field="code",
            )
        if level.code_length and len(draft.code) != level.code_length:
            raise Invalid(
                "area.bad_code",
                _("Codes of this level have %(length)d characters; %(code)s has not.")
                % {"length": level.code_length, "code": draft.code},
                field="code",
            )
        if max(len(draft.name_zh or ""), len(draft.name_en or "")) > 80:
            raise Invalid(
                "area.bad_name",
                _("The name of %(code)s is longer than 80 characters.") % {"code": draft.code},
                field="name",
            )
    if twice:
        raise Invalid(
            "area.same_code",
            _("These codes come more than once: %(codes)s.") % {"codes": some(twice)},
            field="code",
        )


def check_order(geometry: BaseGeometry, system: str) -> None:
    """Latitude before longitude shows where a "latitude" is beyond 90."""
    west, south, east, north = geometry.bounds
    beyond = max(abs(south), abs(north)) > 90
    if is_degrees(system) and beyond and max(abs(west), abs(east)) <= 90:
        raise _swapped()


def check_swapped(shapes: dict[str, MultiPolygon], system: str) -> None:
    """Swapped coordinates that are still on the globe lie far away, and swapped back do not."""
    tops = [a for a in Area.objects.filter(level__rank=0, active=True) if a.centre_lat is not None]
    if not shapes or not tops or not is_degrees(system):
        return
    lat, lon = middle(list(shapes.values()))
    home_lat, home_lon = float(tops[0].centre_lat or 0), float(tops[0].centre_lon or 0)
    away = distance_m(home_lat, home_lon, lat, lon)
    turned_back = distance_m(home_lat, home_lon, lon, lat) if abs(lon) <= 90 else away
    if away > 500_000 and turned_back < 200_000:
        raise _swapped()


def _swapped() -> Invalid:
    return Invalid(
        "coordinates.swapped",
        _(
            "Latitude and longitude look swapped. In GeoJSON the longitude comes first, "
            "for example [119.3, 26.08]."
        ),
        field="geometry",
    )


def check_alone(level: Level, drafts: Sequence[AreaDraft], known: dict[str, Area]) -> None:
    codes = {draft.code for draft in drafts} | {a.code for a in known.values() if a.active}
    if level.rank == 0 and len(codes) > 1:
        raise Invalid(
            "area.one_district",
            _("There is one district, this would make %(count)d: %(codes)s. Choose one.")
            % {"count": len(codes), "codes": some(sorted(codes))},
            field="file",
        )


def check_overlaps(
    drafts: Sequence[AreaDraft],
    shapes: dict[str, MultiPolygon],
    known: dict[str, Area],
    tolerance_m2: float,
) -> None:
    names = {
        d.code: d.name_zh or (known[d.code].name_zh if d.code in known else "") for d in drafts
    }
    every: dict[str, BaseGeometry] = dict(shapes)
    for code, area in known.items():
        if code not in every and area.active and area.border:
            every[code] = shapely.from_geojson(json.dumps(area.border))
            names.setdefault(code, area.name_zh)
    codes = list(every)
    found = borders.overlaps(
        list(every.values()), tolerance_m2=tolerance_m2, new=set(range(len(shapes)))
    )
    if not found:
        return
    pairs = [
        _("%(first)s and %(second)s share %(size)s m² near %(place)s")
        % {
            "first": f"{codes[o.first]} {names[codes[o.first]]}",
            "second": f"{codes[o.second]} {names[codes[o.second]]}",
            "size": f"{o.square_metres:,.0f}",
            "place": place_in_words(*o.middle),
        }
        for o in found[:SHOWN]
    ]
    raise Invalid(
        "area.overlap",
        _("Areas of this level overlap in %(count)d places: %(pairs)s. Tolerated are %(limit)s m².")
        % {"count": len(found), "pairs": "; ".join(pairs), "limit": f"{tolerance_m2:,.0f}"},
        field="geometry",
    )
