"""More time, a clock that stands still, lateness forgiven: asked by one person, decided by another."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gulou.cases import operations, queries, states
from gulou.cases.models import Case, Plea, Step
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, drawn, evidence, reason
from tests.factories.people import PostingFactory, RoleFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
"""The limit of what the cast handles is four working hours: from Monday at nine to 15:00."""
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    assert case.due_at == MONDAY + 6 * HOUR
    return case


@pytest.fixture
def second(cast: Cast) -> User:
    """Somebody else who may decide."""
    role = RoleFactory.create(verbs=["case.read", "case.rule"], reaches_below=True)
    return PostingFactory.create(unit=cast.root, role=role).user


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def ask(case: Case, cast: Cast, amount: int = 4) -> Case:
    return operations.ask_extension(case, by=cast.lin, amount=amount, words="要等吊车")


def grant(case: Case, cast: Cast, *, granted: bool = True) -> Case:
    return operations.rule(case, by=cast.guo, granted=granted, words="情况属实")


def suspend(case: Case, cast: Cast, days: int = 30) -> Case:
    until = clock.now() + timedelta(days=days)
    operations.ask_suspension(case, by=cast.lin, until=until, words="要等招标")
    return grant(case, cast)


def test_more_time_is_added_to_when_it_was_due(case: Case, cast: Cast) -> None:
    assert ask(case, cast).plea == "extension"
    assert fresh(case).due_at == MONDAY + 6 * HOUR
    with clock.at(MONDAY + 7 * HOUR):
        # Asked in time; the decision may come later.
        after = grant(case, cast)
    assert after.due_at == MONDAY + timedelta(days=1)
    assert (after.plea, after.step and after.step.extended) == ("", 4)
    names = [event.name for event in Event.objects.filter(subject_uid=case.uid).order_by("id")][-2:]
    assert names == ["case.time_asked", "case.time_ruled"]


def test_who_decides_is_shown_the_deadline_that_it_leads_to(case: Case, cast: Cast) -> None:
    ask(case, cast)
    (plea,) = queries.pleas_of(case)
    after = grant(case, cast)
    assert plea.due_if_granted == after.due_at == MONDAY + timedelta(days=1)
    (plea,) = queries.pleas_of(after)
    assert plea.due_if_granted is None


def test_what_is_refused_changes_nothing(case: Case, cast: Cast) -> None:
    ask(case, cast)
    after = grant(case, cast, granted=False)
    assert (after.due_at, after.plea) == (MONDAY + 6 * HOUR, "")
    (plea,) = queries.pleas_of(after)
    assert (plea.outcome, plea.rulings[0].text) == ("refused", "情况属实")


def test_more_time_is_refused_where_it_may_not_be_asked(case: Case, cast: Cast) -> None:
    with pytest.raises(Invalid, match="extension_amount"):
        ask(case, cast, 5)
    with pytest.raises(Invalid, match="words_missing"):
        operations.ask_extension(case, by=cast.lin, amount=1, words=" ")
    with pytest.raises(NotAllowed):
        operations.ask_extension(case, by=cast.wu, amount=1, words="要等吊车")
    for _time in range(2):
        ask(case, cast)
        with pytest.raises(Refusal, match="plea_waits"):
            ask(case, cast)
        grant(case, cast)
    with pytest.raises(Refusal, match="extended_twice"):
        ask(case, cast)
    with clock.at(MONDAY + timedelta(days=9)), pytest.raises(Refusal, match="late"):
        ask(case, cast)


def test_nobody_decides_what_they_asked(case: Case, cast: Cast) -> None:
    operations.ask_extension(case, by=cast.guo, amount=1, words="代为申请")
    with pytest.raises(NotAllowed, match="own_plea"):
        grant(case, cast)
    with pytest.raises(NotAllowed):
        operations.rule(case, by=cast.lin, granted=True, words="好")


def test_a_suspended_clock_goes_on_with_what_was_left(case: Case, cast: Cast) -> None:
    with clock.at(MONDAY + HOUR):
        after = suspend(case, cast)
    assert after.due_at is None and after.suspended_until == MONDAY + timedelta(days=30, hours=1)
    tuesday = MONDAY + timedelta(days=8, hours=1)
    with clock.at(tuesday):
        after = operations.resume_clock(case, by=cast.guo, words="可以做了")
    # Three working hours were left: from ten to twelve, and from two to three.
    assert (after.due_at, after.suspended_until) == (tuesday + 5 * HOUR, None)
    record = queries.record_of(fresh(case), reader=cast.guo)
    step = next(one for one in record.steps if one.kind == "handle")
    assert [(one.since, one.runs) for one in step.segments] == [
        (MONDAY, True), (MONDAY + HOUR, False), (tuesday, True),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="suspended_once"):
        suspend(fresh(case), cast)


def test_a_suspension_is_at_most_a_year_and_may_be_prolonged_within_it(
    case: Case, cast: Cast
) -> None:
    with pytest.raises(Invalid, match="until_far"):
        suspend(case, cast, days=366)
    with pytest.raises(Invalid, match="until_past"):
        suspend(case, cast, days=0)
    suspend(case, cast)
    for days, refused in ((300, False), (400, True)):
        until = MONDAY + timedelta(days=days)
        if refused:
            with pytest.raises(Invalid, match="until_far"):
                operations.resume_clock(case, by=cast.guo, words="再等", until=until)
        else:
            after = operations.resume_clock(case, by=cast.guo, words="再等", until=until)
            assert after.suspended_until == until and after.due_at is None


def test_what_is_suspended_may_be_handled_and_that_taken_back(case: Case, cast: Cast) -> None:
    after = suspend(case, cast)
    handled = operations.handle_case(after, by=cast.lin, words="已清理", evidence=evidence())
    assert (handled.suspended_until, handled.plea) == (None, "")
    back = operations.undo_move(fresh(case), by=cast.lin)
    assert back.suspended_until == MONDAY + timedelta(days=30)
    assert back.due_at is None
    assert Plea.objects.get(case=case, kind="suspension").ended_at is None


def test_what_is_not_answered_lapses_when_the_case_goes_on(case: Case, cast: Cast) -> None:
    ask(case, cast)
    after = operations.return_case(
        fresh(case), by=cast.lin, reason_id=reason("return").pk, words="不归我们管"
    )
    assert after.plea == ""
    assert Plea.objects.get(case=case).outcome == "lapsed"


def _late_and_closed(case: Case, cast: Cast) -> Case:
    with clock.at(MONDAY + timedelta(days=2)):
        operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
        return operations.close_case(drawn(fresh(case)), by=cast.he, words="已核查")


def test_an_appeal_is_upheld_by_two_people_and_the_lateness_stays(
    case: Case, cast: Cast, second: User
) -> None:
    closed = _late_and_closed(case, cast)
    assert states.APPEAL in queries.moves_open_to(cast.lin, closed)
    operations.appeal(closed, by=cast.lin, words="台风天停工")
    assert grant(fresh(case), cast).plea == "appeal"
    with pytest.raises(NotAllowed, match="ruled_already"):
        grant(fresh(case), cast)
    assert states.RULE not in queries.moves_open_to(cast.guo, fresh(case))
    after = operations.rule(fresh(case), by=second, granted=True, words="同意")
    assert after.plea == ""
    step = Step.objects.get(case=case, kind="handle")
    assert step.excused
    assert step.due_at is not None and step.ended_at is not None and step.ended_at > step.due_at
    shown = next(s for s in queries.record_of(fresh(case), reader=cast.guo).steps if s.excused)
    assert shown.late
    with pytest.raises(Refusal, match="appealed"):
        operations.appeal(fresh(case), by=cast.lin, words="再来一次")


@pytest.mark.parametrize("at_second", [False, True])
def test_one_no_rejects_an_appeal(case: Case, cast: Cast, second: User, at_second: bool) -> None:
    operations.appeal(_late_and_closed(case, cast), by=cast.lin, words="台风天停工")
    if at_second:
        grant(fresh(case), cast)
    operations.rule(fresh(case), by=second, granted=False, words="当天未停工")
    assert Plea.objects.get(case=case).outcome == "refused"
    assert not Step.objects.filter(case=case, excused=True).exists()


def test_what_was_in_time_is_not_appealed_against(case: Case, cast: Cast) -> None:
    operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    closed = operations.close_case(drawn(fresh(case)), by=cast.he, words="已核查")
    assert states.APPEAL not in queries.moves_open_to(cast.lin, closed)
    with pytest.raises(Refusal, match="not_late"):
        operations.appeal(closed, by=cast.lin, words="台风天停工")


def test_a_decision_is_offered_to_nobody_who_has_asked_or_decided(
    case: Case, cast: Cast, second: User
) -> None:
    operations.ask_extension(case, by=cast.guo, amount=1, words="代为申请")
    assert states.RULE not in queries.moves_open_to(cast.guo, fresh(case))
    assert states.RULE in queries.moves_open_to(second, fresh(case))


def test_the_moves_offered_are_those_that_make_sense(case: Case, cast: Cast) -> None:
    def offered(user: User) -> set[str]:
        about = {"extend", "suspend", "resume", "rule", "appeal"}
        return about & {move.name for move in queries.moves_open_to(user, fresh(case))}

    assert offered(cast.lin) == {"extend", "suspend"}
    assert queries.to_rule_on(cast.guo) == []
    ask(case, cast)
    assert (offered(cast.lin), offered(cast.guo)) == (set(), {"rule"})
    assert [row.number for row in queries.to_rule_on(cast.guo)] == [case.number]
    assert queries.to_rule_on(cast.lin) == []
    grant(case, cast, granted=False)
    suspend(case, cast)
    assert (offered(cast.lin), offered(cast.guo)) == (set(), {"resume"})


def test_on_the_spot_there_is_a_day_and_no_more_time(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    after = operations.rectify_on_the_spot(case, by=cast.guo, unit_id=cast.street.pk, words="路过")
    assert (after.state, after.on_spot) == (State.HANDLING, True)
    assert after.due_at == MONDAY + timedelta(hours=24)
    with pytest.raises(Refusal, match="on_spot"):
        ask(after, cast)
    with pytest.raises(NotAllowed):
        operations.rectify_on_the_spot(
            a_case(cast, kinds.rubbish), by=cast.lin, unit_id=cast.street.pk
        )
