"""What a change of rules would do to the cases of the past month, and what it then does."""

from datetime import timedelta

import pytest

from gulou.cases.models import Case
from gulou.cases.queries import decided_lately, firing, what_if
from gulou.cases.routing import routing_of
from gulou.catalogue.operations import RuleDraft, change_rule, end_rule
from gulou.catalogue.rulebook import Change
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.people.models import User
from gulou.people.queries import today
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.catalogue import RuleFactory
from tests.factories.people import PostingFactory, RoleFactory


@pytest.fixture
def keeper(cast: Cast) -> User:
    role = RoleFactory.create(code="keeper", verbs=[MANAGE])
    PostingFactory.create(user=cast.guo, role=role, unit=cast.office)
    return cast.guo


@pytest.fixture
def cases(cast: Cast, kinds: Kinds) -> list[Case]:
    """Two cases of rubbish in the west, one of smoking there, one of rubbish in the east."""
    return [
        a_case(cast, kinds.rubbish),
        a_case(cast, kinds.rubbish, lat=26.09),
        a_case(cast, kinds.smoking),
        a_case(cast, kinds.rubbish, lon=119.31),
    ]


def by_rule(cases: list[Case]) -> dict[str, int | None]:
    return {case.number: routing_of(case).unit_id for case in cases}


def test_without_a_change_nothing_moves(cast: Cast, keeper: User, cases: list[Case]) -> None:
    RuleFactory.create()
    told = what_if(keeper, Change(on=today()))
    assert (told.there_are, told.looked_at, told.moved, told.shown) == (4, 4, 0, ())


def test_what_it_foretells_is_what_happens(
    cast: Cast, kinds: Kinds, keeper: User, cases: list[Case]
) -> None:
    rule = RuleFactory.create()
    draft = RuleDraft(
        category_id=kinds.rubbish.pk, area_id=cast.land.west.pk, unit_id=cast.department.pk
    )
    told = what_if(keeper, Change(on=today(), ends=rule.pk, sets=draft.checked().as_ref()))
    before = by_rule(cases)
    change_rule(rule.pk, draft, by=keeper)
    after = by_rule(cases)
    moved = {number for number in before if before[number] != after[number]}
    assert {one.number: (one.from_unit_id, one.to_unit_id) for one in told.shown} == {
        number: (before[number], after[number]) for number in moved
    }
    assert told.moved == 4
    assert (cast.street.pk, cast.department.pk, 2) in told.by_units
    assert (cast.street.pk, None, 1) in told.by_units


def test_the_end_of_a_rule_is_foretold(cast: Cast, keeper: User, cases: list[Case]) -> None:
    wide = RuleFactory.create()
    rule = RuleFactory.create(area=cast.land.west, unit=cast.department)
    told = what_if(keeper, Change(on=today(), ends=rule.pk))
    assert told.by_units == ((cast.department.pk, cast.street.pk, 3),)
    end_rule(rule.pk, by=keeper)
    assert {routing_of(case).rule_id for case in cases} == {wide.pk}


def test_the_same_unit_by_another_rule_moves_nothing(
    cast: Cast, keeper: User, cases: list[Case]
) -> None:
    RuleFactory.create(unit=cast.department)
    draft = RuleDraft(area_id=cast.land.west.pk, unit_id=cast.department.pk)
    told = what_if(keeper, Change(on=today(), sets=draft.checked().as_ref()))
    assert (told.moved, told.other_rule) == (0, 3)


def test_cases_of_long_ago_and_those_one_may_not_see_do_not_count(
    cast: Cast, keeper: User, cases: list[Case]
) -> None:
    rule = RuleFactory.create()
    Case.objects.filter(pk=cases[0].pk).update(opened_at=clock.now() - timedelta(days=31))
    assert what_if(keeper, Change(on=today(), ends=rule.pk)).moved == 3
    assert what_if(cast.zhao, Change(on=today(), ends=rule.pk)).moved == 0


def test_a_year_of_cases_says_what_each_rule_did(
    cast: Cast, kinds: Kinds, keeper: User, cases: list[Case]
) -> None:
    wide = RuleFactory.create()
    close = RuleFactory.create(category=kinds.rubbish, unit=cast.department)
    idle = RuleFactory.create(category=kinds.smoking, area=cast.land.east, unit=cast.department)
    told = firing(keeper)
    assert told.decided == {close.pk: 3, wide.pk: 1}
    assert (told.fitted[wide.pk], told.closer[wide.pk]) == (4, {close.pk: 3})
    assert idle.pk not in told.fitted


def test_the_month_counts_what_went_where_a_rule_said(
    cast: Cast, kinds: Kinds, cases: list[Case]
) -> None:
    rule = RuleFactory.create()
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(rule=rule)
    Case.objects.filter(pk=cases[0].pk).update(opened_at=clock.now() - timedelta(days=31))
    assert decided_lately() == {rule.pk: 2}
