"""Around every request: its id, its line in the log, its place in the figures.

A request is known by the name of its route, never by its path: paths hold what opens somebody's
report. Of who asked, the line holds the id of a member of staff and nothing of a resident.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gulou.kit import trace
from gulou.people.models import User

from . import figures
from .routes import route_of

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ID = re.compile(rf"[A-Za-z0-9_-]{{8,{trace.LONGEST}}}")
# Asked every few seconds by machines: counted, not written down.
_SILENT = frozenset({"static", "healthz", "readyz", "metrics"})


@dataclass(frozen=True)
class Answered:
    """What is told of a request."""

    method: str
    route: str
    status: int
    seconds: float


class Watched:
    """The outermost middleware: what comes back from all others is the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with trace.caused_by(_id_of(request)):
            response = self.get_response(request)
            response.headers[HEADER] = trace.request_id()
            answered = Answered(
                _method(request), route_of(request), response.status_code,
                time.perf_counter() - began,
            )  # fmt: skip
            figures.count(answered.method, answered.route, answered.status, answered.seconds)
            if answered.route not in _SILENT and logger.isEnabledFor(logging.INFO):
                _write(request, answered)
        return response


def _id_of(request: HttpRequest) -> str:
    """As a proxy of ours gave it, else a new one."""
    given = request.headers.get(HEADER, "") if settings.GULOU.trusted_proxies else ""
    return given if _ID.fullmatch(given) else uuid.uuid4().hex


def _method(request: HttpRequest) -> str:
    return request.method if request.method in _METHODS else "OTHER"


def _write(request: HttpRequest, one: Answered) -> None:
    told: dict[str, Any] = {
        "method": one.method, "route": one.route, "status": one.status,
        "ms": round(one.seconds * 1000, 1),
    }  # fmt: skip
    number = request.resolver_match.kwargs.get("number") if request.resolver_match else None
    if number:
        told["case"] = str(number)
    # Only where the request has asked for the user anyway: no question for the log's sake.
    user = getattr(request, "_cached_user", None)
    if isinstance(user, User):
        told["user"] = str(user.uid)
    logger.info("%s %s %d", one.method, one.route, one.status, extra={"told": told})
