"""Whether the house lives, can serve, and how it fares."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from gulou.cases.states import State
from gulou.config import health
from gulou.config.runtime.pending import pending_migrations
from gulou.kit import clock
from gulou.outbox import heartbeats
from gulou.outbox.deliver import deliver_all
from gulou.photos.storage import WholeFileStorage
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def scraped(client: Client, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        one.name + "".join(f",{value}" for value in one.labels.values()): one.value
        for family in text_string_to_metric_families(answer.content.decode())
        for one in family.samples
    }


def test_it_lives_also_when_the_database_does_not(client: Client) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "_migrated", True)
        patch.setattr(connection, "cursor", _gone)
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: database\n")


def test_it_is_ready_with_database_tables_and_storage(client: Client) -> None:
    assert client.get("/readyz").content == b"ready\n"


def test_it_is_not_ready_without_its_tables_or_its_photos(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, name: str) -> bool:
        raise OSError(5, "the bucket does not answer")

    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health, "pending_migrations", lambda: ["cases.9999_next"])
    monkeypatch.setattr(WholeFileStorage, "exists", broken)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: tables, storage\n")
    assert pending_migrations() == []


def test_figures_are_told_on_this_machine_or_by_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "1.2.3.4"}).status_code == 404
    token = "x" * 32
    settings.GULOU = settings.GULOU.__class__(metrics_token=token)
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 404
    asked = {"authorization": f"Bearer {token}", "x-forwarded-for": "1.2.3.4"}
    assert client.get("/metrics", headers=asked).status_code == 200


def test_requests_are_counted_by_route_never_by_path(client: Client) -> None:
    name = "gulou_requests_total,GET,portal:story,404"
    before = scraped(client).get(name, 0)
    client.get("/t/a-secret-token/")
    client.generic("BREW", "/no/such/path")
    after = scraped(client)
    assert after[name] == before + 1
    assert after["gulou_requests_total,OTHER,none,404"] >= 1
    assert after["gulou_request_seconds_count,GET,portal:story"] >= 1
    assert not any("secret" in one or "/" in one for one in after)


def test_what_waits_and_what_is_late_is_told(client: Client, cast: Cast, kinds: Kinds) -> None:
    for state in (State.RECEIVED, State.DISPATCHED):
        a_case(cast, kinds.smoking, state=state)
    with clock.at(clock.now() + timedelta(days=30)):
        found = scraped(client)
    assert found["gulou_deliveries_owed"] > 0
    assert found["gulou_deliveries_oldest_seconds"] > 29 * 86400
    assert (found["gulou_cases_open"], found["gulou_cases_late"]) == (2, 1)
    assert found["gulou_cases,received"] == found["gulou_cases,dispatched"] == 1
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_all()
    found = scraped(client)
    assert (found["gulou_deliveries_owed"], found["gulou_deliveries_set_aside"]) == (0, 0)
    assert found["gulou_database_up"] == 1
    assert found["gulou_database_connections,active"] >= 1


def test_a_worker_that_is_silent_is_missed(client: Client) -> None:
    assert scraped(client)["gulou_workers"] == 0
    heartbeats.beat("here:1")
    heartbeats.beat("here:1")
    heartbeats.beat("there:2")
    assert scraped(client)["gulou_workers"] == 2
    heartbeats.end("there:2")
    with clock.at(clock.now() + timedelta(minutes=5)):
        found = scraped(client)
    assert found["gulou_workers"] == 0
    assert 299 < found["gulou_worker_heartbeat_seconds"] < 302


def _gone(*_: Any) -> Any:
    from django.db.utils import OperationalError

    raise OperationalError("gone")
