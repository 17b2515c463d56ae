"""Reading the catalogue."""

from typing import Any

import pytest

from gulou.catalogue import current, queries
from gulou.catalogue.models import Category
from gulou.catalogue.states import TimeUnit
from gulou.kit.errors import Invalid, Refusal
from gulou.kit.worktime import Limit
from tests.factories.catalogue import (
    CategoryFactory,
    CodeSetFactory,
    ConditionFactory,
    ElsewhereFactory,
    ReasonFactory,
    StepLimitFactory,
)

pytestmark = pytest.mark.django_db


def test_residents_are_offered_the_most_common_first() -> None:
    third, first, second = (CategoryFactory.create(public_rank=rank) for rank in (3, 1, 2))
    CategoryFactory.create(public_rank=0)
    CategoryFactory.create(public_rank=1, active=False)
    offered = [category.id for category in queries.categories_for_public()]
    assert offered == [first.pk, second.pk, third.pk]


def test_only_the_current_edition_is_offered_and_all_are_known() -> None:
    old = CategoryFactory.create(code_set=CodeSetFactory.create(edition="0", current=False))
    new = CategoryFactory.create()
    assert [category.id for category in queries.categories()] == [new.pk]
    assert {old.pk, new.pk} <= queries.category_refs().keys()


def test_categories_stand_under_their_classes() -> None:
    category = CategoryFactory.create()
    [(above, below)] = queries.categories_by_class()
    assert (above.id, [one.id for one in below]) == (category.parent_id, [category.pk])


def test_a_category_is_found_by_its_code() -> None:
    category = CategoryFactory.create(code="event.01.10")
    assert queries.category_coded("event.01.10").id == category.pk
    with pytest.raises(Invalid, match="category_unknown"):
        queries.category_coded("event.09.99")


def test_without_an_edition_it_says_what_to_do() -> None:
    assert queries.categories() == []
    with pytest.raises(Refusal, match="gulou prepare"):
        queries.current_code_set()


def test_what_is_kept_at_hand_follows_a_change(django_assert_num_queries: Any) -> None:
    category = CategoryFactory.create(name_en="Before")
    assert queries.category_ref(category.pk).name_en == "Before"
    with django_assert_num_queries(1):
        queries.category_refs()
    Category.objects.update(name_en="After")
    current.touch()
    assert queries.category_ref(category.pk).name_en == "After"


def test_a_limit_comes_from_the_condition_then_the_default_then_the_step() -> None:
    bare, category = CategoryFactory.create_batch(2)
    ConditionFactory.create(category=category)
    urgent = ConditionFactory.create(
        category=category, amount=2, time_unit=TimeUnit.URGENT_HOUR, is_default=False
    )
    assert queries.handling_limit(urgent.pk, category.pk) == Limit(2, TimeUnit.URGENT_HOUR)
    assert queries.handling_limit(None, category.pk) == Limit(2, TimeUnit.WORKING_DAY)
    assert queries.handling_limit(None, bare.pk) == queries.LAST_RESORT
    StepLimitFactory.create(step_kind="handle", amount=1, time_unit=TimeUnit.NATURAL_DAY)
    assert queries.handling_limit(None, bare.pk) == Limit(1, TimeUnit.NATURAL_DAY)
    with pytest.raises(Invalid, match="condition_unknown"):
        queries.handling_limit(urgent.pk, bare.pk)


def test_a_step_without_a_limit_has_none() -> None:
    StepLimitFactory.create()
    assert queries.step_limit("intake") == Limit(15, TimeUnit.MINUTE)
    assert queries.step_limit("moon") is None


def test_reasons_are_those_of_the_list_in_use() -> None:
    ours = ReasonFactory.create(kind="rework")
    other = ReasonFactory.create(kind="return")
    retired = ReasonFactory.create(kind="rework", active=False)
    assert queries.reasons("rework") == [ours]
    assert queries.reason_given("rework", ours.pk) == ours
    for wrong in (other, retired):
        with pytest.raises(Invalid) as refused:
            queries.reason_given("rework", wrong.pk)
        assert refused.value.field == "reason"


def test_a_word_of_danger_points_to_its_number() -> None:
    ElsewhereFactory.create(code="fire", keywords=["着火", "gas+leak"], rank=2)
    ElsewhereFactory.create(code="officials", keywords=["举报+干部"], rank=1)
    ElsewhereFactory.create(code="retired", keywords=["着火"], active=False)
    assert [channel.code for channel in queries.elsewhere()] == ["officials", "fire"]
    for text, codes in [
        ("垃圾桶着 火了", ["fire"]),
        ("A GAS pipe is leaking", ["fire"]),
        ("我要举报某干部", ["officials"]),
        ("社区干部很好", []),
        ("gasoline smell", []),
        ("", []),
    ]:
        assert [channel.code for channel in queries.elsewhere_for(text)] == codes, text
