"""How much one network address may send in an hour."""

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.cache import QuickDatabaseCache
from gulou.kit.errors import TooMany

View = Callable[..., HttpResponseBase]
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """At most `share` times the office's number of reports an hour, counted under `name`."""

    name: str
    share: int
    words: Any

    @property
    def most(self) -> int:
        """How many are let through in an hour."""
        return int(settings.GULOU.reports_per_hour) * self.share


REPORTS = Limit(
    "reports",
    1,
    _(
        "Very many reports came from this network in the last hour. Send yours again after"
        " %(time)s; what you wrote and the photos stay here until then."
    ),
)
# Nine photos a report, and as many again that were taken back or refused.
PHOTOS = Limit(
    "photos",
    18,
    _("Very many photos came from this network in the last hour. Add this one after %(time)s."),
)
ANSWERS = Limit("answers", 1, REPORTS.words)
_BUSY = _("Very many requests came from this network in the last hour. Go on after %(time)s.")
# While one report is written, words and places are looked up at each pause in typing.
LOOKUPS = Limit("lookups", 60, _BUSY)
# A whole neighbourhood may follow its reports through one address of a mobile network.
VISITS = Limit("visits", 60, _BUSY)
PICTURES = Limit("pictures", 400, _BUSY)
# Pieces of photos on their way in: over a bad network each photo is many.
PIECES = Limit("pieces", 400, _BUSY)
# Everything at once: the whole set of open data, all points of the map.
DOWNLOADS = Limit("downloads", 3, _BUSY)


def spend(request: HttpRequest, limit: Limit) -> None:
    """Count one more, whatever becomes of it. Raises TooMany, with the time from which on it goes
    again; what is refused does not count."""
    oldest = _cache().take(
        _window(request, limit), at=clock.now(), most=limit.most, seconds=int(HOUR.total_seconds())
    )
    if oldest is not None:
        again = timezone.localtime(oldest + HOUR) + timedelta(minutes=1)
        raise TooMany(
            f"portal.too_many_{limit.name}", limit.words % {"time": again.strftime("%H:%M")}
        )


def give_back(request: HttpRequest, limit: Limit) -> None:
    """Do not count what was spent last."""
    _cache().give_back(_window(request, limit))


@contextmanager
def spent(request: HttpRequest, limit: Limit) -> Iterator[None]:
    """As `spend`, but what fails does not count."""
    spend(request, limit)
    try:
        yield
    except BaseException:
        give_back(request, limit)
        raise


def limited(limit: Limit) -> Callable[[View], View]:
    """Count every request to a view, by the hour of the clock: for what is asked very often."""

    def guard(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _spend(request, limit)
            return view(request, *args, **kwargs)

        return counted

    return guard


def _spend(request: HttpRequest, limit: Limit) -> None:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    key = f"{_key(request, limit)}:{hour:%H}"
    asked = int(cache.get(key, 0))
    if asked >= limit.most:
        again = timezone.localtime(hour + HOUR)
        raise TooMany(f"portal.too_many_{limit.name}", limit.words % {"time": f"{again:%H:%M}"})
    cache.set(key, asked + 1, timeout=int(HOUR.total_seconds()))


def address_of(request: HttpRequest) -> str:
    """Who asks, as far as it can be believed: the address, for IPv6 the network of one customer.

    X-Forwarded-For is written by the caller and lengthened by each proxy, so only the entry that
    the outermost proxy of ours added counts.
    """
    proxies = settings.GULOU.trusted_proxies
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    told = forwarded[-proxies] if 0 < proxies <= len(forwarded) else ""
    for text in (told.strip(), request.META.get("REMOTE_ADDR", "")):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((int(address), 64), strict=False))
        return str(address)
    return ""


def _cache() -> QuickDatabaseCache:
    return cast("QuickDatabaseCache", cache)


def _window(request: HttpRequest, limit: Limit) -> str:
    return f"{_key(request, limit)}:window"


def _key(request: HttpRequest, limit: Limit) -> str:
    """Addresses are nobody's business afterwards, so the cache holds only their digest."""
    return (
        f"portal:{limit.name}:{salted_hmac('gulou.portal.limits', address_of(request)).hexdigest()}"
    )
