"""Closed cases are looked at again: drawn by lot at closing, unseen by those it concerns, on record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from gulou.cases import draws, operations, queries
from gulou.cases.facts import CaseClosed, CaseReopened
from gulou.cases.jobs import draw_revisits_anew
from gulou.cases.models import Case, Revisit
from gulou.cases.operations.revisits import may_be_named, planned
from gulou.cases.states import State
from gulou.catalogue import queries as catalogue
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.operations import set_checking
from gulou.config.reactions import REACTIONS
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.outbox.models import Event
from gulou.people.models import Role, UnitKind, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, evidence, left_to_he, reason
from tests.factories.people import PostingFactory, UnitFactory, UserFactory

DAY = timedelta(days=1)
ALL_BLIND = CheckingRef(blind_share=100)
ALL_LOOKED_BACK = CheckingRef(first_share=100, second_share=100)


@pytest.fixture
def ma(cast: Cast, kinds: Kinds) -> User:
    """A colleague of he in the supervision team, who may look back too."""
    role = Role.objects.get(code="rechecker")
    role.verbs = [*role.verbs, "case.look_back"]
    role.save()
    user = UserFactory.create(display_name="Ma")
    PostingFactory.create(user=user, role=role, unit=cast.team)
    return user


def closed(cast: Cast, kinds: Kinds, checking: CheckingRef) -> Case:
    """A case that he closed under these shares, and what the worker does then."""
    if catalogue.checkings().get(None) != checking:
        set_checking(None, checking, by="system")
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    sample(case)
    case.refresh_from_db()
    return case


def sample(case: Case) -> None:
    event = Event.objects.filter(subject_uid=case.uid, name="case.closed").latest("pk")
    operations.sample_closed(case.uid, closing=event.pk)


def facts(case: Case, name: str) -> list[Any]:
    return [
        one.payload for one in Event.objects.filter(subject_uid=case.uid, name=name).order_by("pk")
    ]


def the(case: Case, nth: int = 0) -> Revisit:
    return Revisit.objects.get(case=case, nth=nth)


# Drawing ------------------------------------------------------------------------------------------


def test_a_closing_is_drawn_once_by_a_seed_on_record(cast: Cast, kinds: Kinds, ma: User) -> None:
    case = closed(cast, kinds, ALL_BLIND)
    (fact,) = facts(case, "case.sampled")
    assert draws.is_drawn(fact["seed"], fact["blind_share"])
    sample(case)
    assert Revisit.objects.count() == 1 and len(facts(case, "case.sampled")) == 1


def test_a_closing_that_draws_nobody_is_drawn_once_too(cast: Cast, kinds: Kinds, ma: User) -> None:
    case = closed(cast, kinds, CheckingRef(blind_share=1))
    sample(case)
    assert len(facts(case, "case.sampled")) == 1


def test_only_the_last_closing_is_drawn(cast: Cast, kinds: Kinds, ma: User) -> None:
    set_checking(None, ALL_BLIND, by="system")
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    case = operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    case = operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk)
    case = operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    operations.close_case(left_to_he(cast, case), by=cast.he, words="已核查")
    closings = Event.objects.filter(subject_uid=case.uid, name="case.closed").order_by("pk")
    for closing in closings.values_list("pk", flat=True):
        operations.sample_closed(case.uid, closing=closing)
    (fact,) = facts(case, "case.sampled")
    assert fact["event"] == closings[1].pk


def test_nothing_is_drawn_without_a_share_or_of_what_was_taken_back(
    cast: Cast, kinds: Kinds, ma: User
) -> None:
    case = closed(cast, kinds, CheckingRef())
    assert facts(case, "case.sampled") == []
    set_checking(None, ALL_BLIND, by="system")
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    operations.undo_move(case, by=cast.he)
    sample(case)
    assert not Revisit.objects.exists()


def test_look_backs_are_sealed_until_their_day(cast: Cast, kinds: Kinds, ma: User) -> None:
    case = closed(cast, kinds, ALL_LOOKED_BACK)
    (fact,) = facts(case, "case.sampled")
    assert queries.my_revisits(ma) == [] and operations.begin_look_backs() == 0
    assert the(case, 1).seed not in str(fact)
    with clock.at(clock.now() + 7 * DAY):
        assert operations.begin_look_backs() == 1
        assert operations.begin_look_backs() == 0
        (begun,) = facts(case, "case.revisit_begun")
        days, share, seal = fact["look_backs"][0].split()
        assert (days, share, seal) == ("7", "100", draws.sealed(begun["lot"]))
        assert draws.holds(begun)
        (row,) = queries.my_revisits(ma)
        assert (row.number, row.days, row.late) == (case.number, 7, False)
    with clock.at(clock.now() + 30 * DAY):
        assert operations.begin_look_backs() == 1, "the second one"
        assert next(row.late for row in queries.my_revisits(ma))


def test_the_sweep_asks_one_index(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "revisit_planned" in planned().values_list("pk", "case_id")[:200].explain()


# The independent recheck ----------------------------------------------------------------------------


def test_the_third_person_reads_neither_who_closed_it_nor_what_they_said(
    cast: Cast, kinds: Kinds, ma: User
) -> None:
    set_checking(None, ALL_BLIND, by="system")
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    shot = evidence()
    case = operations.close_case(case, by=cast.he, words="何的结论", evidence=shot)
    sample(case)
    revisit, seen = queries.revisit_seen_by(ma, the(case).uid)
    assert revisit.person == ma, "not he, who closed it"
    assert seen.row.number == "" and seen.closed_at is None and seen.handled == "已清理"
    assert "何的结论" not in str(seen) and str(cast.he) not in str(seen)
    kept = case.photos.order_by("pk")
    assert [one.uid for one in seen.photos] == [kept[0].photo.uid], "nor the rechecker's picture"
    with pytest.raises(NotFound):
        queries.case_seen_by(ma, case.number)
    assert queries.photo_for_revisit(ma, kept[0].photo.uid) is not None
    assert queries.photo_for_revisit(ma, kept[1].photo.uid) is None
    assert queries.photo_for_revisit(cast.zhao, kept[0].photo.uid) is None


def test_a_differing_verdict_opens_the_case_again_and_counts_for_who_closed_it(
    cast: Cast, kinds: Kinds, ma: User
) -> None:
    case, other = closed(cast, kinds, ALL_BLIND), closed(cast, kinds, ALL_BLIND)
    with pytest.raises(Invalid):
        operations.answer_revisit(the(case), by=ma, passed=False, words="")
    operations.answer_revisit(the(case), by=ma, passed=False, words="垃圾还在")
    operations.answer_revisit(the(other), by=ma, passed=True, words="")
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.state, case.step_kind, case.step_unit) == ("filed", "dispatch", cast.office)
    assert other.state == State.CLOSED
    (fact,) = facts(case, "case.blind_rechecked")
    assert (fact["passed"], fact["rechecker"]) == (False, str(cast.he.uid))
    assert len(facts(case, "case.reopened")) == 1
    (one,) = queries.blind_verdicts(clock.now() - DAY, clock.now() + DAY)
    assert (one.unit_id, one.said, one.differing) == (cast.street.pk, 2, 1)
    with pytest.raises(Refusal):
        operations.answer_revisit(the(case), by=ma, passed=True, words="又好了")


def test_neither_who_closed_it_nor_a_reader_of_the_case_nor_a_stranger_answers(
    cast: Cast, kinds: Kinds, ma: User, roles: dict[str, Role]
) -> None:
    case = closed(cast, kinds, ALL_BLIND)
    reads_it = UserFactory.create()
    PostingFactory.create(user=reads_it, role=roles["rechecker"], unit=cast.team)
    PostingFactory.create(user=reads_it, role=roles["reader"], unit=cast.root)
    for who in (cast.he, cast.lin, cast.zhao, reads_it):
        with pytest.raises(NotAllowed):
            operations.answer_revisit(the(case), by=who, passed=True, words="好")
        with pytest.raises(NotFound):
            queries.revisit_seen_by(who, the(case).uid)


def test_nobody_left_waits_for_the_office_that_names_somebody(cast: Cast, kinds: Kinds) -> None:
    case = closed(cast, kinds, ALL_BLIND)
    assert (the(case).person, the(case).unit) == (None, cast.office)
    assert queries.unmanned_revisits(cast.guo) == 1 and queries.unmanned_revisits(cast.he) == 0
    with pytest.raises(NotAllowed):
        operations.name_revisitor(the(case), by=cast.he, person=cast.chen)
    for wrong in (cast.he, cast.lin, cast.wu):
        with pytest.raises(Invalid):
            operations.name_revisitor(the(case), by=cast.guo, person=wrong)
    operations.name_revisitor(the(case), by=cast.guo, person=cast.chen)
    assert len(queries.my_revisits(cast.chen)) == 1
    operations.answer_revisit(the(case), by=cast.chen, passed=True, words="")
    assert facts(case, "case.revisit_named")[0]["person"] == str(cast.chen.uid)


# The look-back ------------------------------------------------------------------------------------


@pytest.fixture
def visited(cast: Cast, kinds: Kinds, ma: User) -> Any:
    """A case seven days after it was closed: ma is to look at it."""
    case = closed(cast, kinds, ALL_LOOKED_BACK)
    with clock.at(clock.now() + 7 * DAY):
        operations.begin_look_backs()
        yield case


def test_what_is_still_in_order_stays_closed_and_is_visited_again_later(
    cast: Cast, ma: User, visited: Case
) -> None:
    with pytest.raises(Invalid):
        operations.answer_revisit(the(visited, 1), by=ma, passed=True, words="")
    shot = evidence()
    operations.answer_revisit(the(visited, 1), by=ma, passed=True, words="", evidence=shot)
    visited.refresh_from_db()
    assert visited.state == State.CLOSED
    (fact,) = facts(visited, "case.looked_back")
    assert fact["passed"] and len(fact["photos"]) == 1
    with clock.at(clock.now() + 23 * DAY):
        assert operations.begin_look_backs() == 1


def test_what_has_come_back_is_opened_with_a_new_clock_and_counts_as_recurrence(
    cast: Cast, kinds: Kinds, ma: User, visited: Case
) -> None:
    operations.answer_revisit(the(visited, 1), by=ma, passed=False, words="又堆满了")
    visited.refresh_from_db()
    assert visited.state == State.FILED
    assert visited.due_at is not None and visited.due_at > clock.now()
    (one,) = queries.confirmed_recurrences(clock.now() - DAY, clock.now() + DAY)
    assert (one.unit_id, one.category_id, one.count) == (cast.street.pk, kinds.rubbish.pk, 1)
    assert visited.number in {
        row.number for row in queries.queue(cast.guo, queries.Filters(back=True)).rows
    }
    operations.skip_revisits(visited.uid)
    assert the(visited, 2).outcome == "skipped"
    assert [one["nth"] for one in facts(visited, "case.revisit_skipped")] == [2]


def test_it_is_left_out_where_the_case_was_opened_meanwhile(
    cast: Cast, ma: User, visited: Case
) -> None:
    operations.reopen_case(visited, by=cast.guo, reason_id=reason("reopen").pk)
    with pytest.raises(Refusal):
        operations.answer_revisit(the(visited, 1), by=ma, passed=True, words="好")
    with clock.at(clock.now() + 30 * DAY):
        operations.begin_look_backs()
    assert the(visited, 2).outcome == "skipped"
    operations.skip_revisits(visited.uid)
    assert the(visited, 1).outcome == "skipped"
    assert queries.my_revisits(ma) == []


def test_a_colleague_of_that_unit_does_it_on_record(cast: Cast, ma: User, visited: Case) -> None:
    colleague = UserFactory.create()
    PostingFactory.create(user=colleague, role=Role.objects.get(code="rechecker"), unit=cast.team)
    (row,) = queries.revisits_beside(colleague)
    assert row.person == str(ma) and queries.revisits_beside(cast.he) == []
    operations.answer_revisit(the(visited, 1), by=colleague, passed=True, words="好")
    assert facts(visited, "case.looked_back")[0]["instead_of"] == str(ma.uid)


def test_who_was_drawn_hands_it_over_or_has_left(cast: Cast, ma: User, visited: Case) -> None:
    colleague = UserFactory.create()
    PostingFactory.create(user=colleague, role=Role.objects.get(code="rechecker"), unit=cast.team)
    with pytest.raises(NotAllowed):
        operations.hand_over_revisit(the(visited, 1), by=colleague, words="我来")
    operations.hand_over_revisit(the(visited, 1), by=ma, words="出差")
    assert the(visited, 1).person == colleague
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert draw_revisits_anew() == 1
    assert the(visited, 1).person == ma and draw_revisits_anew() == 0


def test_who_came_to_the_unit_that_handled_it_hands_it_over(
    cast: Cast, ma: User, visited: Case, roles: dict[str, Role]
) -> None:
    PostingFactory.create(user=ma, role=roles["reader"], unit=cast.street)
    with pytest.raises(NotAllowed):
        operations.answer_revisit(the(visited, 1), by=ma, passed=True, words="好")
    operations.hand_over_revisit(the(visited, 1), by=ma, words="调到该街道")
    assert the(visited, 1).person != ma


def test_who_reads_what_an_assisting_unit_reads_is_not_named(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    above = UnitFactory.create(parent=cast.root, kind=UnitKind.DEPARTMENT)
    beneath = UnitFactory.create(parent=above, kind=UnitKind.DEPARTMENT)
    person = UserFactory.create()
    PostingFactory.create(user=person, role=roles["reader"], unit=above)
    case = closed(cast, kinds, ALL_BLIND)
    assert may_be_named(person, case, the(case))
    case.assisting = [beneath.pk]
    case.save(update_fields=["assisting"])
    with pytest.raises(Invalid):
        operations.name_revisitor(the(case), by=cast.guo, person=person)


def test_the_worker_does_all_this() -> None:
    assert "sample_closed" in {one.call.__name__ for one in REACTIONS[CaseClosed]}
    assert "skip_revisits" in {one.call.__name__ for one in REACTIONS[CaseReopened]}
