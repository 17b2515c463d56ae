"""The addresses of the field app: its API, what the browser fetches, and one page for all others."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, path

from gulou.kit.errors import NotFound
from gulou.ui.answers import problem
from gulou.ui.guards import MARK, public

from . import entering, shell, uploads
from .api import api


def _marked(patterns: Iterable[Any]) -> list[URLPattern]:
    """All are open to anybody: what staff alone may is refused by the view, as 401 in JSON."""
    kept = [one for one in patterns if one.name != "api-root"]
    for one in kept:
        setattr(one.callback, MARK, "public")
    return kept


@public
def nothing(request: Any, rest: str = "") -> Any:
    """No such address."""
    return problem(NotFound.status, "page.missing", "404")


_patterns, *_names = api.urls
app_name = "field"
urlpatterns = [
    *(path(f"api/{one.pattern}", one.callback, name=one.name) for one in _marked(_patterns)),
    path("api/<path:rest>", nothing),
    path("in/<str:token>", entering.enter, name="enter"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<uuid:uid>", uploads.upload, name="upload"),
    path("photos/<uuid:uid>/<slug:size>", shell.photo, name="photo"),
    path("sw.js", shell.worker, name="worker"),
    path("app.webmanifest", shell.manifest, name="manifest"),
    path("", shell.shell, name="app"),
    path("<path:rest>", shell.shell, name="page"),
]
