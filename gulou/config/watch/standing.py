"""How things stand in the house, asked of the database at the moment of a scrape."""

from collections.abc import Callable, Iterator

from django.db import connection
from django.db.utils import DatabaseError
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gulou.cases import queries as cases
from gulou.cases.states import State
from gulou.config import replicas
from gulou.errands import queries as errands
from gulou.kit import clock
from gulou.outbox import heartbeats
from gulou.outbox import queries as outbox
from gulou.photos import queries as photos

Gauges = Iterator[GaugeMetricFamily]


class Standing(Collector):
    """The gauges of the house. When the database does not answer, it says that alone."""

    def collect(self) -> Gauges:
        try:
            found = [one for part in PARTS for one in part()]
        except DatabaseError:
            found = []
        yield GaugeMetricFamily(
            "gulou_database_up", "1 while the database answers.", value=1.0 if found else 0.0
        )
        yield from found


def _record() -> Gauges:
    waiting = outbox.waiting()
    yield GaugeMetricFamily("gulou_deliveries_owed", "Deliveries to be done.", value=waiting.owed)
    yield GaugeMetricFamily(
        "gulou_deliveries_oldest_seconds", "For how long the oldest of them is due.",
        value=max(0.0, (clock.now() - waiting.oldest).total_seconds()) if waiting.oldest else 0.0,
    )  # fmt: skip
    yield GaugeMetricFamily(
        "gulou_deliveries_set_aside", "Deliveries given up, for a person to look at.",
        value=waiting.aside,
    )  # fmt: skip


def _workers() -> Gauges:
    ages = heartbeats.ages()
    yield GaugeMetricFamily("gulou_workers", "Workers heard of in the last minute.",
                            value=sum(age < heartbeats.ALIVE_SECONDS for age in ages))  # fmt: skip
    if ages:
        yield GaugeMetricFamily("gulou_worker_heartbeat_seconds",
                                "Since any worker was heard of.", value=min(ages))  # fmt: skip


def _errands() -> Gauges:
    found = GaugeMetricFamily("gulou_errands", "Long work of staff that has not ended.",
                              labels=["state"])  # fmt: skip
    for state, n in errands.not_ended().items():
        found.add_metric([state], n)
    yield found


def _cases() -> Gauges:
    counts = cases.counts_of_all()
    found = GaugeMetricFamily("gulou_cases", "Cases by state.", labels=["state"])
    for state in State:
        found.add_metric([state], counts[state])
    yield found
    yield GaugeMetricFamily("gulou_cases_open", "Open cases.", value=counts["open"])
    yield GaugeMetricFamily(
        "gulou_cases_late", "Open cases past their limit.", value=counts["late"]
    )


def _photos() -> Gauges:
    yield GaugeMetricFamily(
        "gulou_photos_staged", "Photos of forms not sent yet.", value=photos.staged_count()
    )


def _connections() -> Gauges:
    found = GaugeMetricFamily(
        "gulou_database_connections", "Connections of everybody to this database.", labels=["state"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'hidden'), count(*), current_setting('max_connections')::int "
            "FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
        )
        rows = cursor.fetchall()
    for state, n, _most in rows:
        found.add_metric([state], n)
    yield found
    yield GaugeMetricFamily(
        "gulou_database_connections_most", "How many the server allows.", value=rows[0][2]
    )


def _replicas() -> Gauges:
    up = GaugeMetricFamily("gulou_replica_up", "1 while it is read from.", labels=["replica"])
    lag = GaugeMetricFamily(
        "gulou_replica_lag_seconds", "How far it is behind.", labels=["replica"]
    )
    for seen in replicas.states():
        up.add_metric([seen.alias], 0.0 if seen.why else 1.0)
        lag.add_metric([seen.alias], seen.lag)
    yield from (up, lag) if up.samples else ()


PARTS: tuple[Callable[[], Gauges], ...] = (
    _record, _workers, _errands, _cases, _photos, _connections, _replicas,
)  # fmt: skip
