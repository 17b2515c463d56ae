"""A stand-in for WeCom, and who sets robots up."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gulou.people.models import User
from tests.conftest import Cast
from tests.desk.conftest import as_user
from tests.factories.people import PostingFactory, RoleFactory
from tests.notices.wecom import WeCom, wecom

__all__ = ["as_user"]


@pytest.fixture
def stand_in(settings: Any) -> Iterator[WeCom]:
    with wecom() as one:
        settings.GULOU = replace(settings.GULOU, wecom_url=one.url)
        yield one


@pytest.fixture
def admin(cast: Cast) -> User:
    return who_holds("catalogue.manage", cast)


@pytest.fixture
def mender(cast: Cast) -> User:
    return who_holds("office.mend", cast)


def who_holds(verb: str, cast: Cast) -> User:
    """Somebody who may do this everywhere, and nothing else."""
    role = RoleFactory.create(verbs=[verb], reaches_below=True)
    return PostingFactory.create(unit=cast.root, role=role).user
