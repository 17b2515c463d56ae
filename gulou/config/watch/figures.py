"""What the web processes count of their requests, summed over all processes of one `gulou web`.

`gulou web` makes a folder for the sums (FOLDER) before its processes are born.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from . import FOLDER

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_own = CollectorRegistry()
_requests = Counter(
    "gulou_requests", "Requests answered.", ("route", "method", "status"), registry=_own
)
_seconds = Histogram(
    "gulou_request_seconds", "How long answers took.", ("route", "method"), buckets=_BUCKETS,
    registry=_own,
)  # fmt: skip
_reads = Counter(
    "gulou_pages_read", "Pages whose reads may go to a replica, by where they went.", ("where",),
    registry=_own,
)  # fmt: skip


def count(method: str, route: str, status: int, seconds: float) -> None:
    """One request more."""
    _requests.labels(route, method, str(status)).inc()
    _seconds.labels(route, method).observe(seconds)


def count_read(where: str) -> None:
    """One page more that was read from there: `replica`, `primary`, or `fallback`."""
    _reads.labels(where).inc()


def registry() -> CollectorRegistry:
    """The sums over all processes where there are several, else this one's."""
    if FOLDER not in os.environ:
        return _own
    found = CollectorRegistry()
    MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    return found
