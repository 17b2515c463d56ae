"""Browsers signed in as somebody of the cast: guo may also change the catalogue, boss manages the
district's people, clerk those of the western street."""

from typing import Any

import pytest
from django.test import Client

from gulou.catalogue.states import MANAGE
from gulou.people.verbs import PLACES
from tests.conftest import Cast
from tests.desk.conftest import as_user
from tests.factories.people import PostingFactory, RoleFactory
from tests.people.conftest import boss, clerk

__all__ = ["as_user", "boss", "clerk"]


@pytest.fixture
def keeper(cast: Cast, as_user: Any) -> Client:
    """guo, posted at the district office with the verbs for the catalogue and for places."""
    role = RoleFactory.create(code="keeper", verbs=[MANAGE, PLACES])
    PostingFactory.create(user=cast.guo, role=role, unit=cast.office)
    client: Client = as_user(cast.guo)
    return client
