"""What public maps are drawn from."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from gulou.places import queries as places
from gulou.ui.guards import public


@public
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """The public borders as GeoJSON. They change seldom, so the browser only asks whether."""
    file = places.border_file(public=True)
    etag = f'"{file.etag}"'
    response = HttpResponse(file.body, content_type="application/geo+json")
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=300)
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
