"""The pages of rules: list, editor with preview, checks, try it, history."""

from typing import Any

import pytest
from django.test import Client

from gulou.cases.models import Case
from gulou.catalogue.models import Rule
from gulou.catalogue.queries import rules_on
from gulou.outbox.models import Event
from gulou.people.queries import today
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.catalogue import ConditionFactory, RuleFactory


@pytest.fixture
def wide(cast: Cast, kinds: Kinds) -> Rule:
    """The street of the place is responsible for everything."""
    return RuleFactory.create()


def filled(cast: Cast, **given: Any) -> dict[str, Any]:
    return {"leads": cast.department.pk, "since": today().isoformat(), **given}


def text(answer: Any) -> str:
    return str(answer.content.decode())


ADDRESSES = (
    "/setup/rules/", "/setup/rules/new/", "/setup/rules/check/", "/setup/rules/try/",
    "/setup/rules/history/",
)  # fmt: skip


def test_every_page_opens_for_who_may_and_for_nobody_else(
    cast: Cast,
    keeper: Client,
    wide: Rule,
    as_user: Any,
) -> None:
    lin = as_user(cast.lin)
    pages = [*ADDRESSES, *(f"/setup/rules/{wide.pk}/{more}" for more in ("", "end/", "history/"))]
    for address in pages:
        assert keeper.get(address).status_code == 200, address
        assert lin.get(address).status_code == 403, address
    assert keeper.get("/setup/rules/0/").status_code == 404


def test_the_list_narrows_down(cast: Cast, keeper: Client, kinds: Kinds, wide: Rule) -> None:
    mine = RuleFactory.create(category=kinds.rubbish, unit=cast.department)
    over = RuleFactory.create(category=kinds.smoking, unit=cast.street, until=today())
    both = text(keeper.get("/setup/rules/"))
    assert f"/setup/rules/{mine.pk}/" in both
    assert f"/setup/rules/{over.pk}/" not in both
    narrowed = text(keeper.get("/setup/rules/", {"unit": cast.department.pk}))
    assert f"/setup/rules/{mine.pk}/" in narrowed
    assert f"/setup/rules/{wide.pk}/" not in narrowed
    assert f"/setup/rules/{over.pk}/" in text(keeper.get("/setup/rules/", {"state": "over"}))


def test_saving_shows_first_what_would_move_and_changes_nothing_yet(
    cast: Cast, keeper: Client, kinds: Kinds, wide: Rule
) -> None:
    case = a_case(cast, kinds.rubbish)
    a_case(cast, kinds.smoking)
    form = filled(cast, category=kinds.rubbish.pk, certain="on")
    seen = keeper.post("/setup/rules/new/", form)
    assert seen.status_code == 200
    assert "1 of the 2 cases of the past 30 days would have gone elsewhere" in text(seen)
    assert case.number in text(seen)
    assert [rule.id for rule in rules_on(today())] == [wide.pk]
    done = keeper.post("/setup/rules/new/", {**form, "confirmed": "1"})
    assert done.status_code == 302
    [_wide, new] = rules_on(today())
    assert (new.category_id, new.unit_id, new.certain) == (
        kinds.rubbish.pk, cast.department.pk, True,
    )  # fmt: skip


def test_the_preview_carries_everything_that_was_typed(
    cast: Cast, keeper: Client, kinds: Kinds, wide: Rule
) -> None:
    form = filled(cast, reason="三定方案 <b>", assisting=[cast.street.pk, cast.other_street.pk])
    seen = text(keeper.post(f"/setup/rules/{wide.pk}/", form))
    assert 'name="reason" value="三定方案 &lt;b&gt;"' in seen
    for unit in (cast.street, cast.other_street):
        assert f'name="assisting" value="{unit.pk}"' in seen


def test_the_same_rule_twice_is_refused_with_a_link_to_the_first(
    cast: Cast, keeper: Client, wide: Rule
) -> None:
    answer = keeper.post("/setup/rules/new/", filled(cast))
    assert answer.status_code == 409
    assert f'href="/setup/rules/{wide.pk}/"' in text(answer)
    assert Rule.objects.count() == 1


def test_what_does_not_fit_together_stands_beside_its_field(
    cast: Cast, keeper: Client, kinds: Kinds, wide: Rule
) -> None:
    condition = ConditionFactory.create()
    answer = keeper.post("/setup/rules/new/", filled(cast, condition=condition.pk))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    answer = keeper.post("/setup/rules/new/", filled(cast, leads=""))
    assert answer.status_code == 422


def test_a_rule_is_changed_and_the_history_takes_it_back(
    cast: Cast, keeper: Client, wide: Rule
) -> None:
    keeper.post(f"/setup/rules/{wide.pk}/", filled(cast, confirmed="1"))
    [new] = rules_on(today())
    assert new.unit_id == cast.department.pk
    page = text(keeper.get(f"/setup/rules/{new.id}/history/"))
    event = Event.objects.get(name="rule.set")
    assert f"/setup/undo/catalogue/{event.pk}/" in page
    keeper.post(f"/setup/undo/catalogue/{event.pk}/")
    assert [rule.id for rule in rules_on(today())] == [wide.pk]
    assert "This rule has ended" in text(keeper.get(f"/setup/rules/{new.id}/"))


def test_a_rule_is_ended_after_a_look(cast: Cast, keeper: Client, kinds: Kinds, wide: Rule) -> None:
    a_case(cast, kinds.rubbish)
    form = {"on": today().isoformat()}
    seen = text(keeper.post(f"/setup/rules/{wide.pk}/end/", form))
    assert "1 of the 1 cases" in seen
    assert rules_on(today())
    keeper.post(f"/setup/rules/{wide.pk}/end/", {**form, "confirmed": "1"})
    assert not rules_on(today())


def test_nobody_else_takes_a_change_back(
    cast: Cast,
    keeper: Client,
    wide: Rule,
    as_user: Any,
) -> None:
    keeper.post(f"/setup/rules/{wide.pk}/", filled(cast, confirmed="1"))
    event = Event.objects.get(name="rule.set")
    assert as_user(cast.lin).post(f"/setup/undo/catalogue/{event.pk}/").status_code == 403


def test_choosing_a_category_brings_its_conditions(keeper: Client, kinds: Kinds) -> None:
    asked = text(keeper.get("/setup/rules/new/", {"category": kinds.rubbish.pk}))
    assert f'<option value="{kinds.danger.pk}"' in asked
    assert f'<option value="{kinds.danger.pk}"' not in text(keeper.get("/setup/rules/new/"))


def test_checks_name_the_idle_and_the_shadowed(
    cast: Cast, keeper: Client, kinds: Kinds, wide: Rule
) -> None:
    a_case(cast, kinds.rubbish)
    for kind in (kinds.rubbish, kinds.smoking):
        RuleFactory.create(category=kind, unit=cast.department)
    page = text(keeper.get("/setup/rules/check/"))
    assert page.count("Never decides") == 1
    assert page.count("Did not decide") == 1
    assert "No case of this kind came from there" in page


def test_trying_says_which_rule_and_why(
    cast: Cast, keeper: Client, kinds: Kinds, wide: Rule
) -> None:
    asked: dict[str, Any] = {
        "ask": "1",
        "category": kinds.rubbish.pk,
        "lat": "26.07",
        "lon": "119.29",
    }
    page = text(keeper.get("/setup/rules/try/", asked))
    assert cast.street.name_en in page
    assert f"/setup/rules/{wide.pk}/" in page
    assert Case.objects.count() == 0
    nowhere = text(keeper.get("/setup/rules/try/", {**asked, "lat": ""}))
    assert "Choose a place on the map" in nowhere
    outside = text(keeper.get("/setup/rules/try/", {**asked, "lat": "1"}))
    assert "outside the district" in outside
