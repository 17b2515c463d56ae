"""What is written to logs opens nobody's report."""

import logging
import sys

import pytest
from django.test import Client

from gulou.config.logs import masked

TOKEN = "Zk3vQ0pT-secret_token_of_a_reporter"


def written(record: logging.LogRecord) -> str:
    """As the handlers of the house write it, whichever there are."""
    handlers = [*logging.getLogger().handlers, *logging.getLogger("django").handlers]
    ours = [h for h in handlers if type(h) is logging.StreamHandler]
    assert ours
    return "\n".join(handler.format(record) for handler in ours)


@pytest.mark.django_db
def test_the_link_of_a_reporter_is_masked(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get(f"/t/{TOKEN}/")
    strict = Client(enforce_csrf_checks=True)
    strict.post(f"/t/{TOKEN}/rating/", {"stars": 5})
    said = [written(record) for record in caplog.records if record.name.startswith("django.")]
    assert len(said) >= 2
    assert all("portal:" in line and TOKEN not in line for line in said)


def test_a_traceback_is_masked_too() -> None:
    try:
        raise ValueError(f"GET /t/{TOKEN}/?draft={TOKEN}")
    except ValueError:
        record = logging.LogRecord("x", 40, "f", 1, "broke", None, sys.exc_info())
    assert TOKEN not in written(record)


def test_what_is_no_secret_stays() -> None:
    line = "WARNING django.request Not Found: /desk/cases/350102-26-000001/"
    assert masked(line) == line
