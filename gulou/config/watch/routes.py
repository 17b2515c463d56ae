"""A page by its name, for logs and figures: paths hold what opens somebody's report."""

from django.conf import settings
from django.http import HttpRequest


def route_of(request: HttpRequest) -> str:
    """The name of the page that was asked for, such as `desk:record`; one of few."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"
