"""Whether this process lives, can serve, and how it fares: for supervisors, proxies and monitors."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from gulou.config.runtime.pending import pending_migrations
from gulou.config.watch import figures
from gulou.config.watch.standing import Standing
from gulou.ui.guards import public

logger = logging.getLogger(__name__)

_STATE = CollectorRegistry()
_STATE.register(Standing())
# Tables do not go back while a process runs.
_migrated = False


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok": this process answers. Asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 "ready" when database, tables and storage are there; else 503 with what is missing."""
    missing = [name for name, check in _NEEDED.items() if not _stands(check)]
    if missing:
        words = f"not ready: {', '.join(missing)}\n"
        return HttpResponse(words, status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus scrapes. For everybody who may not, there is no such page."""
    if not _may_scrape(request):
        return HttpResponse(status=404)
    text = generate_latest(figures.registry()) + generate_latest(_STATE)
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_scrape(request: HttpRequest) -> bool:
    """By the token, where one is set; else from this machine, and not through a proxy on it."""
    token = settings.GULOU.metrics_token
    if token:
        given = request.headers.get("Authorization", "").encode()
        return secrets.compare_digest(given, f"Bearer {token}".encode())
    forwarded = {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"}
    near = request.META.get("REMOTE_ADDR", "") in {"127.0.0.1", "::1"}
    return near and not any(name in request.headers for name in forwarded)


def _stands(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (Error, OSError) as error:
        logger.warning("not ready: %s", type(error).__name__)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _tables() -> bool:
    global _migrated
    _migrated = _migrated or not pending_migrations()
    return _migrated


def _storage() -> bool:
    """It is asked for something that is never there."""
    return not default_storage.exists("readiness-probe")


_NEEDED: dict[str, Callable[[], bool]] = {
    "database": _database, "tables": _tables, "storage": _storage,
}  # fmt: skip
