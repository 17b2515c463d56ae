"""guo may also change the catalogue; a point in the middle of W1, and what the tests read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from gulou.catalogue.states import MANAGE
from gulou.outbox.models import Chained, Event
from gulou.people.models import User
from gulou.places.queries import AreaRef, Where
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory


@pytest.fixture
def keeper(cast: Cast) -> User:
    """guo, posted at the district office with the verb for the catalogue."""
    role = RoleFactory.create(code="keeper", verbs=[MANAGE])
    PostingFactory.create(user=cast.guo, role=role, unit=cast.office)
    return cast.guo


@pytest.fixture
def facts_about() -> Callable[[Chained], list[tuple[str, str, Any]]]:
    """Name, actor and content of every fact about a subject, oldest first."""

    def read(subject: Chained) -> list[tuple[str, str, Any]]:
        uid: UUID = subject.uid
        events = Event.objects.filter(subject_uid=uid).order_by("sequence")
        return [(event.name, event.actor, event.payload) for event in events]

    return read


@pytest.fixture
def in_w1(cast: Cast) -> Where:
    """A place in community W1 of street W, far from every border."""
    areas = (cast.land.district, cast.land.west, cast.land.communities[0])
    levels = ("district", "street", "community")
    chain = tuple(
        AreaRef(area.pk, area.code, level, area.name_zh, area.name_en, area.parent_id)
        for area, level in zip(areas, levels, strict=True)
    )
    return Where(
        district=chain[0], street=chain[1], community=chain[2], grid=None, chain=chain,
        inside=True, border_m=400.0, ambiguous=False,
    )  # fmt: skip
