"""Changing a rule, and taking changes back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gulou.catalogue import history
from gulou.catalogue.models import Rule
from gulou.catalogue.operations import (
    RuleContradicts,
    RuleDraft,
    change_rule,
    end_rule,
    resume_rule,
    set_rule,
    take_back,
)
from gulou.catalogue.queries import rules_on
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.people.queries import today
from tests.conftest import Cast
from tests.factories.catalogue import CategoryFactory, RuleFactory

TOMORROW = timedelta(days=1)


@pytest.fixture
def old(keeper: User, cast: Cast) -> Rule:
    """The department has been responsible for everything for long, and without end."""
    return RuleFactory.create(unit=cast.department, reason="三定方案")


def last(name: str) -> int:
    return Event.objects.filter(name=name).latest("id").pk


def in_force() -> list[tuple[int, int | None]]:
    return [(rule.id, rule.unit_id) for rule in rules_on(today())]


def test_the_old_rule_ends_and_the_new_one_begins_on_the_same_day(
    keeper: User, cast: Cast, old: Rule, facts_about: Callable[..., list[Any]]
) -> None:
    new = change_rule(old.pk, RuleDraft(unit_id=cast.street.pk), by=keeper)
    old.refresh_from_db()
    assert (old.until, new.since, in_force()) == (today(), today(), [(new.pk, cast.street.pk)])
    [(name, actor, content)] = facts_about(old)
    assert (name, actor) == ("rule.ended", keeper.actor)
    assert (content["until_before"], content["replaced_by"]) == ("", new.pk)
    assert facts_about(new)[0][2]["replaces"] == old.pk


def test_it_may_change_only_later(keeper: User, cast: Cast, old: Rule) -> None:
    new = change_rule(
        old.pk, RuleDraft(unit_id=cast.street.pk, since=today() + TOMORROW), by=keeper
    )
    assert in_force() == [(old.pk, cast.department.pk)]
    assert [rule.id for rule in rules_on(today() + TOMORROW)] == [new.pk]


def test_it_refuses_who_may_not_and_what_cannot_be(keeper: User, cast: Cast, old: Rule) -> None:
    draft = RuleDraft(unit_id=cast.street.pk)
    with pytest.raises(NotAllowed):
        change_rule(old.pk, draft, by=cast.lin)
    with pytest.raises(NotFound):
        change_rule(0, draft, by=keeper)
    with pytest.raises(Invalid) as refused:
        change_rule(old.pk, replace(draft, since=today() - TOMORROW), by=keeper)
    assert refused.value.field == "since"
    with pytest.raises(Refusal, match="same_rule"):
        change_rule(old.pk, RuleDraft(unit_id=cast.department.pk, reason="三定方案"), by=keeper)
    end_rule(old.pk, by=keeper)
    with pytest.raises(Refusal, match="ended_already"):
        change_rule(old.pk, draft, by=keeper)


def test_what_another_rule_says_already_is_refused_with_that_rule(
    keeper: User, cast: Cast, old: Rule
) -> None:
    category = CategoryFactory.create()
    other = set_rule(by=keeper, category_id=category.pk, lead="street")
    with pytest.raises(RuleContradicts) as refused:
        change_rule(other.pk, RuleDraft(unit_id=cast.department.pk, since=today()), by=keeper)
    assert refused.value.rule_id == old.pk
    other.refresh_from_db()
    assert other.until is None, "nothing is half done"


def test_a_change_is_taken_back(keeper: User, cast: Cast, old: Rule) -> None:
    new = change_rule(old.pk, RuleDraft(unit_id=cast.street.pk), by=keeper)
    take_back(last("rule.set"), by=keeper)
    assert in_force() == [(old.pk, cast.department.pk)]
    new.refresh_from_db()
    assert new.until == new.since, "it never held"
    with pytest.raises(Refusal, match="cannot_take_back"):
        take_back(Event.objects.get(subject_uid=new.uid, name="rule.set").pk, by=keeper)


def test_days_later_the_old_rule_is_set_again_and_the_days_between_stay(
    keeper: User, cast: Cast, old: Rule
) -> None:
    change_rule(old.pk, RuleDraft(unit_id=cast.street.pk), by=keeper)
    then = today()
    with clock.at(clock.now() + timedelta(days=3)):
        take_back(last("rule.set"), by=keeper)
        [(again, unit)] = in_force()
        assert (again == old.pk, unit) == (False, cast.department.pk)
        assert Rule.objects.get(pk=again).reason == "三定方案"
    [held] = rules_on(then + TOMORROW)
    assert held.unit_id == cast.street.pk


def test_an_end_is_taken_back_and_that_too(keeper: User, cast: Cast, old: Rule) -> None:
    end_rule(old.pk, by=keeper)
    ended = last("rule.ended")
    take_back(ended, by=keeper)
    assert in_force() == [(old.pk, cast.department.pk)]
    with pytest.raises(Refusal, match="cannot_take_back"):
        take_back(ended, by=keeper)
    take_back(last("rule.reopened"), by=keeper)
    assert in_force() == []


def test_a_newer_rule_for_the_same_stands_in_the_way(keeper: User, cast: Cast, old: Rule) -> None:
    end_rule(old.pk, by=keeper)
    newer = set_rule(by=keeper, lead="street")
    with pytest.raises(Refusal, match="cannot_take_back"):
        take_back(last("rule.ended"), by=keeper)
    with pytest.raises(RuleContradicts):
        resume_rule(old.pk, until=None, by=keeper)
    assert in_force() == [(newer.pk, None)]


def test_only_who_may_change_may_take_back(keeper: User, cast: Cast, old: Rule) -> None:
    end_rule(old.pk, by=keeper)
    with pytest.raises(NotAllowed):
        take_back(last("rule.ended"), by=cast.lin)
    with pytest.raises(NotFound):
        take_back(0, by=keeper)


def test_the_history_says_from_what_to_what(keeper: User, cast: Cast, old: Rule) -> None:
    new = change_rule(old.pk, RuleDraft(unit_id=cast.street.pk, certain=True), by=keeper)
    changed, ended = history.rule_history(new.pk)
    details = {str(one.label): (one.was, one.became) for one in changed.details}
    assert details["Leads"] == (cast.department.name_en, cast.street.name_en)
    assert details["Certain"] == ("", "yes")
    assert "Where" not in details
    assert (changed.can_undo, ended.can_undo) == (True, False)
    assert changed.actor == keeper.actor
    assert history.rule_history(old.pk) == [ended]
    assert date.fromisoformat(ended.details[0].became) == today()
