"""Verifying, filing, merging and splitting."""

import pytest

from gulou.cases import operations, queries
from gulou.cases.operations import receive_report
from gulou.cases.states import State
from gulou.kit.errors import Invalid, NotFound, Refusal
from gulou.outbox.models import Event
from gulou.people.models import Role
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence, reason
from tests.factories.catalogue import RuleFactory
from tests.factories.people import PostingFactory, UserFactory
from tests.factories.public import show_to_the_public


def test_the_person_tasked_verifies_and_the_office_decides(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    hu = UserFactory.create(username="hu")
    PostingFactory.create(user=hu, role=roles["reader"], unit=cast.community)
    case = a_case(cast, kinds.rubbish)
    assert case not in queries.cases_seen_by(hu)
    case = operations.task_verification(case, by=cast.guo, unit_id=cast.community.pk, person=hu)
    assert case in queries.cases_seen_by(hu)
    case = operations.verify_case(case, by=hu, found=True, words="确有垃圾", evidence=evidence())
    assert (case.state, case.step_kind, case.step_unit) == (State.RECEIVED, "intake", cast.office)
    assert Event.objects.get(name="case.verified").payload["found"] is True
    assert case not in queries.cases_seen_by(hu)


def test_only_a_person_of_the_unit_can_be_tasked(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    with pytest.raises(Invalid):
        operations.task_verification(case, by=cast.guo, unit_id=cast.community.pk, person=cast.chen)


def test_filing_may_correct_what_it_is(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking)
    case = operations.file_case(
        case, by=cast.guo, category_id=kinds.rubbish.pk, condition_id=kinds.danger.pk,
        summary="东街口人行道垃圾", address="东街口",
    )  # fmt: skip
    case.refresh_from_db()
    assert (case.category, case.condition) == (kinds.rubbish, kinds.danger)
    assert (case.summary, case.address) == ("东街口人行道垃圾", "东街口")


def test_filing_refuses_a_condition_of_another_category(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking)
    with pytest.raises(Invalid) as refusal:
        operations.file_case(case, by=cast.guo, condition_id=kinds.danger.pk)
    assert refusal.value.field == "condition"


def test_what_is_passed_on_is_restricted_and_its_pictures_withheld(
    cast: Cast, kinds: Kinds
) -> None:
    sent = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.FILED, photos=tuple(sent.photos), draft=sent.draft
    )
    show_to_the_public()
    case = operations.release_photos(
        case, by=cast.guo, uids=list(sent.photos), summary="路口有垃圾"
    )
    assert queries.public_photo(sent.photos[0]).uid == sent.photos[0]
    case = operations.redirect_case(case, by=cast.guo, reason_id=reason("redirect").pk)
    assert case.restricted
    assert case in queries.cases_seen_by(cast.guo)
    assert case not in queries.cases_seen_by(cast.wu), "wu reads, but nothing restricted"
    with pytest.raises(NotFound):
        queries.public_photo(sent.photos[0])


def test_merging_counts_the_reports_and_splitting_takes_them_back(cast: Cast, kinds: Kinds) -> None:
    first, second, third = (a_case(cast, kinds.rubbish) for _ in range(3))
    operations.merge_case(first, by=cast.guo, into=second)
    operations.merge_case(second, by=cast.guo, into=third)
    third.refresh_from_db()
    assert third.reports_count == 3
    case = operations.split_case(first, by=cast.guo)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (case.state, second.reports_count, third.reports_count) == (State.RECEIVED, 1, 2)


def test_a_case_cannot_be_merged_into_itself_nor_an_ended_one(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    with pytest.raises(Invalid):
        operations.merge_case(case, by=cast.guo, into=case)
    with pytest.raises(Invalid):
        operations.merge_case(
            case, by=cast.guo, into=a_case(cast, kinds.rubbish, state=State.CLOSED)
        )


def test_a_merged_reporter_follows_the_case_that_answers(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish))
    other = a_case(cast, kinds.rubbish, state=State.HANDLED)
    operations.merge_case(report.case, by=cast.guo, into=a_case(cast, kinds.rubbish))
    operations.split_case(report.case, by=cast.guo)
    case = report.case
    operations.merge_case(case, by=cast.guo, into=other)
    operations.close_case(other, by=cast.he)
    seen = queries.tracked(report)
    assert (seen.state, seen.merged, seen.may_answer) == (State.CLOSED, True, True)


def test_nothing_can_be_merged_out_of_recheck(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    with pytest.raises(Refusal):
        operations.merge_case(case, by=cast.guo, into=a_case(cast, kinds.rubbish))


def test_nobody_verifies_who_was_not_asked(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    with pytest.raises(Refusal) as refusal:
        operations.verify_case(case, by=cast.guo, found=True, words="在")
    assert refusal.value.code == "case.not_tasked"


def test_why_this_unit_stays_true_when_the_rules_change(cast: Cast, kinds: Kinds) -> None:
    RuleFactory.create(unit=cast.street)
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    routing = queries.record_of(case, reader=cast.guo).routing
    assert routing is not None and routing.unit_id == cast.street.pk
    RuleFactory.create(unit=cast.department, category=kinds.rubbish)
    routing = queries.record_of(case, reader=cast.guo).routing
    assert routing is None or routing.unit_id == cast.street.pk
