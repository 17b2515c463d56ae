"""Rules that never decide, and rules that cut across each other."""

from uuid import uuid4

import pytest

from gulou.catalogue import operations, rulebook
from gulou.catalogue import overlaps as module
from gulou.catalogue.models import Category, Condition, Rule
from gulou.catalogue.overlaps import Because, Overlaps, Silence, overlaps, overlaps_now
from gulou.people.queries import today
from gulou.places import current as areas
from gulou.places.models import Area
from tests.conftest import Cast
from tests.factories.catalogue import (
    CategoryFactory,
    ClassFactory,
    ConditionFactory,
    RuleFactory,
)
from tests.factories.people import UnitFactory
from tests.factories.places import LevelFactory


@pytest.fixture
def litter(db: None) -> Category:
    return CategoryFactory.create()


def found() -> Overlaps:
    return overlaps(rulebook.rules_now(), on=today())


def silent() -> dict[int, tuple[Silence, list[int]]]:
    return {one.rule.id: (one.why, [by.id for by in one.by]) for one in found().silent}


def test_rules_that_nest_are_in_order(cast: Cast, litter: Category) -> None:
    CategoryFactory.create()
    CategoryFactory.create(parent=ClassFactory.create(code="event.02"))
    RuleFactory.create()
    RuleFactory.create(category=litter.parent, unit=cast.department)
    RuleFactory.create(category=litter, area=cast.land.west, unit=cast.other_street)
    assert found() == Overlaps((), (), complete=True)


def test_a_class_whose_every_subclass_has_a_rule_of_its_own_never_decides(
    cast: Cast, litter: Category
) -> None:
    other = CategoryFactory.create()
    whole = RuleFactory.create(category=litter.parent)
    parts = [RuleFactory.create(category=one, unit=cast.department) for one in (litter, other)]
    [(why, by)] = silent().values()
    assert (why, sorted(by)) == (Silence.SHADOWED, [part.pk for part in parts])
    assert whole.pk in silent()


def test_a_street_whose_communities_all_have_rules_never_decides(
    cast: Cast, litter: Category
) -> None:
    street = RuleFactory.create(area=cast.land.west, category=litter)
    for community in cast.land.communities[:2]:
        RuleFactory.create(area=community, category=litter, unit=cast.department)
    assert list(silent()) == [street.pk]


def test_every_condition_together_shadows_the_rule_without_one(
    cast: Cast, litter: Category
) -> None:
    conditions: list[Condition] = [
        ConditionFactory.create(category=litter),
        ConditionFactory.create(category=litter, is_default=False),
    ]
    plain = RuleFactory.create(category=litter)
    RuleFactory.create(category=litter, condition=conditions[0], unit=cast.department)
    assert silent() == {}
    RuleFactory.create(category=litter, condition=conditions[1], unit=cast.department)
    assert silent()[plain.pk][0] == Silence.SHADOWED


def test_what_is_gone_is_named(cast: Cast, litter: Category) -> None:
    gone = UnitFactory.create(active=False)
    retired = CategoryFactory.create(active=False)
    dissolved = RuleFactory.create(category=litter, unit=gone)
    of_retired = RuleFactory.create(category=retired, unit=cast.department)
    assert {id: why for id, (why, _by) in silent().items()} == {
        dissolved.pk: Silence.DISSOLVED, of_retired.pk: Silence.RETIRED,
    }  # fmt: skip


def test_a_rule_for_the_street_where_no_unit_looks_after_it(cast: Cast, litter: Category) -> None:
    cast.street.area = None
    cast.street.save()
    rule = RuleFactory.create(area=cast.land.west, category=litter)
    RuleFactory.create(unit=cast.department)
    assert silent() == {rule.pk: (Silence.NO_UNIT, [])}


def crossing(one: Rule, other: Rule) -> tuple[int, int, Because]:
    [found_one] = found().crossings
    assert {found_one.winner.id, found_one.loser.id} == {one.pk, other.pk}
    return found_one.winner.id, found_one.loser.id, found_one.because


def test_a_category_everywhere_wins_against_everything_in_a_street(
    cast: Cast, litter: Category
) -> None:
    CategoryFactory.create()
    everywhere = RuleFactory.create(category=litter, unit=cast.department)
    street = RuleFactory.create(area=cast.land.west)
    assert crossing(everywhere, street) == (everywhere.pk, street.pk, Because.CATEGORY)


def test_a_condition_everywhere_wins_against_the_category_in_a_street(
    cast: Cast, litter: Category
) -> None:
    danger = ConditionFactory.create(category=litter)
    ConditionFactory.create(category=litter, is_default=False)
    everywhere = RuleFactory.create(category=litter, condition=danger, unit=cast.department)
    street = RuleFactory.create(category=litter, area=cast.land.west)
    assert crossing(everywhere, street) == (everywhere.pk, street.pk, Because.CONDITION)


def test_rules_that_lead_to_the_same_unit_are_no_matter(cast: Cast, litter: Category) -> None:
    CategoryFactory.create()
    RuleFactory.create(category=litter, unit=cast.department)
    RuleFactory.create(area=cast.land.west, unit=cast.department)
    assert found().crossings == ()


def test_a_thousand_cells_cost_no_more_than_one(
    cast: Cast, litter: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid, community = LevelFactory.create(code="grid"), cast.land.communities[0]
    Area.objects.bulk_create(
        Area(uid=uuid4(), level=grid, parent=community, code=f"G{n}", name_zh="格")
        for n in range(1000)
    )
    areas.forget()
    whole = RuleFactory.create(category=litter)
    parts = [
        RuleFactory.create(area=area, category=litter, unit=cast.department)
        for area in (cast.land.west, cast.land.east)
    ]
    monkeypatch.setattr(module, "MOST_SITUATIONS", 20)
    assert found().complete
    assert silent() == {whole.pk: (Silence.SHADOWED, [parts[0].pk, parts[1].pk])}


def test_it_is_looked_for_again_only_after_a_change(cast: Cast, litter: Category) -> None:
    RuleFactory.create(category=litter)
    first = overlaps_now(today())
    assert overlaps_now(today()) is first
    made = operations.set_rule(
        category_id=litter.parent_id, unit_id=cast.department.pk, by="system"
    )
    assert [one.rule.id for one in overlaps_now(today()).silent] == [made.pk]
