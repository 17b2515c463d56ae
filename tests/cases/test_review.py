"""The recheck is by somebody else; rework keeps what was; reopening starts a new clock."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gulou.cases import operations, queries
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed
from gulou.outbox import kept
from gulou.people import queries as people
from gulou.people.models import Posting, Role
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, drawn, evidence, reason
from tests.factories.people import PostingFactory, UserFactory


def test_somebody_of_a_team_gets_the_recheck(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    assert (case.step_kind, case.step_unit, case.step_person) == ("recheck", cast.team, cast.he)
    assert case.unit == cast.street, "the unit keeps answering for it"


def test_who_has_a_posting_in_a_unit_that_handled_it_may_not_recheck(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    PostingFactory.create(user=cast.he, role=roles["reader"], unit=cast.street)
    with pytest.raises(NotAllowed) as refusal:
        operations.close_case(case, by=cast.he)
    assert refusal.value.code == "case.recheck_by_somebody_else"
    assert not {"close", "rework"} & {m.name for m in queries.moves_open_to(cast.he, case)}


def test_a_posting_below_or_ended_since_counts_too(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    below, left = UserFactory.create(), UserFactory.create()
    for user in (below, left):
        PostingFactory.create(user=user, role=roles["rechecker"], unit=cast.team)
    PostingFactory.create(user=below, role=roles["reader"], unit=cast.community)
    moved = PostingFactory.create(user=left, role=roles["handler"], unit=cast.street)
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    Posting.objects.filter(pk=moved.pk).update(until=case.opened_at.date())
    for user in (below, left):
        with pytest.raises(NotAllowed):
            operations.close_case(case, by=user)


def test_who_reported_it_handled_may_not_recheck_it(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    case = operations.handle_case(case, by=cast.guo, words="代报", evidence=evidence())
    with pytest.raises(NotAllowed):
        operations.close_case(case, by=cast.guo)


def test_without_an_independent_team_the_office_names_somebody(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    PostingFactory.create(user=cast.he, role=roles["reader"], unit=cast.street)
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    assert (case.step_unit, case.step_person) == (cast.office, None)
    with clock.at(clock.now() + timedelta(seconds=20)):
        assert case.number in {row.number for row in queries.my_work(cast.guo)}
    assert cast.he not in queries.rechecker_choices(case)
    case = operations.name_rechecker(case, by=cast.guo, person=cast.chen)
    assert case.step_person == cast.chen
    assert operations.close_case(case, by=cast.chen).state == State.CLOSED


@pytest.mark.parametrize("who", ["lin", "nobody"])
def test_the_office_cannot_name_who_had_a_hand_in_it(cast: Cast, kinds: Kinds, who: str) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    person = cast.lin if who == "lin" else UserFactory.create()
    with pytest.raises(Invalid):
        operations.name_rechecker(case, by=cast.guo, person=person)


def test_the_choice_costs_as_much_for_many_as_for_one(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    kept.forget_all()
    queries.rechecker_choices(case)
    with CaptureQueriesContext(connection) as for_few:
        assert set(queries.rechecker_choices(case)) == {cast.guo, cast.he}
    more = [UserFactory.create() for _ in range(5)]
    for user in more:
        PostingFactory.create(user=user, role=roles["rechecker"], unit=cast.team)
    with CaptureQueriesContext(connection) as for_many:
        assert set(queries.rechecker_choices(case)) == {cast.guo, cast.he, *more}
    assert len(for_few) == len(for_many)


def test_the_buttons_of_a_recheck_ask_once_who_handled_it(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    kept.forget_all()
    queries.moves_open_to(cast.he, case)
    with CaptureQueriesContext(connection) as asked:
        assert {"close", "rework"} <= {move.name for move in queries.moves_open_to(cast.he, case)}
    assert len(asked) == 5, "open steps, reach, what was merged, who handled, their postings"


def test_a_named_person_sees_it_until_it_is_done(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    assert case not in queries.cases_seen_by(cast.zhao)
    case = operations.name_rechecker(case, by=cast.guo, person=cast.zhao)
    assert case in queries.cases_seen_by(cast.zhao)
    assert case not in queries.cases_seen_by(cast.he), "it was given to a person"
    operations.close_case(case, by=cast.zhao)
    assert case not in queries.cases_seen_by(cast.zhao)


def test_rework_keeps_all_evidence_and_starts_a_new_clock(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    case = operations.rework_case(
        case, by=cast.he, reason_id=reason("rework").pk, words="角落没扫", evidence=evidence()
    )
    assert (case.state, case.reworks, case.unit) == (State.HANDLING, 1, cast.street)
    assert case.photos.count() == 2
    assert list(case.steps.filter(kind="handle").values_list("outcome", flat=True)) == [
        "handled", "",
    ]  # fmt: skip
    case = drawn(operations.handle_case(case, by=cast.lin, words="又扫了", evidence=evidence()))
    assert operations.close_case(case, by=cast.he).state == State.CLOSED


def test_reopening_asks_for_a_reason_and_returns_it_to_the_office(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    case = operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    assert (case.state, case.unit, case.ended_at) == (State.FILED, cast.office, None)
    assert case.due_at is not None


def test_what_the_unit_need_not_photograph_the_rechecker_does(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking, state=State.HANDLING)
    case = drawn(operations.handle_case(case, by=cast.lin, words="已劝阻"))
    with pytest.raises(Invalid) as refusal:
        operations.close_case(case, by=cast.he)
    assert refusal.value.field == "photos"
    assert operations.close_case(case, by=cast.he, evidence=evidence()).state == State.CLOSED


def test_a_picture_of_a_failed_recheck_proves_nothing(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking, state=State.HANDLING)
    case = drawn(operations.handle_case(case, by=cast.lin, words="已劝阻"))
    case = operations.rework_case(
        case, by=cast.he, reason_id=reason("rework").pk, words="还在抽", evidence=evidence()
    )
    assert queries.record_of(case, reader=cast.guo).after is None
    case = drawn(operations.handle_case(case, by=cast.lin, words="又劝了"))
    with pytest.raises(Invalid):
        operations.close_case(case, by=cast.he)


def test_an_assisting_unit_and_who_accepted_may_not_recheck(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = operations.dispatch_case(
        case, by=cast.guo, unit_id=cast.street.pk, assisting=[cast.team.pk]
    )
    case = operations.accept_case(case, by=cast.lin)
    case = drawn(operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence()))
    assert case.step_unit == cast.office, "the only team assists, so the office names somebody"
    with pytest.raises(NotAllowed):
        operations.close_case(case, by=cast.he)


def test_who_handled_a_case_merged_into_it_may_not_recheck(cast: Cast, kinds: Kinds) -> None:
    merged = a_case(cast, kinds.rubbish, state=State.FILED)
    merged = operations.dispatch_case(merged, by=cast.guo, unit_id=cast.department.pk)
    merged = operations.accept_case(merged, by=cast.chen)
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    operations.merge_case(merged, by=cast.guo, into=case)
    case = operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    assert cast.chen not in queries.rechecker_choices(case)
    with pytest.raises(Invalid):
        operations.name_rechecker(case, by=cast.guo, person=cast.chen)


def test_who_assisted_with_a_case_merged_into_it_may_not_recheck(cast: Cast, kinds: Kinds) -> None:
    merged = a_case(cast, kinds.rubbish, state=State.FILED)
    merged = operations.dispatch_case(
        merged, by=cast.guo, unit_id=cast.department.pk, assisting=[cast.team.pk]
    )
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    merged = operations.merge_case(merged, by=cast.guo, into=case)
    case = operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    assert cast.he not in queries.rechecker_choices(case)
    assert operations.split_case(merged, by=cast.guo).assisting == []
    assert cast.he in queries.rechecker_choices(case)


def test_a_posting_that_begins_later_bars_nobody(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    later = people.today() + timedelta(days=30)
    PostingFactory.create(user=cast.he, role=roles["reader"], unit=cast.street, since=later)
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    assert operations.close_case(case, by=cast.he).state == State.CLOSED


def test_a_recheck_of_somebody_who_left_waits_at_the_office(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    case = operations.name_rechecker(case, by=cast.guo, person=cast.chen)
    guo = cast.guo
    assert case.number not in {row.number for row in queries.my_work(guo)}
    cast.chen.is_active = False
    cast.chen.save(update_fields=["is_active"])
    assert case.number in {row.number for row in queries.my_work(guo)}
