"""A category that is no longer offered."""

from collections.abc import Callable
from typing import Any

import pytest

from gulou.catalogue.operations import retire_category
from gulou.catalogue.queries import categories, category_refs
from gulou.kit.errors import NotAllowed, NotFound, Refusal
from gulou.people.models import User
from tests.conftest import Cast
from tests.factories.catalogue import CategoryFactory


def test_it_is_no_longer_offered_but_still_known(
    keeper: User, facts_about: Callable[..., list[Any]]
) -> None:
    category, other = CategoryFactory.create_batch(2)
    retire_category(category.pk, by=keeper)
    assert [c.id for c in categories()] == [other.pk]
    assert not category_refs()[category.pk].active
    [(name, actor, content)] = facts_about(category.code_set)
    assert (name, actor) == ("category.retired", keeper.actor)
    assert content == {"category_ids": [category.pk], "code": category.code}


def test_a_class_takes_its_subclasses_along(keeper: User) -> None:
    category = CategoryFactory.create()
    assert category.parent is not None
    retire_category(category.parent.pk, by=keeper)
    assert categories() == []
    assert not category_refs()[category.pk].active


def test_it_refuses_to_retire_twice(keeper: User) -> None:
    category = CategoryFactory.create(active=False)
    with pytest.raises(Refusal, match="retired_already"):
        retire_category(category.pk, by=keeper)


def test_it_refuses_one_that_does_not_exist(keeper: User) -> None:
    with pytest.raises(NotFound):
        retire_category(0, by=keeper)


def test_it_refuses_who_may_not(cast: Cast) -> None:
    category = CategoryFactory.create()
    with pytest.raises(NotAllowed):
        retire_category(category.pk, by=cast.chen)
    assert category_refs()[category.pk].active
