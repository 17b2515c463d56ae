"""Making somebody responsible."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gulou.catalogue.models import Rule
from gulou.catalogue.operations import set_rule
from gulou.catalogue.queries import rules_on
from gulou.kit.errors import Conflict, Invalid, NotAllowed
from gulou.kit.facts import salted_digest
from gulou.people.models import User
from gulou.people.queries import today
from tests.conftest import Cast
from tests.factories.catalogue import CategoryFactory, ConditionFactory, RuleFactory
from tests.factories.people import UnitFactory


def test_it_sets_a_rule_from_today_without_end(keeper: User, cast: Cast) -> None:
    condition = ConditionFactory.create()
    rule = set_rule(
        by=keeper, area_id=cast.land.west.pk, category_id=condition.category_id,
        condition_id=condition.pk, unit_id=cast.department.pk, assisting_ids=[cast.street.pk],
        certain=True, verify_first=True, reason=" 三定方案 ",
    )  # fmt: skip
    [ref] = rules_on(today())
    assert (ref.id, ref.unit_id, ref.assisting_ids) == (
        rule.pk, cast.department.pk, (cast.street.pk,),
    )  # fmt: skip
    assert (ref.since, ref.until, ref.reason) == (today(), None, "三定方案")
    assert ref.certain and ref.verify_first


def test_it_records_ids_and_a_digest_but_no_words(
    keeper: User, cast: Cast, facts_about: Callable[..., list[Any]]
) -> None:
    rule = set_rule(by=keeper, unit_id=cast.department.pk, reason="王某负责")
    [(name, actor, content)] = facts_about(rule)
    assert (name, actor) == ("rule.set", keeper.actor)
    assert (content["unit_id"], content["since"]) == (cast.department.pk, today().isoformat())
    assert content["reason_digest"] == salted_digest(str(rule.uid), "王某负责")
    assert "王某" not in str(content)


def test_the_street_of_the_place_may_lead(keeper: User) -> None:
    assert set_rule(by=keeper, lead="street").unit_id is None


def test_the_system_may_too(cast: Cast, facts_about: Callable[..., list[Any]]) -> None:
    [(_name, actor, _content)] = facts_about(set_rule(by="system", unit_id=cast.department.pk))
    assert actor == "system"


@pytest.mark.parametrize("name", ["lin", "chen", "wu", "zhao", "guo"])
def test_it_refuses_who_may_not(cast: Cast, name: str) -> None:
    """guo dispatches, but that is not the verb."""
    with pytest.raises(NotAllowed):
        set_rule(by=getattr(cast, name), unit_id=cast.department.pk)
    assert not Rule.objects.exists()


def test_it_refuses_a_second_rule_for_exactly_the_same(keeper: User, cast: Cast) -> None:
    category = CategoryFactory.create()
    first = set_rule(by=keeper, category_id=category.pk, unit_id=cast.department.pk)
    with pytest.raises(Conflict, match=f"Rule {first.pk} already says"):
        set_rule(by=keeper, category_id=category.pk, lead="street")
    set_rule(by=keeper, category_id=category.pk, area_id=cast.land.west.pk, lead="street")
    set_rule(by=keeper, lead="street")


DAY = date(2030, 1, 10)


@pytest.mark.parametrize(
    ("since", "until", "contradicts"),
    [
        (-9, 0, False), (-9, 1, True), (-9, None, True), (0, 5, True), (2, 3, True),
        (4, None, True), (5, None, False), (9, 12, False),
    ],
)  # fmt: skip
def test_rules_for_the_same_may_follow_each_other_but_not_overlap(
    keeper: User, cast: Cast, since: int, until: int | None, contradicts: bool
) -> None:
    RuleFactory.create(unit=cast.department, since=DAY, until=DAY + timedelta(days=5))
    days: dict[str, Any] = {
        "since": DAY + timedelta(days=since),
        "until": None if until is None else DAY + timedelta(days=until),
    }
    if contradicts:
        with pytest.raises(Conflict):
            set_rule(by=keeper, lead="street", **days)
    else:
        assert set_rule(by=keeper, lead="street", **days).pk


def test_a_rule_that_never_held_is_in_nobodys_way(keeper: User, cast: Cast) -> None:
    RuleFactory.create(unit=cast.department, since=DAY, until=DAY)
    assert set_rule(by=keeper, lead="street", since=DAY - timedelta(days=1)).pk


def test_the_database_itself_keeps_two_endless_rules_apart(cast: Cast) -> None:
    RuleFactory.create(unit=cast.department)
    with pytest.raises(IntegrityError, match="rule_one_without_end"), transaction.atomic():
        RuleFactory.create(unit=cast.street)


def test_it_refuses_what_does_not_fit_together(keeper: User, cast: Cast) -> None:
    condition, other = ConditionFactory.create(), CategoryFactory.create()
    retired = CategoryFactory.create(active=False)
    gone = UnitFactory.create(active=False)
    unit = cast.department.pk
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("area", {"unit_id": unit, "area_id": 0}),
        ("category", {"unit_id": unit, "category_id": 0}),
        ("category", {"unit_id": unit, "category_id": retired.pk}),
        ("condition", {"unit_id": unit, "condition_id": condition.pk}),
        ("condition", {"unit_id": unit, "category_id": other.pk, "condition_id": condition.pk}),
        ("condition", {"unit_id": unit, "condition_id": 0}),
        ("lead", {"lead": "moon"}),
        ("unit", {}),
        ("unit", {"lead": "street", "unit_id": unit}),
        ("unit", {"unit_id": 0}),
        ("unit", {"unit_id": gone.pk}),
        ("assisting", {"unit_id": unit, "assisting_ids": [unit]}),
        ("assisting", {"unit_id": unit, "assisting_ids": [gone.pk]}),
        ("reason", {"unit_id": unit, "reason": "长" * 201}),
        ("until", {"unit_id": unit, "since": DAY, "until": DAY}),
    ]
    for field, given in wrong:
        with pytest.raises(Invalid) as refused:
            set_rule(by=keeper, **given)
        assert refused.value.field == field, given
    assert not Rule.objects.exists()
