"""The addresses of the API, version 1. Its description is at openapi.json; there is no page of it,
for that would need scripts from elsewhere."""

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI

from gulou.kit.errors import NotFound
from gulou.ui.answers import problem, refuse_alike
from gulou.ui.guards import MARK, public

from . import cases, insights, joint, orders, reports

api = NinjaAPI(
    title="Gulou", version="1", urls_namespace="api", docs_url=None,
    description="Times carry their offset, places are WGS84 degrees. Refusals are problems "
    "(RFC 9457) in the language of Accept-Language. Staff sign in at /accounts/login/ and send "
    "X-CSRFToken with what changes something.",
)  # fmt: skip
refuse_alike(api)
api.add_router("/cases", cases.router, tags=["cases"])
api.add_router("/orders", orders.router, tags=["orders"])
api.add_router("/joint", joint.router, tags=["joint enforcement"])
api.add_router("/insights", insights.router, tags=["insights"])
api.add_router("", reports.router, tags=["reports"])

_OPEN = {"openapi-json", "reports", "photos"}


def _marked(patterns: Iterable[Any]) -> list[URLPattern]:
    """The same with the mark of the rule that guards each: the routers ask for a session, and
    answer 401 in JSON where a page would send one to sign in."""
    kept = [one for one in patterns if one.name != "api-root"]
    for one in kept:
        setattr(one.callback, MARK, "public" if one.name in _OPEN else "signed in")
    return kept


@public
def nothing(request: Any, rest: str = "") -> Any:
    """No such address."""
    return problem(NotFound.status, "page.missing", _("There is nothing at this address."))


_patterns, *_names = api.urls
app_name = "api"
urlpatterns = [
    *_marked(_patterns),
    path("<path:rest>", nothing),
    path("", nothing, name="api-root"),
]
