"""What may be read from a replica, and what never is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.resolvers import get_resolver

from gulou.cases.models import Case
from gulou.config import replicas
from gulou.config.runtime.doctor import database
from gulou.config.runtime.doctor.finding import Verdict
from gulou.errands.models import Errand
from gulou.kit.replica import reading_from
from gulou.openings.models import Opening
from gulou.outbox.models import Delivery
from gulou.people.models import User
from gulou.photos.models import Photo

router = replicas.Router()


@pytest.fixture
def another_primary(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that follows nobody, set as a replica by mistake: the primary itself."""
    monkeypatch.setattr(replicas, "aliases", lambda: ["default"])
    replicas._seen.clear()
    yield
    replicas._seen.clear()


@pytest.mark.parametrize("model", [User, Delivery, Opening, Errand])
def test_who_somebody_is_and_what_is_owed_come_from_the_primary(model: Any) -> None:
    with reading_from("replica1"):
        assert router.db_for_read(model) == "default"


@pytest.mark.parametrize("model", [Case, Photo])
def test_cases_and_photos_come_from_the_replica_where_the_page_allows(model: Any) -> None:
    assert router.db_for_read(model) == "default"
    with reading_from("replica1"):
        assert router.db_for_read(model) == "replica1"
        assert router.db_for_write(model) == "default"
    assert not router.allow_migrate("replica1", "cases")


def test_only_pages_that_there_are_and_that_are_for_everybody_are_listed() -> None:
    names = {str(one.name) for one in get_resolver("gulou.portal.urls").url_patterns}  # type: ignore[union-attr]
    assert {route.removeprefix("portal:") for route in replicas.ROUTES} <= names


def test_a_server_that_follows_nobody_is_not_read_from(another_primary: None) -> None:
    assert replicas.choose() == ""
    (seen,) = replicas.states()
    assert seen.why == "it is no replica"
    (finding,) = database.replicas_keep_up(None)  # type: ignore[arg-type]
    assert finding.verdict is Verdict.LOOK and "it is no replica" in finding.said


@pytest.mark.django_db
def test_who_writes_is_remembered_for_a_moment(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "gulou.config.replicas.ReadFromReplica"]
    client = Client()
    client.get(reverse("portal:cases"))
    assert replicas.WROTE not in client.cookies
    answer = client.post("/ui/language/", {"language": "en"})
    assert answer.status_code < 400
    assert client.cookies[replicas.WROTE]["max-age"] <= 10
