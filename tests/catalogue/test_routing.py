"""Who is responsible, and why."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils.translation import override

from gulou.catalogue import current
from gulou.catalogue.models import Category, Rule
from gulou.catalogue.operations import end_rule, set_rule
from gulou.catalogue.routing import Routing, route
from gulou.kit.errors import Invalid
from gulou.people.models import UnitKind
from gulou.places.queries import AreaRef, Where
from tests.conftest import Cast
from tests.factories.catalogue import CategoryFactory, ConditionFactory, RuleFactory
from tests.factories.people import UnitFactory

TODAY = date(2026, 11, 23)


@pytest.fixture
def category(db: None) -> Category:
    return CategoryFactory.create(code="event.01.10", name_en="Rubbish", name_zh="垃圾")


def ask(where: Where, category: Category, *, condition: Any = None, on: date = TODAY) -> Routing:
    return route(
        where=where, category_id=category.pk, condition_id=condition and condition.pk, on=on
    )


def codes(routing: Routing) -> list[str]:
    return [why.code for why in routing.why]


def sentence(routing: Routing, code: str) -> str:
    return next(str(why) for why in routing.why if why.code == code)


def test_a_named_unit_leads(cast: Cast, in_w1: Where, category: Category) -> None:
    rule = RuleFactory.create(category=category, unit=cast.department)
    routing = ask(in_w1, category)
    assert (routing.rule_id, routing.unit_id) == (rule.pk, cast.department.pk)
    assert codes(routing) == ["chosen"]
    assert str(routing.why[0]) == ("By the rules, Rubbish belongs to Unit DEPT (since 2020-01-01).")


def test_the_street_of_the_place_leads(cast: Cast, in_w1: Where, category: Category) -> None:
    RuleFactory.create(lead="street")
    routing = ask(in_w1, category)
    assert routing.unit_id == cast.street.pk
    assert sentence(routing, "street") == ("The place lies in Area W, which Unit W looks after.")


def test_the_community_of_the_place_leads(cast: Cast, in_w1: Where, category: Category) -> None:
    RuleFactory.create(lead="community")
    assert ask(in_w1, category).unit_id == cast.community.pk


def test_only_a_unit_of_that_kind_stands_for_the_place(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    UnitFactory.create(kind=UnitKind.VOLUNTEER_TEAM, area=cast.land.communities[0])
    RuleFactory.create(lead="community")
    assert ask(in_w1, category).unit_id == cast.community.pk


def test_a_dissolved_unit_stands_for_no_place(cast: Cast, in_w1: Where, category: Category) -> None:
    cast.community.active = False
    cast.community.save()
    RuleFactory.create(lead="community")
    routing = ask(in_w1, category)
    assert (routing.unit_id, codes(routing)) == (None, ["none", "no_unit_there"])


def test_closer_rules_win_in_the_written_order(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    """Each rule of this list is closer than all above it: condition, then category, then area."""
    condition = ConditionFactory.create(category=category)
    west, w1 = cast.land.west, cast.land.communities[0]
    scopes: list[dict[str, Any]] = [
        {},
        {"area": cast.land.district},
        {"area": west},
        {"area": w1},
        {"category": category.parent},
        {"category": category.parent, "area": w1},
        {"category": category},
        {"category": category, "area": west},
        {"category": category, "area": w1},
        {"category": category, "condition": condition},
        {"category": category, "condition": condition, "area": w1},
    ]
    rules = [RuleFactory.create(unit=cast.department, **scope) for scope in scopes]
    for wider, closer in pairwise(rules):
        Rule.objects.exclude(pk__in=[wider.pk, closer.pk]).update(since=TODAY + timedelta(days=1))
        Rule.objects.filter(pk__in=[wider.pk, closer.pk]).update(since=TODAY)
        # The wider one is the newer: age must not matter.
        Rule.objects.filter(pk=closer.pk).update(since=date(2019, 1, 1))
        current.touch()
        routing = ask(in_w1, category, condition=condition)
        assert routing.rule_id == closer.pk
        assert "wider" in codes(routing)


def test_of_two_that_fit_as_closely_the_newer_wins_and_it_says_so(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    other = AreaRef(cast.land.communities[1].pk, "W2", "community", "W2区域", "Area W2", None)
    overlapping = replace(in_w1, chain=(*in_w1.chain, other))
    old = RuleFactory.create(
        unit=cast.department, area=cast.land.communities[1], certain=True, since=date(2021, 1, 1)
    )
    new = RuleFactory.create(
        unit=cast.street, area=cast.land.communities[0], certain=True, since=date(2022, 1, 1)
    )
    routing = ask(overlapping, category)
    assert routing.rule_id == new.pk
    assert f"Rule {old.pk} " in sentence(routing, "tie")
    assert not routing.certain


def test_a_condition_rule_needs_that_condition(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    danger = ConditionFactory.create(category=category, name_en="Danger")
    ordinary = ConditionFactory.create(category=category, is_default=False)
    rule = RuleFactory.create(category=category, condition=danger, unit=cast.department)
    assert ask(in_w1, category, condition=danger).rule_id == rule.pk
    routing = ask(in_w1, category, condition=ordinary)
    assert routing.unit_id is None
    assert "Rubbish · Danger" in sentence(routing, "other_condition")


def test_a_rule_holds_from_its_first_day_to_the_day_before_its_last(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    RuleFactory.create(
        category=category, unit=cast.department, since=TODAY, until=TODAY + timedelta(days=2)
    )
    asked = {days: ask(in_w1, category, on=TODAY + timedelta(days=days)) for days in range(-1, 3)}
    assert [routing.unit_id is not None for routing in asked.values()] == [False, True, True, False]
    assert sentence(asked[-1], "not_yet").endswith("begins only on 2026-11-23.")
    assert sentence(asked[2], "ended").endswith("ended before 2026-11-25.")


def test_history_answers_as_it_was(cast: Cast, in_w1: Where, category: Category) -> None:
    old = set_rule(by="system", category_id=category.pk, unit_id=cast.department.pk)
    Rule.objects.filter(pk=old.pk).update(since=date(2024, 1, 1))
    end_rule(old.pk, by="system")
    new = set_rule(by="system", category_id=category.pk, lead="street")
    assert ask(in_w1, category, on=date(2024, 6, 1)).rule_id == old.pk
    assert ask(in_w1, category, on=new.since).rule_id == new.pk


def test_where_nobody_looks_after_the_place_the_next_rule_is_tried(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    RuleFactory.create(category=category, lead="community")
    RuleFactory.create(lead="street")
    nowhere = replace(in_w1, community=None)
    routing = ask(nowhere, category)
    assert routing.unit_id == cast.street.pk
    assert "no unit looks after that place" in sentence(routing, "no_unit_there")


def test_a_dissolved_unit_is_passed_over(cast: Cast, in_w1: Where, category: Category) -> None:
    gone = UnitFactory.create(active=False)
    RuleFactory.create(category=category, unit=gone)
    RuleFactory.create(unit=cast.department)
    routing = ask(in_w1, category)
    assert routing.unit_id == cast.department.pk
    assert "no longer works" in sentence(routing, "dissolved")


def test_without_a_rule_the_dispatcher_chooses_and_sees_what_holds_elsewhere(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    RuleFactory.create(category=category, area=cast.land.east, unit=cast.department)
    routing = ask(in_w1, category)
    assert (routing.rule_id, routing.unit_id, routing.certain) == (None, None, False)
    assert codes(routing) == ["none", "other_areas"]
    assert sentence(routing, "other_areas") == "Other rules for Rubbish hold in Area E."


def test_outside_the_district_no_rule_applies(cast: Cast, in_w1: Where, category: Category) -> None:
    RuleFactory.create(unit=cast.department)
    routing = ask(replace(in_w1, inside=False, chain=()), category)
    assert (routing.unit_id, codes(routing)) == (None, ["outside"])


def test_it_says_when_the_rule_is_certain_and_asks_to_verify(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    RuleFactory.create(unit=cast.department, certain=True, verify_first=True)
    routing = ask(in_w1, category)
    assert routing.certain and routing.verify_first
    assert {"certain", "verify_first"} <= set(codes(routing))


def test_near_a_border_nothing_is_certain(cast: Cast, in_w1: Where, category: Category) -> None:
    RuleFactory.create(lead="street", certain=True)
    routing = ask(replace(in_w1, ambiguous=True, border_m=7.6), category)
    assert not routing.certain
    assert sentence(routing, "border").startswith("The place lies 8 m from a border")


def test_a_border_does_not_matter_where_every_place_leads_to_the_same_unit(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    RuleFactory.create(unit=cast.department, certain=True)
    assert ask(replace(in_w1, ambiguous=True), category).certain


def test_assisting_units_are_those_still_at_work_and_not_the_lead(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    gone = UnitFactory.create(active=False)
    RuleFactory.create(lead="street", assisting=[cast.street, gone, cast.department])
    routing = ask(in_w1, category)
    assert routing.assisting_ids == (cast.department.pk,)
    assert sentence(routing, "assisting") == "Assisting: Unit DEPT."


def test_the_reason_of_the_rule_is_shown(cast: Cast, in_w1: Where, category: Category) -> None:
    RuleFactory.create(unit=cast.department, reason="三定方案第 5 条")
    assert sentence(ask(in_w1, category), "reason") == "Reason given: 三定方案第 5 条"


def test_names_follow_the_language_of_the_page(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    RuleFactory.create(category=category, unit=cast.department)
    why = ask(in_w1, category).why[0]
    with override("zh-hans"):
        assert "垃圾" in str(why)
        assert "单位DEPT" in str(why)


def test_the_first_line_is_in_plain_office_words(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    rule = RuleFactory.create(category=category, lead="street")
    routing = ask(in_w1, category)
    with override("zh-hans"):
        assert "由所在街镇负责（2020-01-01 起）" in str(routing.why[0])
    assert f"Rule {rule.pk}" not in str(routing.why[0])
    assert not routing.has_others
    RuleFactory.create(unit=cast.department)
    assert ask(in_w1, category).has_others


def test_it_takes_as_many_queries_for_two_hundred_rules_as_for_one(
    cast: Cast, in_w1: Where, category: Category, django_assert_max_num_queries: Any
) -> None:
    for days in range(200):
        RuleFactory.create(
            unit=cast.department, category=category,
            since=TODAY - timedelta(days=days), until=TODAY - timedelta(days=days),
        )  # fmt: skip
    RuleFactory.create(unit=cast.department, assisting=[cast.street, cast.community])
    ask(in_w1, category)
    with django_assert_max_num_queries(4):
        routing = ask(in_w1, category)
    assert len(routing.why) < 12


def test_it_refuses_a_condition_of_another_category(
    cast: Cast, in_w1: Where, category: Category
) -> None:
    with pytest.raises(Invalid, match="condition_unknown"):
        ask(in_w1, category, condition=ConditionFactory.create())


def test_it_refuses_a_category_that_does_not_exist(cast: Cast, in_w1: Where) -> None:
    with pytest.raises(Invalid, match="category_unknown"):
        route(where=in_w1, category_id=0, condition_id=None, on=TODAY)
