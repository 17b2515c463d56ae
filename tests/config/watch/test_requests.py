"""A request is told of by its route, with an id and figures, and nobody's secret."""

import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from gulou.config.logs import JsonFormatter, MaskedFormatter
from gulou.config.watch import requests
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Delivery
from tests.config.test_logs import TOKEN
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn, as_user
from tests.factories.cases import IN_WEST, a_case

__all__ = ["as_user"]
pytestmark = pytest.mark.django_db
DELIVER = "gulou.outbox.deliver"
PHONE, MAIL, NAME = "13800138000", "somebody@mail.example", "王小明"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What all loggers write, as JSON."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonFormatter())
    root, talkative = logging.getLogger(), (requests.logger, logging.getLogger(DELIVER))
    before = [one.level for one in talkative]
    root.addHandler(handler)
    for one in talkative:
        one.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    for one, level in zip(talkative, before, strict=True):
        one.setLevel(level)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_names_the_route_and_the_case_and_who_works_here(
    log: StringIO, cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.smoking)
    answer = as_user(cast.guo).get(f"/desk/cases/{case.number}/")
    (line,) = [one for one in lines(log) if one["logger"] == requests.__name__]
    assert (line["route"], line["method"], line["status"]) == ("desk:record", "GET", 200)
    assert (line["case"], line["user"]) == (case.number, str(cast.guo.uid))
    assert line["request"] == answer.headers["X-Request-ID"]
    assert line["ms"] > 0


def test_nothing_personal_is_written_whatever_is_sent(
    log: StringIO, cast: Cast, kinds: Kinds, client: Client
) -> None:
    client.get(f"/t/{TOKEN}/?name={NAME}&phone={PHONE}")
    client.post(f"/t/{TOKEN}/objection/", {"words": f"{NAME} {PHONE} {MAIL}"})
    client.post("/accounts/login/", {"login": NAME, "password": "Secret-1234567"})
    client.post(
        "/report/", {"text": f"{NAME} {PHONE}", "phone": PHONE, "name": NAME, "email": MAIL}
    )
    client.get(f"/{NAME}/{PHONE}", headers={"user-agent": MAIL})
    client.get("/report/places", {"q": NAME, "draft": TOKEN})
    logging.getLogger("a.library").error("no mail to %s, phone %s", MAIL, "+86 138-0013-8000")
    said = log.getvalue()
    assert len(lines(log)) >= 6
    for secret in (TOKEN, PHONE, MAIL, NAME, "138-0013", "Secret-1234567", "%E7%8E%8B"):
        assert secret not in said


def test_the_row_that_the_database_refused_is_not_written() -> None:
    words = f"duplicate key\nDETAIL:  Key (name, phone)=({NAME}, 1) already exists.\nmore"
    for formatter in (JsonFormatter(), MaskedFormatter()):
        record = logging.LogRecord("x", 40, "f", 1, words, None, None)
        assert NAME not in formatter.format(record)
        assert "more" in formatter.format(record)


def test_an_id_is_believed_from_a_proxy_of_ours_only(client: Client, settings: Any) -> None:
    given = {"x-request-id": "from-the-proxy-1"}
    made = client.get("/healthz", headers=given).headers["X-Request-ID"]
    assert made != "from-the-proxy-1" and len(made) == 32
    settings.GULOU = settings.GULOU.__class__(trusted_proxies=1)
    assert client.get("/healthz", headers=given).headers["X-Request-ID"] == "from-the-proxy-1"
    forged = {"x-request-id": 'a" injected\x01'}
    assert len(client.get("/healthz", headers=forged).headers["X-Request-ID"]) == 32


def test_the_worker_says_which_request_caused_what_it_does(
    log: StringIO, cast: Cast, kinds: Kinds, clean_cache: None, client: Client, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    sent = {"client_id": str(uuid.uuid4()), "category": kinds.smoking.pk, "lat": IN_WEST[0],
            "lon": IN_WEST[1], "words": "有人吸烟", "email": MAIL}  # fmt: skip
    answer = client.post("/api/v1/reports", sent, content_type="application/json")
    assert answer.status_code == 201, answer.content
    request = answer.headers["X-Request-ID"]
    assert set(Delivery.objects.values_list("request", flat=True)) == {request}
    deliver_all()
    done = [one for one in lines(log) if one["logger"] == DELIVER]
    assert done and {one["request"] for one in done} == {request}
