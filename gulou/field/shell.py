"""The page in which the field app runs, its service worker and its manifest."""

from pathlib import Path
from typing import Any

from csp.constants import SELF
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gulou.cases import queries
from gulou.catalogue.imprint import imprint
from gulou.kit.errors import NotFound
from gulou.photos import queries as files
from gulou.providers import page_tools
from gulou.ui.guards import public

from .who import staff_of

_WORKER = "built/field-sw.js"


@public
@require_safe
def shell(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The same page for every address: the app reads it. It needs no session and holds no name."""
    answer = render(request, "field/shell.html", {"site": imprint().name})
    _let_in_frames(answer)
    if page_tools.appid():
        answer._csp_update = {"script-src": [page_tools.SCRIPT]}  # type: ignore[attr-defined]
    answer["Cache-Control"] = "no-cache"
    return answer


def _let_in_frames(answer: Any) -> None:
    """Of the platforms that the office names; only this page, which shows nothing by itself."""
    if embedders := settings.GULOU.field_embedders:
        answer.xframe_options_exempt = True
        answer._csp_replace = {"frame-ancestors": [SELF, *embedders]}


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponseBase:
    """The service worker, from beneath the addresses that it keeps."""
    found = finders.find(_WORKER)
    if not isinstance(found, str):
        raise NotFound("page.missing", gettext_lazy("There is nothing at this address."))
    answer = HttpResponse(Path(found).read_bytes(), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = settings.FIELD_PATH
    return answer


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app on its first screen."""
    name, home = imprint().name or _("Gulou"), settings.FIELD_PATH
    told: dict[str, Any] = {
        "name": name, "short_name": name[:12], "start_url": home, "scope": home,
        "id": home, "display": "standalone", "orientation": "portrait",
        "background_color": "#faf9f7", "theme_color": "#faf9f7",
        "icons": [{"src": static("ui/seal.svg"), "type": "image/svg+xml", "sizes": "any"}],
    }  # fmt: skip
    answer = JsonResponse(told, content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@public
@require_safe
def photo(request: HttpRequest, uid: Any, size: str) -> HttpResponseBase:
    """A picture of a task, for who sees its case or is to look at it again."""
    reader = staff_of(request)
    file, mime = files.open_rendition(queries.photo_for_task(reader, uid), size)
    answer = FileResponse(file, content_type=mime)
    # The app keeps it, and removes it at sign-out: the browser is to have no copy of its own.
    answer["Cache-Control"] = "no-store"
    return answer
