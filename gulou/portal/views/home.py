"""The front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gulou.catalogue import queries as catalogue
from gulou.kit.words import name_of
from gulou.places import queries as places
from gulou.portal.forms import LinkForm
from gulou.ui.guards import public

SHORTCUTS = 8
CLOSED_TO_ROBOTS = ("/t/", "/desk/", "/accounts/", "/report/photos/", "/photos/")


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the one button, and the way back to a report."""
    return render(
        request,
        "portal/home.html",
        {
            "district": district_name(),
            "shortcuts": catalogue.categories_for_public()[:SHORTCUTS],
            "channels": catalogue.elsewhere(),
            "dangers": [channel for channel in catalogue.elsewhere() if channel.is_danger],
            "form": LinkForm(),
        },
    )


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read what is for everybody, and nothing that belongs to one person."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    lines.append(f"Allow: {reverse('portal:home')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def district_name() -> str:
    """The district's name; "" as long as none is loaded, for then the door still opens."""
    top = [area for area in places.area_refs().values() if area.parent_id is None]
    return name_of(top[0]) if top else ""
