"""Where something is, in words for the person who imports."""

from collections.abc import Sequence

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from gulou.places.coordinates import distance_m
from gulou.places.models import Area
from gulou.places.queries import nearest_place

SHOWN = 5


def middle(shapes: list[MultiPolygon]) -> tuple[float, float]:
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return (south + north) / 2, (west + east) / 2


def middle_in_words(shapes: list[MultiPolygon]) -> str:
    """Nobody can see from numbers that the system was declared wrongly: say where they land."""
    lat, lon = middle(shapes)
    return _("The middle of these areas is %(place)s.") % {"place": place_in_words(lat, lon)}


def place_in_words(lat: float, lon: float) -> str:
    place = f"{abs(lat):.4f}°{'N' if lat >= 0 else 'S'} {abs(lon):.4f}°{'E' if lon >= 0 else 'W'}"
    near = nearest_place(lat, lon, within_m=3000)
    if near is not None:
        return f"{place} ({near.name_zh}, {near.distance_m:,.0f} m)"
    tops = Area.objects.filter(level__rank=0, active=True, centre_lat__isnull=False)
    top = tops.first()
    if top is not None and top.centre_lat is not None and top.centre_lon is not None:
        away = distance_m(top.centre_lat, top.centre_lon, lat, lon) / 1000
        return _("%(place)s (%(km)s km from the middle of %(area)s)") % {
            "place": place,
            "km": f"{away:,.1f}",
            "area": top.name_zh,
        }
    return place


def some(words: Sequence[str]) -> str:
    more = len(words) - SHOWN
    return ", ".join(words[:SHOWN]) + (f" … (+{more})" if more > 0 else "")
