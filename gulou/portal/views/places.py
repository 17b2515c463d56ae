"""Finding a named place."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gulou.kit.words import name_of
from gulou.places import queries
from gulou.places.queries import PlaceFound
from gulou.portal import limits
from gulou.portal.limits import limited
from gulou.ui.guards import public

MOST = 8
MAX_TEXT = 60


@public
@require_safe
@limited(limits.LOOKUPS)
def places(request: HttpRequest) -> HttpResponse:
    """Named places for what was typed, as JSON for the pin's search."""
    found = found_for(request.GET.get("q", ""))
    return JsonResponse(
        {
            "places": [
                {
                    "name": name_of(place),
                    "area": area_of(place),
                    "lat": place.lat,
                    "lon": place.lon,
                }
                for place in found
            ]
        }
    )


def found_for(text: str) -> list[PlaceFound]:
    """The places to choose from."""
    return queries.search_places(text[:MAX_TEXT], limit=MOST)


def area_of(place: PlaceFound) -> str:
    """The name of the finest area a place lies in."""
    return name_of(place.area) if place.area else ""
