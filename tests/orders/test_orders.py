"""Supervision orders: given, answered, accepted or sent back, each on record and with its own clock."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from gulou.cases import queries as cases
from gulou.cases.models import Case
from gulou.cases.operations import close_case, handle_case, merge_case, split_case
from gulou.cases.queries import Filters
from gulou.cases.states import State as CaseState
from gulou.catalogue.models import WarningMark
from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from gulou.notices.models import Item
from gulou.orders import operations, queries
from gulou.orders.models import Notice, Order
from gulou.orders.states import State
from gulou.outbox.audit import audit
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.people.models import Duty, Leadership, Posting, StreetLeader, Unit, User
from gulou.people.operations import deactivate_person
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, drawn, evidence
from tests.factories.people import LONG_AGO, UserFactory


def in_a_week() -> datetime:
    return clock.now() + timedelta(days=7)


def an_order(cast: Cast, case: Case, person: User | None = None) -> Order:
    return operations.give_order(
        case,
        by=cast.guo,
        words="三天内清完并写明原因",
        due_at=in_a_week(),
        person=person or cast.lin,
    )


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=CaseState.HANDLING)


def _names(case: Case) -> list[str]:
    events = Event.objects.filter(subject_uid=case.uid).order_by("sequence")
    return [one.name for one in events if "order" in one.name]


def test_it_is_given_answered_sent_back_and_accepted(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    case.refresh_from_db()
    assert case.ordered_until == order.due_at
    assert [one.uid for one in queries.to_answer(cast.lin)] == [order.uid]
    operations.answer_order(order, by=cast.lin, words="已清运两车", evidence=evidence())
    assert [one.uid for one in queries.to_judge(cast.guo)] == [order.uid]
    assert not queries.to_answer(cast.lin)
    operations.send_back(order, by=cast.guo, words="没写原因")
    operations.answer_order(order, by=cast.lin, words="原因：夜间偷倒，已加装监控")
    order = operations.accept_answer(order, by=cast.guo)
    assert order.state == State.ACCEPTED
    assert Case.objects.filter(pk=case.pk, ordered_until=None).exists()
    assert _names(case) == [
        "case.order_given", "case.order_answered", "case.order_sent_back", "case.order_answered",
        "case.order_accepted",
    ]  # fmt: skip
    seen = queries.order_of(order, reader=cast.lin)
    assert [one.accepted for one in seen.answers] == [False, True]
    assert len(seen.answers[0].photos) == 1
    told = Event.objects.filter(subject_uid=case.uid).values_list("payload", flat=True)
    assert not any("偷倒" in str(one) for one in told)
    assert list(audit()) == []


def test_nobody_named_is_the_head_of_the_unit(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid) as refusal:
        operations.give_order(case, by=cast.guo, words="抓紧", due_at=in_a_week())
    assert refusal.value.field == "person"
    Leadership.objects.create(
        unit=cast.street, duty=Duty.HEAD, name="林主任", user=cast.lin, since=LONG_AGO
    )
    order = operations.give_order(case, by=cast.guo, words="抓紧", due_at=in_a_week())
    assert order.person == cast.lin


def test_who_may_not_gives_none(cast: Cast, case: Case) -> None:
    for who in (cast.lin, cast.chen, cast.wu, cast.zhao):
        with pytest.raises(NotAllowed):
            operations.give_order(case, by=who, words="抓紧", due_at=in_a_week(), person=cast.lin)
    assert not Order.objects.exists()


def test_who_does_not_see_the_case_is_not_named(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid):
        an_order(cast, case, person=cast.zhao)


def test_there_is_one_open_order_a_case_and_none_on_an_ended_one(cast: Cast, case: Case) -> None:
    an_order(cast, case)
    with pytest.raises(Conflict):
        an_order(cast, case)
    case = handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    case = close_case(drawn(case), by=cast.he)
    with pytest.raises(Refusal):
        an_order(cast, case)


def test_the_answer_is_the_person_s_and_the_judgement_another_s(cast: Cast, case: Case) -> None:
    order = an_order(cast, case, person=cast.guo)
    with pytest.raises(NotAllowed):
        operations.answer_order(order, by=cast.lin, words="代答")
    with pytest.raises(Refusal):
        operations.accept_answer(order, by=cast.guo)
    operations.answer_order(order, by=cast.guo, words="已办")
    with pytest.raises(NotAllowed) as refusal:
        operations.accept_answer(order, by=cast.guo)
    assert refusal.value.code == "order.own_answer"


def test_who_answered_does_not_accept_it_after_handing_it_on(cast: Cast, case: Case) -> None:
    order = an_order(cast, case, person=cast.guo)
    operations.answer_order(order, by=cast.guo, words="已办")
    with pytest.raises(Refusal) as refusal:
        operations.hand_order_on(order, by=cast.guo, person=cast.lin)
    assert refusal.value.code == "order.answered"
    # As before that was refused.
    Order.objects.filter(pk=order.pk).update(person=cast.lin)
    with pytest.raises(NotAllowed) as refused:
        operations.accept_answer(order, by=cast.guo)
    assert refused.value.code == "order.own_answer"
    assert not queries.to_judge(cast.guo)
    assert "judge" not in queries.order_of(order, reader=cast.guo).may


def _leads(cast: Cast, street: Unit, *, until: date | None = None) -> None:
    StreetLeader.objects.create(user=cast.chen, unit=street, since=LONG_AGO, until=until)


def test_who_gave_it_lets_go_of_it_with_the_street(cast: Cast, case: Case) -> None:
    _leads(cast, cast.street)
    order = operations.give_order(
        case, by=cast.chen, words="抓紧", due_at=in_a_week(), person=cast.lin
    )
    assert "manage" in queries.order_of(order, reader=cast.chen).may
    StreetLeader.objects.update(until=LONG_AGO)
    _leads(cast, cast.other_street)
    with pytest.raises(NotAllowed):
        operations.withdraw_order(order, by=cast.chen, words="不用了")
    with pytest.raises(NotFound):
        queries.order_seen_by(cast.chen, order.uid)
    operations.answer_order(order, by=cast.lin, words="已办")
    assert not queries.to_judge(cast.chen)


def test_a_case_restricted_since_tells_the_person_nothing(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    operations.answer_order(order, by=cast.lin, words="已清运")
    Case.objects.filter(pk=case.pk).update(restricted=True)
    seen = queries.order_of(order, reader=cast.lin)
    assert seen.withheld and not seen.text and not seen.answers


@pytest.mark.parametrize("days", [-1, 400])
def test_the_deadline_is_a_day_to_come_within_a_year(cast: Cast, case: Case, days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        operations.give_order(
            case, by=cast.guo, words="抓紧", due_at=clock.now() + timedelta(days=days),
            person=cast.lin,
        )  # fmt: skip
    assert refusal.value.field == "due"


def test_it_is_handed_on_and_withdrawn(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    operations.hand_order_on(order, by=cast.guo, person=cast.wu)
    assert not queries.to_answer(cast.lin) and queries.to_answer(cast.wu)
    with pytest.raises(NotAllowed):
        operations.withdraw_order(order, by=cast.wu, words="不用了")
    operations.withdraw_order(order, by=cast.guo, words="已并入专项")
    case.refresh_from_db()
    assert case.ordered_until is None and not queries.to_answer(cast.wu)
    with pytest.raises(Refusal):
        operations.answer_order(order, by=cast.wu, words="晚了")


def test_many_at_once_each_by_itself(cast: Cast, kinds: Kinds) -> None:
    found = [a_case(cast, kinds.smoking, state=CaseState.HANDLING) for _n in range(3)]
    an_order(cast, found[1])
    outcomes = operations.give_orders(
        found, by=cast.guo, words="集中整改", due_at=in_a_week(), person=cast.lin
    )
    assert [one.order is not None for one in outcomes] == [True, False, True]
    batches = {one.order.batch for one in outcomes if one.order}
    assert len(batches) == 1 and outcomes[1].refused


def test_its_clock_warns_the_person_and_then_who_gave_it(cast: Cast, case: Case) -> None:
    for percent, level in ((50, "unit"), (100, "leader"), (150, "district")):
        WarningMark.objects.get_or_create(percent=percent, defaults={"level": level})
    order = an_order(cast, case)
    assert operations.watch_orders() == 0
    for days, percent, told in ((4, 50, [cast.lin]), (8, 100, [cast.lin, cast.guo])):
        with clock.at(clock.now() + timedelta(days=days)):
            assert operations.watch_orders() == 1
            assert operations.watch_orders() == 0
            last = Event.objects.filter(subject_uid=case.uid).order_by("sequence").last()
            assert last is not None and last.payload["percent"] == percent
            assert last.payload["people"] == [str(one.uid) for one in told]
    with clock.at(clock.now() + timedelta(days=9)):
        assert [one.uid for one in queries.open_orders(cast.guo, late=True)] == [order.uid]
        operations.answer_order(order, by=cast.lin, words="迟了两天")
        assert queries.order_of(order, reader=cast.guo).answers[0].late


def test_a_new_deadline_begins_a_new_clock(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    with clock.at(clock.now() + timedelta(days=8)):
        operations.watch_orders()
        operations.answer_order(order, by=cast.lin, words="未完")
        order = operations.send_back(order, by=cast.guo, words="再给三天", due_at=in_a_week())
        assert order.warned == 0 and order.due_at == in_a_week()
        assert not queries.open_orders(cast.guo, late=True)


def test_others_see_no_order(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    for who in (cast.chen, cast.zhao):
        assert not queries.open_orders(who)
        with pytest.raises(NotFound):
            queries.order_seen_by(who, order.uid)


def test_the_list_shows_what_is_under_supervision(cast: Cast, kinds: Kinds, case: Case) -> None:
    a_case(cast, kinds.rubbish)
    an_order(cast, case)
    rows = cases.queue(cast.guo, Filters(ordered=True)).rows
    assert [(row.number, row.ordered_until is not None) for row in rows] == [(case.number, True)]


def test_words_of_an_order_can_be_erased(cast: Cast, case: Case) -> None:
    from gulou.cases.operations import erase_words

    order = an_order(cast, case)
    erase_words(case, by=cast.guo, words_id=order.words_id)
    assert queries.order_of(order, reader=cast.guo).erased


# A case that is merged ----------------------------------------------------------------------------


def _merged(cast: Cast, case: Case, into: Case) -> None:
    merge_case(case, by=cast.guo, into=into)
    deliver_all()


def test_it_goes_with_a_case_that_is_merged_and_back_when_it_is_split_off(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    top = a_case(cast, kinds.rubbish, state=CaseState.HANDLING)
    order = an_order(cast, case)
    _merged(cast, case, top)
    order.refresh_from_db()
    assert order.case == top
    assert {one.number for one in queries.orders_of(top, reader=cast.lin)} == {top.number}
    until = dict(Case.objects.values_list("pk", "ordered_until"))
    assert (until[case.pk], until[top.pk]) == (None, order.due_at)
    assert _names(top) == ["case.order_followed"]
    assert {one.person for one in Item.objects.filter(what="order_followed")} == {
        cast.lin, cast.guo,
    }  # fmt: skip
    assert operations.follow_case(case.uid) == 0
    operations.answer_order(order, by=cast.lin, words="已一并清运")
    split_case(case, by=cast.guo, words="不是同一处")
    deliver_all()
    order.refresh_from_db()
    assert order.case == case and order.state == State.ANSWERED
    until = dict(Case.objects.values_list("pk", "ordered_until"))
    assert (until[case.pk], until[top.pk]) == (order.due_at, None)
    operations.accept_answer(order, by=cast.guo)
    assert list(audit()) == []


def test_the_case_it_goes_with_may_have_one_of_its_own(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    top = a_case(cast, kinds.rubbish, state=CaseState.HANDLING)
    came, own = an_order(cast, case), an_order(cast, top, person=cast.wu)
    Order.objects.filter(pk=own.pk).update(due_at=own.due_at + timedelta(days=1))
    _merged(cast, case, top)
    assert {one.person for one in queries.orders_of(top, reader=cast.guo)} == {
        str(cast.lin), str(cast.wu),
    }  # fmt: skip
    operations.withdraw_order(came, by=cast.guo, words="合并办理")
    top.refresh_from_db()
    assert top.ordered_until == own.due_at + timedelta(days=1)
    operations.withdraw_order(own, by=cast.guo, words="不用了")
    top.refresh_from_db()
    assert top.ordered_until is None


# Official notices --------------------------------------------------------------------------------


def _entitled(cast: Cast) -> None:
    from gulou.orders.models import Official

    Official.objects.create(
        unit=cast.office, on=True, body="鼓楼区创建办", sign="鼓创督", by=cast.guo, at=clock.now()
    )


def test_without_the_right_none_is_issued(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    assert not queries.may_issue(cast.guo)
    with pytest.raises(Refusal) as refusal:
        operations.issue_notice([order], by=cast.guo)
    assert refusal.value.code == "order.not_official"
    _entitled(cast)
    with pytest.raises(NotAllowed):
        operations.issue_notice([order], by=cast.lin)
    notice = operations.issue_notice([order], by=cast.guo)
    assert str(notice) == f"鼓创督〔{notice.year}〕1号"
    assert queries.order_of(order, reader=cast.guo).notices == (str(notice),)


def test_only_who_manages_the_office_switches_it(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        operations.switch_official(by=cast.guo, on=True, body="鼓楼区创建办", sign="鼓创督")


def test_none_is_issued_twice_at_once_nor_on_what_has_ended(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    _entitled(cast)
    operations.issue_notice([order], by=cast.guo)
    with pytest.raises(Conflict):
        operations.issue_notice([order], by=cast.guo)
    with clock.at(clock.now() + timedelta(minutes=2)):
        operations.issue_notice([order], by=cast.guo)
    operations.withdraw_order(order, by=cast.guo, words="不用了")
    with clock.at(clock.now() + timedelta(hours=1)), pytest.raises(Refusal) as refusal:
        operations.issue_notice([order], by=cast.guo)
    assert refusal.value.code == "order.ended"
    assert sorted(Notice.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double(cast: Cast, kinds: Kinds) -> None:
    given = [
        an_order(cast, a_case(cast, kinds.smoking, state=CaseState.HANDLING)) for _n in range(6)
    ]
    _entitled(cast)
    failed: list[Exception] = []

    def issue(order: Order, fails: bool) -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                operations.issue_notice([order], by=cast.guo)
                transaction.set_rollback(fails)
        except Exception as error:  # noqa: BLE001  told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=issue, args=(one, n % 3 == 0)) for n, one in enumerate(given)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(Notice.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("closed", [True, False], ids=["access closed", "last posting over"])
def test_when_who_was_named_has_left_those_who_name_another_are_told_once(
    cast: Cast, case: Case, closed: bool
) -> None:
    head = UserFactory.create(username="fang")
    Leadership.objects.create(
        unit=cast.street, user=head, name="方", duty=Duty.HEAD, since=LONG_AGO
    )
    order = an_order(cast, case)
    assert operations.tell_who_left() == 0
    if closed:
        deactivate_person(cast.lin, by=None)
        deliver_all()
    else:
        Posting.objects.filter(user=cast.lin).update(until=LONG_AGO)
        assert operations.tell_who_left() == 1
        deliver_all()
    assert operations.tell_who_left() == 0
    told = Item.objects.filter(what="order_person_left")
    assert {one.person for one in told} == {cast.guo, head}
    assert _names(case) == ["case.order_given", "case.order_person_left"]
    assert queries.order_of(order, reader=cast.guo).person_left
    order = operations.hand_order_on(order, by=cast.guo, person=cast.wu)
    assert operations.tell_who_left() == 0
    assert not queries.order_of(order, reader=cast.guo).person_left
    assert list(audit()) == []
