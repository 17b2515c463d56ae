"""Made-up data are marked by what is in the database, whatever the settings say."""

import dataclasses
from typing import Any

import pytest
from django.test import Client

from gulou.people import operations, queries
from gulou.people.models import Demonstration

pytestmark = pytest.mark.django_db


def test_pages_of_a_demonstration_are_marked_with_the_setting_off(
    client: Client, settings: Any
) -> None:
    settings.GULOU = dataclasses.replace(settings.GULOU, demo=False)
    operations.mark_demonstration()
    assert "demo-mark" in client.get("/").content.decode()


def test_pages_of_an_office_are_not_marked_with_the_setting_on(
    client: Client, settings: Any
) -> None:
    settings.GULOU = dataclasses.replace(settings.GULOU, demo=True)
    assert "demo-mark" not in client.get("/").content.decode()


def test_it_is_marked_once() -> None:
    operations.mark_demonstration()
    since = Demonstration.objects.get().since
    operations.mark_demonstration()
    assert Demonstration.objects.get().since == since
    assert queries.is_demonstration()
