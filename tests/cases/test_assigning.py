"""Who rechecks is drawn by lot among those who may; the draw can be done again from the record."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from gulou.cases import draws, operations, queries
from gulou.cases.candidates import pool_for
from gulou.cases.facts import CaseHandled, StepGivenBack
from gulou.cases.jobs import draw_what_was_left
from gulou.cases.models import Case, Step
from gulou.cases.states import CLOSE, State
from gulou.catalogue.current import CheckingRef
from gulou.catalogue.operations import set_checking
from gulou.config.reactions import REACTIONS
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, NotFound
from gulou.outbox.models import Event
from gulou.people import queries as people
from gulou.people.models import Posting, Role, Unit, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, drawn, evidence, reason
from tests.factories.people import PostingFactory, UserFactory
from tests.people.conftest import boss as boss


def a_rechecker(unit: Unit) -> User:
    user = UserFactory.create()
    PostingFactory.create(user=user, role=Role.objects.get(code="rechecker"), unit=unit)
    return user


def told(case: Case, name: str) -> Any:
    return Event.objects.filter(subject_uid=case.uid, name=name).latest("pk").payload


@pytest.fixture
def handled(cast: Cast, kinds: Kinds) -> Case:
    return _handled(cast, kinds)


def _handled(cast: Cast, kinds: Kinds) -> Case:
    """Handled just now: nobody is drawn yet."""
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    return operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())


def test_one_of_those_who_may_is_drawn_and_everybody_can_do_it_again(
    cast: Cast, handled: Case
) -> None:
    others = [a_rechecker(cast.team) for _ in range(3)]
    due, case = handled.due_at, drawn(handled)
    fact = told(case, "case.recheck_drawn")
    assert case.step_person in {cast.he, *others} and case.step_unit == cast.team
    assert case.due_at == due, "its clock runs on"
    assert fact["person"] == str(case.step_person.uid)
    assert sorted(fact["candidates"]) == sorted(str(one.uid) for one in (cast.he, *others))
    assert draws.holds(fact)
    wrong = {**fact, "candidates": [one for one in fact["candidates"] if one != fact["person"]]}
    assert not draws.holds(wrong)


def test_a_seed_gives_everybody_the_same_chance() -> None:
    ids = ["a", "b", "c", "d"]
    first = [draws.in_order(f"{n}", ids)[0] for n in range(4000)]
    assert all(900 < first.count(one) < 1100 for one in ids)
    taken = sum(draws.is_drawn(f"{n}", 20) for n in range(4000))
    assert 720 < taken < 880
    assert not any(draws.is_drawn(f"{n}", 0) for n in range(200))
    assert all(draws.is_drawn(f"{n}", 100) for n in range(200))


def test_nobody_closes_it_before_the_lot_or_who_was_not_drawn_after_it(
    cast: Cast, handled: Case
) -> None:
    """Neither a member of the team, nor the office, nor who may recheck everywhere."""
    colleague = a_rechecker(cast.team)
    everywhere = a_rechecker(cast.root)
    Role.objects.filter(code="rechecker").update(reaches_below=True)
    assert _who_may_close(handled, cast.he, colleague, everywhere, cast.guo) == set()
    case = drawn(handled)
    assert case.step_person in {cast.he, colleague}
    assert _who_may_close(case, cast.he, colleague, everywhere, cast.guo) == {case.step_person}


def test_where_nobody_is_drawn_the_office_closes_it_and_no_team(
    cast: Cast, kinds: Kinds, handled: Case
) -> None:
    """An office of one desk, or where everybody near has enough to do."""
    other = a_case(cast, kinds.rubbish, state=State.HANDLED)
    with clock.at(clock.now() + timedelta(seconds=5)):
        assert handled.number not in {row.number for row in queries.my_work(cast.guo)}
    Posting.objects.filter(user=cast.he).delete()
    case, late = drawn(handled), a_rechecker(cast.team)
    assert _who_may_close(case, late, cast.guo) == {cast.guo}
    assert _who_may_close(other, cast.guo) == set(), "he was drawn"
    assert operations.close_case(case, by=cast.guo, words="看过").state == State.CLOSED


def _who_may_close(case: Case, *people: User) -> set[User]:
    """Whom the operations let close it or send it back, each tried and undone; the buttons agree."""
    return {user for user in people if _may_close(case, user)}


def _may_close(case: Case, user: User) -> bool:
    shown = {"close", "rework"} & {move.name for move in queries.moves_open_to(user, case)}
    allowed = set()
    for name in ("close", "rework"):
        with suppress(NotAllowed), transaction.atomic():
            if name == "close":
                operations.close_case(case, by=user, words="看过")
            else:
                operations.rework_case(case, by=user, reason_id=reason("rework").pk, words="还在")
            allowed.add(name)
            transaction.set_rollback(True)
    assert shown == allowed
    return bool(allowed)


def test_it_happens_once_and_not_to_a_recheck_that_is_over(cast: Cast, handled: Case) -> None:
    step_id, case = handled.step_id, drawn(handled)
    operations.assign_recheck(case, step_id or 0)
    assert Event.objects.filter(name="case.recheck_drawn").count() == 1
    case = operations.close_case(case, by=cast.he, words="好了")
    operations.assign_recheck(case, step_id or 0)
    assert Event.objects.filter(name="case.recheck_drawn").count() == 1


def test_neither_who_handled_it_nor_the_office_nor_who_reads_only(
    cast: Cast, handled: Case
) -> None:
    a_rechecker(cast.street)
    assert [one.user_id for one in _pool(handled)] == [cast.he.pk]


def _pool(case: Case) -> Any:
    return pool_for(case, verb=CLOSE.verb).candidates


def test_who_is_near_comes_before_who_is_far_and_all_where_nobody_is_near(
    cast: Cast, handled: Case, settings: Any
) -> None:
    Posting.objects.filter(user=cast.he).update(unit=cast.other_street)
    far = settings.GULOU
    assert [round(one.metres, -2) for one in _pool(handled)] == [1000]
    near = a_rechecker(cast.team)
    settings.GULOU = _with(far, recheck_metres=500)
    pool = pool_for(handled, verb=CLOSE.verb)
    assert [one.user_id for one in pool.candidates] == [near.pk]
    assert pool.left_out == {"far": 1}
    Posting.objects.filter(user=near).delete()
    assert [one.user_id for one in _pool(handled)] == [cast.he.pk]


def _with(settings: Any, **changed: Any) -> Any:
    return replace(settings, **changed)


def test_units_that_recheck_each_other_are_not_drawn(
    cast: Cast, kinds: Kinds, handled: Case
) -> None:
    """The street rechecked what the team had handled: the team does not recheck the street now."""
    by_team = a_case(cast, kinds.rubbish, state=State.FILED)
    by_team = operations.dispatch_case(by_team, by=cast.guo, unit_id=cast.department.pk)
    by_team = operations.handle_case(by_team, by=cast.chen, words="好了", evidence=evidence())
    other = a_rechecker(cast.department)
    assert {one.user_id for one in _pool(handled)} == {cast.he.pk, other.pk}
    by_team = operations.name_rechecker(by_team, by=cast.guo, person=cast.lin)
    operations.close_case(by_team, by=cast.lin, words="看过")
    pool = pool_for(handled, verb=CLOSE.verb)
    assert [one.user_id for one in pool.candidates] == [cast.he.pk]
    assert pool.left_out == {"paired": 1}
    with clock.at(clock.now() + timedelta(weeks=9)):
        assert {one.user_id for one in _pool(handled)} == {cast.he.pk, other.pk}


def test_who_has_enough_to_do_is_not_drawn_and_the_office_is_told(
    cast: Cast, kinds: Kinds, settings: Any, handled: Case
) -> None:
    settings.GULOU = _with(settings.GULOU, recheck_most=1)
    assert drawn(handled).step_person == cast.he
    second = drawn(_handled(cast, kinds))
    assert (second.step_unit, second.step_person) == (cast.office, None)
    assert told(second, "case.recheck_not_drawn")["left_out"] == {"busy": 1}
    with clock.at(clock.now() + timedelta(seconds=20)):
        assert second.number in {row.number for row in queries.my_work(cast.guo)}


def test_who_was_drawn_hands_it_over_with_a_word_why(cast: Cast, handled: Case) -> None:
    other, case = a_rechecker(cast.team), drawn(handled)
    first = case.step_person
    assert first is not None
    with pytest.raises(Invalid):
        operations.hand_over_recheck(case, by=first, words=" ")
    with pytest.raises(NotAllowed):
        operations.hand_over_recheck(case, by=cast.lin, words="换人")
    case = operations.hand_over_recheck(case, by=first, words="与当事人相识，回避")
    assert case.step_person in {cast.he, other} - {first}
    fact = told(case, "case.recheck_drawn")
    assert fact["person_before"] == str(first.uid) and fact["words"]
    assert str(first.uid) not in fact["candidates"]
    case = operations.hand_over_recheck(case, by=case.step_person, words="出差")
    assert case.step_person == first, "it was only drawn without who hands it over"


def test_a_colleague_does_it_for_who_is_away_and_nobody_else_does(
    cast: Cast, kinds: Kinds, handled: Case
) -> None:
    case = drawn(handled)
    colleague, stranger = a_rechecker(cast.team), a_rechecker(cast.department)
    with pytest.raises(NotFound):
        queries.case_seen_by(colleague, case.number)
    assert [(row.number, who) for row, who in queries.rechecks_beside(colleague)] == [
        (case.number, str(cast.he))
    ]
    assert queries.rechecks_beside(stranger) == []
    with pytest.raises(NotAllowed):
        operations.take_over_recheck(case, by=stranger, words="代")
    with pytest.raises(Invalid):
        operations.take_over_recheck(case, by=colleague, words="")
    case = operations.take_over_recheck(case, by=colleague, words="何休假")
    assert case.step_person == colleague
    fact = told(case, "case.recheck_taken_over")
    assert (fact["person"], fact["person_before"]) == (str(colleague.uid), str(cast.he.uid))
    assert operations.close_case(case, by=colleague, words="好").state == State.CLOSED


def test_who_has_left_is_drawn_anew(cast: Cast, handled: Case) -> None:
    case, other = drawn(handled), a_rechecker(cast.team)
    User.objects.filter(pk=cast.he.pk).update(is_active=False)
    operations.give_back_steps(cast.he, actor="system")
    case.refresh_from_db()
    assert drawn(case).step_person == other


def test_what_is_handled_or_given_back_is_drawn_by_the_worker() -> None:
    for fact in (CaseHandled, StepGivenBack):
        assert "assign_recheck" in {one.call.__name__ for one in REACTIONS[fact]}


def test_the_recheck_of_a_dissolved_unit_is_drawn_anew(
    cast: Cast, handled: Case, boss: User
) -> None:
    case, other = drawn(handled), a_rechecker(cast.other_street)
    operations.hand_over_cases(cast.team, to=cast.street, by=boss)
    Posting.objects.filter(user=cast.he).update(unit=cast.street)
    case.refresh_from_db()
    assert (case.step_unit, case.step_person) == (cast.street, None), "the unit that handled it"
    back = told(case, "case.step_given_back")
    assert (back["unit"], back["person"]) == (cast.street.pk, "")
    operations.assign_recheck(case, back["step"])
    case.refresh_from_db()
    assert case.step_person == other


def test_what_no_fact_leads_to_the_lot_is_drawn_all_the_same(cast: Cast, handled: Case) -> None:
    assert draw_what_was_left() == 0, "its turn is still to come"
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert draw_what_was_left() == 1
        assert Case.objects.get(pk=handled.pk).step_person == cast.he
        assert draw_what_was_left() == 0


def test_what_fell_to_the_office_is_not_drawn_every_minute(cast: Cast, handled: Case) -> None:
    Posting.objects.filter(user=cast.he).delete()
    drawn(handled)
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert Case.objects.get(pk=handled.pk).step_person is None and draw_what_was_left() == 0


def test_what_fell_to_the_office_is_not_drawn_twice(cast: Cast, handled: Case) -> None:
    Posting.objects.filter(user=cast.he).delete()
    version = drawn(handled).version
    assert drawn(handled).version == version
    assert Event.objects.filter(name="case.recheck_not_drawn").count() == 1


def test_on_the_spot_asks_for_words_or_a_photo(cast: Cast, kinds: Kinds, handled: Case) -> None:
    set_checking(None, CheckingRef(way="on_spot"), by="system")
    with pytest.raises(Invalid) as refusal:
        operations.close_case(drawn(handled), by=cast.he)
    assert refusal.value.field == "words"
    assert operations.close_case(handled, by=cast.he, words="现场已清").state == State.CLOSED


def test_who_closed_it_reads_it_afterwards_and_changes_nothing(
    cast: Cast, kinds: Kinds, handled: Case
) -> None:
    """They see it in no list; a month later, or without a posting, they do not read it either."""
    case = operations.close_case(drawn(handled), by=cast.he, words="好了")
    assert queries.case_seen_by(cast.he, case.number) == case
    assert case not in queries.cases_seen_by(cast.he)
    assert [move.name for move in queries.moves_open_to(cast.he, case)] == []
    photo = case.photos.order_by("pk")[0].photo
    assert queries.photo_seen_by(cast.he, photo.uid) == photo
    colleague = a_rechecker(cast.team)
    with pytest.raises(NotFound):
        queries.case_seen_by(colleague, case.number)
    Case.objects.filter(pk=case.pk).update(restricted=True)
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(NotFound):
        queries.case_seen_by(cast.he, case.number)
    Case.objects.filter(pk=case.pk).update(restricted=False)
    with clock.at(clock.now() + timedelta(days=31)), pytest.raises(NotFound):
        queries.case_seen_by(cast.he, case.number)
    Posting.objects.filter(user=cast.he).update(until=people.today() - timedelta(days=1))
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(NotFound):
        queries.case_seen_by(cast.he, case.number)


def test_a_recheck_that_was_taken_back_does_not_let_one_read(
    cast: Cast, kinds: Kinds, handled: Case
) -> None:
    case = operations.close_case(drawn(handled), by=cast.he, words="好了")
    case = operations.undo_move(case, by=cast.he)
    Step.objects.filter(case=case, ended_at=None).update(unit=cast.office, person=None)
    Case.objects.filter(pk=case.pk).update(step_unit=cast.office, step_person=None)
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(NotFound):
        queries.case_seen_by(cast.he, case.number)
