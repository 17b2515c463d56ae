"""Traces arrive at a collector, and hold nothing that opens a report."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from gulou.config.watch import tracing
from tests.config.test_logs import TOKEN

pytest.importorskip("opentelemetry.sdk", reason="the extra `otel` is not installed")


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What arrived."""
    found: list[bytes] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Take)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    yield found
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_a_request_arrives_by_its_route_and_without_its_secrets(
    collector: list[bytes], settings: Any
) -> None:
    assert tracing.wanted()
    settings.MIDDLEWARE = ["gulou.config.watch.tracing.Traced", *settings.MIDDLEWARE]
    client = Client(headers={"user-agent": "somebody@mail.example"})
    assert client.get(f"/t/{TOKEN}/").status_code == 404
    for _ in range(100):
        if b"GET portal:story" in b"".join(collector):
            break
        threading.Event().wait(0.1)
    sent = b"".join(collector)
    assert b"GET portal:story" in sent and b"SELECT cases_report" in sent
    for secret in (TOKEN, "/t/", "somebody@mail.example", "127.0.0.1"):
        assert secret.encode() not in sent


def test_without_an_endpoint_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert not tracing.wanted()


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ('SELECT "a" FROM "cases_case" WHERE x = \'13800138000\'', "SELECT cases_case"),
        ("INSERT INTO photos_photo VALUES (%s)", "INSERT photos_photo"),
        ('UPDATE "people_user" SET a = 1', "UPDATE"),
        ("SAVEPOINT x", "SAVEPOINT"),
    ],
)
def test_a_statement_is_told_by_verb_and_table(sql: str, shape: str) -> None:
    assert tracing.shape_of(sql) == shape
