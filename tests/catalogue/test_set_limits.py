"""Changing how long things may take."""

from collections.abc import Callable
from typing import Any

import pytest

from gulou.catalogue.operations import set_condition_limit, set_step_limit
from gulou.catalogue.queries import handling_limit, step_limit
from gulou.catalogue.states import TimeUnit
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.kit.worktime import Limit
from gulou.people.models import User
from tests.conftest import Cast
from tests.factories.catalogue import CodeSetFactory, ConditionFactory, StepLimitFactory


def test_a_condition_gets_another_limit_and_it_is_recorded(
    keeper: User, facts_about: Callable[..., list[Any]]
) -> None:
    condition = ConditionFactory.create()
    set_condition_limit(condition.pk, amount=4, time_unit="working_hour", by=keeper)
    assert handling_limit(condition.pk, condition.category_id) == Limit(4, TimeUnit.WORKING_HOUR)
    [(name, actor, content)] = facts_about(condition.category.code_set)
    assert (name, actor) == ("limit.set", keeper.actor)
    assert content == {
        "condition_id": condition.pk, "step_kind": "", "amount": 4, "time_unit": "working_hour",
        "amount_before": 2, "time_unit_before": "working_day",
    }  # fmt: skip


def test_a_step_gets_another_limit_and_it_is_recorded(
    keeper: User, facts_about: Callable[..., list[Any]]
) -> None:
    code_set = CodeSetFactory.create()
    StepLimitFactory.create()
    set_step_limit("intake", amount=30, time_unit="minute", by=keeper)
    assert step_limit("intake") == Limit(30, TimeUnit.MINUTE)
    [(_name, _actor, content)] = facts_about(code_set)
    assert (content["step_kind"], content["amount_before"]) == ("intake", 15)


@pytest.mark.parametrize(
    ("amount", "unit", "field"),
    [(0, "minute", "amount"), (40_000, "minute", "amount"), (1, "moon", "time_unit")],
)
def test_it_refuses_what_is_no_limit(keeper: User, amount: int, unit: str, field: str) -> None:
    condition = ConditionFactory.create()
    with pytest.raises(Invalid) as refused:
        set_condition_limit(condition.pk, amount=amount, time_unit=unit, by=keeper)
    assert refused.value.field == field


def test_it_refuses_the_limit_it_has(keeper: User) -> None:
    condition = ConditionFactory.create()
    with pytest.raises(Refusal, match="same_limit"):
        set_condition_limit(condition.pk, amount=2, time_unit="working_day", by=keeper)


def test_it_refuses_what_does_not_exist(keeper: User) -> None:
    with pytest.raises(NotFound):
        set_condition_limit(0, amount=1, time_unit="minute", by=keeper)
    with pytest.raises(NotFound):
        set_step_limit("moon", amount=1, time_unit="minute", by=keeper)


def test_it_refuses_who_may_not(cast: Cast) -> None:
    condition = ConditionFactory.create()
    StepLimitFactory.create()
    with pytest.raises(NotAllowed):
        set_condition_limit(condition.pk, amount=1, time_unit="minute", by=cast.guo)
    with pytest.raises(NotAllowed):
        set_step_limit("intake", amount=1, time_unit="minute", by=cast.guo)
