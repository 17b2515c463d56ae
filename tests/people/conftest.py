"""Who manages people: boss for the whole district, clerk for the western street."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.outbox.models import Chained, Event
from gulou.people import verbs
from gulou.people.models import User
from tests.factories.people import PostingFactory, RoleFactory, UserFactory

if TYPE_CHECKING:
    from tests.conftest import Cast

Facts = Callable[[Chained], list[str]]


@pytest.fixture
def boss(cast: "Cast") -> User:
    user = UserFactory.create(username="boss")
    role = RoleFactory.create(verbs=[*verbs.VERBS, "case.read"], reaches_below=True)
    PostingFactory.create(user=user, unit=cast.root, role=role)
    return user


@pytest.fixture
def clerk(cast: "Cast") -> User:
    user = UserFactory.create(username="clerk")
    role = RoleFactory.create(verbs=[verbs.MANAGE, "case.read"], reaches_below=True)
    PostingFactory.create(user=user, unit=cast.street, role=role)
    return user


@pytest.fixture
def told() -> Facts:
    """The names of the facts about a subject, oldest first."""

    def names(subject: Chained) -> list[str]:
        events = Event.objects.filter(
            subject_kind=subject.subject_kind, subject_uid=subject.uid
        ).order_by("sequence")
        return list(events.values_list("name", flat=True))

    return names


@pytest.fixture
def on() -> Callable[[date], AbstractContextManager[None]]:
    """Live on another day, at noon in Fuzhou."""

    def live(day: date) -> AbstractContextManager[None]:
        return clock.at(datetime.combine(day, time(12), ZoneInfo("Asia/Shanghai")))

    return live


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a refusal with this code."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


DAY = timedelta(days=1)
