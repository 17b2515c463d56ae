"""The front door."""

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from gulou.cases.queries import figures_of, released_numbers
from gulou.catalogue import queries as catalogue
from gulou.openings.queries import Part, any_open, is_open
from gulou.portal.district import district_name
from gulou.portal.forms import LinkForm
from gulou.portal.opened import CASES
from gulou.ui.guards import public

from .released import newest_pairs

SHORTCUTS = 8
CLOSED_TO_ROBOTS = ("/t/", "/desk/", "/setup/", "/api/", "/accounts/", "/report/photos/")
# The most addresses that a site map may hold, less a few for the pages themselves.
MOST_MAPPED = 49_900
PAIRS = 3
_PAGES = {
    Part.LIST: "cases", Part.MAP: "map", Part.STATISTICS: "statistics", Part.DATA: "data",
}  # fmt: skip


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
            "hotline": catalogue.channel("hotline"),
            "dangers": [channel for channel in catalogue.elsewhere() if channel.is_danger],
            "form": LinkForm(),
            "opened": {part.value: is_open(part) for part in Part},
            "pairs": newest_pairs(PAIRS) if is_open(Part.LIST) else [],
            "figures": figures_of() if is_open(Part.STATISTICS) else None,
        },
    )


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read what is for everybody, and nothing that belongs to one person.

    Pictures only while a page that shows them is open; they stay out of the index all the same.
    """
    closed = CLOSED_TO_ROBOTS if any_open(*CASES) else (*CLOSED_TO_ROBOTS, "/photos/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines.append(f"Allow: {reverse('portal:home')}")
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('portal:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The addresses of everything that is open, the newest cases first."""
    names = ["home", "report", *(_PAGES[part] for part in Part if is_open(part))]
    found: list[tuple[str, str]] = [(reverse(f"portal:{name}"), "") for name in names]
    if any_open(*CASES):
        found += [
            (reverse("portal:case", args=[number]), changed.isoformat())
            for number, changed in islice(released_numbers(), MOST_MAPPED)
        ]
    entries = "".join(
        format_html("<url><loc>{}</loc>{}</url>\n", request.build_absolute_uri(path),
                    format_html("<lastmod>{}</lastmod>", at) if at else "")
        for path, at in found
    )  # fmt: skip
    response = HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )
    patch_cache_control(response, public=True, max_age=3600)
    return response
