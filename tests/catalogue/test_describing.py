"""Describing categories, conditions, reasons and channels anew, and taking that back."""

from collections.abc import Callable
from typing import Any

import pytest

from gulou.catalogue import history, operations, queries
from gulou.catalogue.models import Category, Condition, Reason
from gulou.catalogue.operations import take_back
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.catalogue import ElsewhereFactory, RuleFactory


def newest() -> int:
    return Event.objects.latest("id").pk


def test_a_category_gets_another_name_and_the_record_has_both(
    keeper: User, kinds: Kinds, facts_about: Callable[..., list[Any]]
) -> None:
    operations.describe_category(
        kinds.rubbish.pk, {"name_zh": " 垃圾 ", "icon": "trash", "evidence": "photo"}, by=keeper
    )
    assert queries.category_ref(kinds.rubbish.pk).name_zh == "垃圾"
    [(name, actor, said)] = facts_about(kinds.rubbish.code_set)
    assert (name, actor) == ("category.changed", keeper.actor)
    assert said["before"] == {"name_zh": "暴露垃圾", "icon": ""}
    assert said["after"] == {"name_zh": "垃圾", "icon": "trash"}


def test_what_is_the_same_is_no_change(keeper: User, kinds: Kinds) -> None:
    operations.describe_category(kinds.rubbish.pk, {"name_zh": "暴露垃圾"}, by=keeper)
    assert not Event.objects.exists()


def test_it_refuses_what_a_field_cannot_hold(keeper: User, kinds: Kinds) -> None:
    wrong: list[tuple[str, Any]] = [
        ("name_zh", ""), ("name_zh", "长" * 61), ("evidence", "smoke"), ("public_rank", -1),
    ]  # fmt: skip
    for field, value in wrong:
        with pytest.raises(Invalid) as refused:
            operations.describe_category(kinds.rubbish.pk, {field: value}, by=keeper)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        operations.describe_category(0, {}, by=keeper)


def test_staff_only_categories_are_not_offered_to_residents(keeper: User, kinds: Kinds) -> None:
    assert [one.id for one in queries.categories_for_public()] == [kinds.rubbish.pk]
    operations.describe_category(kinds.rubbish.pk, {"public_rank": 0}, by=keeper)
    assert queries.categories_for_public() == []


def test_the_place_in_the_list_orders_it(keeper: User, kinds: Kinds) -> None:
    operations.describe_category(kinds.rubbish.pk, {"position": 1}, by=keeper)
    assert [one.id for one in queries.categories()] == [kinds.smoking.pk, kinds.rubbish.pk]


def test_a_category_of_ones_own_takes_the_highest_free_number(keeper: User, kinds: Kinds) -> None:
    told = {"name_zh": "落叶", "name_en": "Leaves"}
    made = operations.add_category(
        kinds.a_class.pk, told, amount=1, time_unit="working_day", by=keeper
    )
    assert (made.code, made.parent_id, made.kind) == ("event.01.99", kinds.a_class.pk, "event")
    assert queries.default_condition(made.pk) is not None
    added = Event.objects.get(name="category.changed").pk
    take_back(added, by=keeper)
    assert made.pk not in {one.id for one in queries.categories()}
    with pytest.raises(Refusal, match="cannot_take_back"):
        take_back(added, by=keeper)


def test_a_retired_class_comes_back_with_what_was_below(keeper: User, kinds: Kinds) -> None:
    operations.retire_category(kinds.a_class.pk, by=keeper)
    assert queries.categories() == []
    with pytest.raises(Refusal, match="class_retired"):
        operations.restore_categories((kinds.rubbish.pk,), by=keeper)
    take_back(newest(), by=keeper)
    assert {one.id for one in queries.categories()} == {kinds.rubbish.pk, kinds.smoking.pk}
    assert not Category.objects.get(pk=kinds.retired.pk).active, "that was retired before"


def test_a_condition_is_added_with_its_limit(keeper: User, kinds: Kinds) -> None:
    told = {"name_zh": "大件", "name_en": "Bulky"}
    made = operations.add_condition(
        kinds.rubbish.pk, told, amount=3, time_unit="working_day", by=keeper
    )
    assert (made.code, made.is_default) == ("3", False)
    assert queries.handling_limit(made.pk, kinds.rubbish.pk).amount == 3


def test_there_is_always_one_ordinary_condition(keeper: User, kinds: Kinds) -> None:
    ordinary = Condition.objects.get(category=kinds.rubbish, is_default=True)
    for told in ({"active": False}, {"is_default": False}):
        with pytest.raises(Refusal, match="needs_ordinary"):
            operations.describe_condition(ordinary.pk, told, by=keeper)
    operations.describe_condition(kinds.danger.pk, {"is_default": True}, by=keeper)
    found = queries.default_condition(kinds.rubbish.pk)
    assert found is not None and found.id == kinds.danger.pk
    operations.describe_condition(ordinary.pk, {"active": False}, by=keeper)
    assert [one.id for one in queries.conditions_of(kinds.rubbish.pk)] == [kinds.danger.pk]
    kept = queries.condition_ref(ordinary.pk, category_id=kinds.rubbish.pk)
    assert kept.id == ordinary.pk, "its cases keep it"


def test_a_condition_that_a_rule_names_stays(keeper: User, cast: Cast, kinds: Kinds) -> None:
    rule = RuleFactory.create(category=kinds.rubbish, condition=kinds.danger)
    with pytest.raises(Refusal, match=str(rule.pk)):
        operations.describe_condition(kinds.danger.pk, {"active": False}, by=keeper)


def test_the_last_reason_of_a_list_stays(keeper: User, kinds: Kinds) -> None:
    only = Reason.objects.get(kind="return")
    with pytest.raises(Refusal, match="last_reason"):
        operations.describe_reason(only.pk, {"active": False}, by=keeper)
    made = operations.add_reason("return", {"name_zh": "重复", "name_en": "Twice"}, by=keeper)
    operations.describe_reason(only.pk, {"active": False}, by=keeper)
    assert [one.pk for one in queries.reasons("return")] == [made.pk]
    with pytest.raises(Invalid):
        operations.add_reason("moon", {"name_zh": "重复", "name_en": "Twice"}, by=keeper)


def test_a_closed_channel_says_so_in_the_words_of_the_office(keeper: User, kinds: Kinds) -> None:
    queries.require_channel("web")
    operations.describe_channel(
        "web", {"is_open": False, "closed_zh": "系统维护", "closed_en": "Maintenance"}, by=keeper
    )
    with pytest.raises(Refusal) as refused:
        queries.require_channel("web")
    assert refused.value.message == "Maintenance"
    take_back(newest(), by=keeper)
    queries.require_channel("web")
    with pytest.raises(NotFound):
        operations.describe_channel("pigeon", {}, by=keeper)


def test_a_number_elsewhere_is_kept_up_to_date(keeper: User, kinds: Kinds) -> None:
    one = ElsewhereFactory.create()
    operations.describe_elsewhere(one.pk, {"number": "120", "keywords": ["急救"]}, by=keeper)
    [ref] = queries.elsewhere()
    assert (ref.number, ref.keywords) == ("120", ("急救",))
    operations.describe_elsewhere(one.pk, {"active": False}, by=keeper)
    assert queries.elsewhere() == ()
    take_back(newest(), by=keeper)
    assert len(queries.elsewhere()) == 1


def test_a_limit_is_taken_back(keeper: User, kinds: Kinds) -> None:
    operations.set_step_limit("intake", amount=30, time_unit="minute", by=keeper)
    first = newest()
    operations.set_step_limit("intake", amount=40, time_unit="minute", by=keeper)
    with pytest.raises(Refusal, match="cannot_take_back"):
        take_back(first, by=keeper)
    take_back(newest(), by=keeper)
    limit = queries.step_limit("intake")
    assert limit is not None and limit.amount == 30


def test_only_the_keeper_may(cast: Cast, kinds: Kinds) -> None:
    reason = Reason.objects.get(kind="return")
    tries: list[Callable[[], Any]] = [
        lambda: operations.describe_category(kinds.rubbish.pk, {"icon": "x"}, by=cast.guo),
        lambda: operations.add_category(
            kinds.a_class.pk, {}, amount=1, time_unit="minute", by=cast.guo
        ),
        lambda: operations.restore_categories((kinds.retired.pk,), by=cast.guo),
        lambda: operations.describe_condition(kinds.danger.pk, {}, by=cast.guo),
        lambda: operations.add_condition(
            kinds.rubbish.pk, {}, amount=1, time_unit="minute", by=cast.guo
        ),
        lambda: operations.describe_reason(reason.pk, {}, by=cast.guo),
        lambda: operations.add_reason("return", {}, by=cast.guo),
        lambda: operations.describe_channel("web", {"is_open": False}, by=cast.guo),
        lambda: operations.add_elsewhere({}, by=cast.guo),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()


def test_the_history_of_a_category_has_its_conditions_too(keeper: User, kinds: Kinds) -> None:
    operations.describe_category(kinds.smoking.pk, {"icon": "smoking"}, by=keeper)
    operations.describe_category(kinds.rubbish.pk, {"name_en": "Rubbish"}, by=keeper)
    operations.set_condition_limit(kinds.danger.pk, amount=1, time_unit="urgent_hour", by=keeper)
    limit, name = history.history(history.CATEGORIES, category_id=kinds.rubbish.pk)
    assert (limit.of, limit.details[0].was) == ("Rubbish · A danger", "2 urgent hours")
    assert (name.details[0].was, name.details[0].became) == ("Exposed rubbish", "Rubbish")
    assert name.can_undo
    assert name.at <= clock.now()
