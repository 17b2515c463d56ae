"""Dispatching, accepting, returning, handling: what each leaves on the record."""

from datetime import UTC, datetime, timedelta

import pytest

from gulou.cases import operations
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, evidence, reason
from tests.factories.people import UnitFactory

FRIDAY_17 = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_handling_has_the_limit_of_the_condition_from_acceptance(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    with clock.at(FRIDAY_17):
        case = operations.accept_case(case, by=cast.lin)
    # Four working hours: one on Friday, three on Monday morning.
    assert case.due_at == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_dispatching_may_choose_another_condition(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = operations.dispatch_case(
        case, by=cast.guo, unit_id=cast.street.pk, condition_id=kinds.danger.pk
    )
    with clock.at(FRIDAY_17):
        case = operations.accept_case(case, by=cast.lin)
    assert case.due_at == FRIDAY_17 + timedelta(hours=2)


def test_a_limit_changed_later_moves_no_running_clock(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    frozen = case.due_at
    kinds.rubbish.conditions.update(amount=40)
    case = operations.note_case(case, by=cast.lin, words="在路上")
    assert case.due_at == frozen


def test_it_names_the_assisting_units_once(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    both = [cast.department.pk, cast.street.pk, cast.department.pk]
    case = operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk, assisting=both)
    assert case.assisting == [cast.department.pk]


@pytest.mark.parametrize("active", [False, None])
def test_it_refuses_a_unit_that_is_not_in_office(
    cast: Cast, kinds: Kinds, active: bool | None
) -> None:
    unit_id = 10**9 if active is None else UnitFactory.create(active=active).pk
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    with pytest.raises(Invalid) as refusal:
        operations.dispatch_case(case, by=cast.guo, unit_id=unit_id)
    assert refusal.value.field == "unit"


def test_returning_gives_it_back_to_the_office_and_counts(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    case = operations.return_case(
        case, by=cast.lin, reason_id=reason("return").pk, words="属于城管局"
    )
    assert (case.state, case.unit, case.returns) == (State.FILED, cast.office, 1)
    assert case.step_kind == "dispatch"
    event = Event.objects.get(name="case.returned")
    assert event.payload["unit"] == cast.street.pk and "城管" not in str(event.payload)


def test_handling_needs_the_photo_that_the_category_asks_for(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    with pytest.raises(Invalid) as refusal:
        operations.handle_case(case, by=cast.lin, words="已清理")
    assert refusal.value.field == "photos"


def test_where_nothing_shows_words_are_enough(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking, state=State.HANDLING)
    case = operations.handle_case(case, by=cast.lin, words="已劝阻")
    assert case.state == State.HANDLED


def test_handling_straight_from_dispatch_shows_both_steps(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence(2))
    ended = list(case.steps.exclude(ended_at=None).values_list("kind", "outcome"))
    assert ended[-2:] == [("accept", "accepted"), ("handle", "handled")]
    assert list(case.photos.values_list("kind", flat=True)) == ["after", "after"]


def test_what_was_tried_stays_when_it_is_refused(cast: Cast, kinds: Kinds) -> None:
    from gulou.photos.queries import staged_photos

    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    sent = evidence()
    with pytest.raises(Invalid):
        operations.handle_case(case, by=cast.lin, words="", evidence=sent)
    assert [photo.uid for photo in staged_photos(sent.draft)] == list(sent.photos)
