"""Ending a responsibility."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gulou.catalogue.models import Rule
from gulou.catalogue.operations import end_rule, set_rule
from gulou.catalogue.queries import rules_on
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.people.models import User
from gulou.people.queries import today
from tests.conftest import Cast
from tests.factories.catalogue import RuleFactory


@pytest.fixture
def rule(cast: Cast) -> Rule:
    return RuleFactory.create(unit=cast.department)


def test_it_no_longer_holds_today_but_did_yesterday(keeper: User, rule: Rule) -> None:
    end_rule(rule.pk, by=keeper)
    assert rules_on(today()) == []
    assert [ref.id for ref in rules_on(today() - timedelta(days=1))] == [rule.pk]


def test_it_records_it(keeper: User, rule: Rule, facts_about: Callable[..., list[Any]]) -> None:
    end_rule(rule.pk, by=keeper, on=today() + timedelta(days=3))
    [(name, actor, content)] = facts_about(rule)
    assert (name, actor) == ("rule.ended", keeper.actor)
    assert content == {
        "until": (today() + timedelta(days=3)).isoformat(), "until_before": "", "replaced_by": None,
    }  # fmt: skip


def test_today_is_the_day_where_the_office_is(keeper: User, rule: Rule) -> None:
    with clock.at(datetime(2026, 11, 23, 18, tzinfo=UTC)):
        assert end_rule(rule.pk, by=keeper).until == date(2026, 11, 24)


def test_its_place_is_free_the_same_day(keeper: User, cast: Cast, rule: Rule) -> None:
    end_rule(rule.pk, by=keeper)
    new = set_rule(by=keeper, lead="street")
    assert [ref.id for ref in rules_on(today())] == [new.pk]


def test_a_rule_that_has_not_begun_never_will(keeper: User, cast: Cast) -> None:
    day = today() + timedelta(days=10)
    rule = RuleFactory.create(unit=cast.department, since=day)
    assert end_rule(rule.pk, by=keeper).until == day
    assert rules_on(day) == []


def test_it_refuses_a_day_that_is_past(keeper: User, rule: Rule) -> None:
    with pytest.raises(Invalid, match="ends_in_the_past"):
        end_rule(rule.pk, by=keeper, on=today() - timedelta(days=1))


def test_it_refuses_to_end_twice(keeper: User, rule: Rule) -> None:
    end_rule(rule.pk, by=keeper)
    with pytest.raises(Refusal, match="ended_already"):
        end_rule(rule.pk, by=keeper)


def test_an_end_to_come_may_be_brought_forward(keeper: User, rule: Rule) -> None:
    end_rule(rule.pk, by=keeper, on=today() + timedelta(days=9))
    assert end_rule(rule.pk, by=keeper).until == today()


def test_it_refuses_one_that_does_not_exist(keeper: User) -> None:
    with pytest.raises(NotFound):
        end_rule(0, by=keeper)


def test_it_refuses_who_may_not(cast: Cast, rule: Rule) -> None:
    with pytest.raises(NotAllowed):
        end_rule(rule.pk, by=cast.lin)
    rule.refresh_from_db()
    assert rule.until is None
