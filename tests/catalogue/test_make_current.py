"""Choosing the edition under which cases are filed."""

from collections.abc import Callable
from typing import Any

import pytest

from gulou.catalogue.operations import make_current
from gulou.catalogue.queries import current_code_set
from gulou.kit.errors import NotAllowed, NotFound, Refusal
from gulou.people.models import User
from tests.conftest import Cast
from tests.factories.catalogue import CodeSetFactory


def test_it_makes_another_edition_current_and_records_it(
    keeper: User, facts_about: Callable[..., list[Any]]
) -> None:
    old = CodeSetFactory.create()
    new = CodeSetFactory.create(edition="2", current=False)
    make_current(new.pk, by=keeper)
    assert current_code_set().id == new.pk
    [(name, actor, content)] = facts_about(new)
    assert (name, actor) == ("code_set.made_current", keeper.actor)
    assert content["previous_id"] == old.pk


def test_it_refuses_the_current_one(keeper: User) -> None:
    with pytest.raises(Refusal, match="already_current"):
        make_current(CodeSetFactory.create().pk, by=keeper)


def test_it_refuses_one_that_does_not_exist(keeper: User) -> None:
    with pytest.raises(NotFound):
        make_current(0, by=keeper)


def test_it_refuses_who_may_not(cast: Cast) -> None:
    code_set = CodeSetFactory.create(current=False)
    with pytest.raises(NotAllowed):
        make_current(code_set.pk, by=cast.lin)
