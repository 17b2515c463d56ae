"""Every move from every state: it goes where the table says, or is refused and changes nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import translation

from gulou.cases import operations, queries, states
from gulou.cases.models import Case
from gulou.cases.operations import receive_report
from gulou.cases.states import MOVES, Move, State
from gulou.kit import clock
from gulou.kit.errors import Conflict, NotAllowed, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, assign_from_above, evidence, reason

Make = Callable[[Cast, Case, User], Case]


def _merge(cast: Cast, case: Case, by: User) -> Case:
    other = receive_report(a_snap(case.category)).case
    return operations.merge_case(case, by=by, into=other)


HOW: dict[str, Make] = {
    "task": lambda cast, case, by: operations.task_verification(
        case, by=by, unit_id=cast.community.pk
    ),
    "verify": lambda cast, case, by: operations.verify_case(case, by=by, found=True, words="在"),
    "file": lambda cast, case, by: operations.file_case(case, by=by),
    "decline": lambda cast, case, by: operations.decline_case(
        case, by=by, reason_id=reason("decline").pk
    ),
    "redirect": lambda cast, case, by: operations.redirect_case(
        case, by=by, reason_id=reason("redirect").pk
    ),
    "merge": _merge,
    "split": lambda cast, case, by: operations.split_case(case, by=by),
    "dispatch": lambda cast, case, by: operations.dispatch_case(
        case, by=by, unit_id=cast.department.pk
    ),
    "accept": lambda cast, case, by: operations.accept_case(case, by=by),
    "return": lambda cast, case, by: operations.return_case(
        case, by=by, reason_id=reason("return").pk, words="不归我们管"
    ),
    "arbitrate": lambda cast, case, by: operations.arbitrate_case(
        case, by=by, unit_id=cast.department.pk, words="由其养护"
    ),
    "handle": lambda cast, case, by: operations.handle_case(
        case, by=by, words="已清理", evidence=evidence()
    ),
    "delegate": lambda cast, case, by: operations.delegate_part(
        case, by=by, unit_id=cast.community.pk
    ),
    "report_up": lambda cast, case, by: operations.report_part(case, by=by, words="已清理"),
    "send_down": lambda cast, case, by: operations.send_part_down(case, by=by, words="没扫干净"),
    "take_back": lambda cast, case, by: operations.take_part_back(case, by=by),
    "name_rechecker": lambda cast, case, by: operations.name_rechecker(case, by=by, person=cast.he),
    "hand_over": lambda cast, case, by: operations.hand_over_recheck(case, by=by, words="换人"),
    "close": lambda cast, case, by: operations.close_case(case, by=by),
    "rework": lambda cast, case, by: operations.rework_case(
        case, by=by, reason_id=reason("rework").pk, words="没扫干净"
    ),
    "reopen": lambda cast, case, by: operations.reopen_case(
        case, by=by, reason_id=reason("reopen").pk
    ),
    "uphold": lambda cast, case, by: operations.uphold_case(case, by=by, words="已按标准清理"),
    "reply": lambda cast, case, by: (
        operations.answer_assignment(case, by=by, words="已办结", form="written").assignment.case
    ),
    "on_spot": lambda cast, case, by: operations.rectify_on_the_spot(
        case, by=by, unit_id=cast.department.pk
    ),
    "extend": lambda cast, case, by: operations.ask_extension(
        case, by=by, amount=1, words="要等材料"
    ),
    "suspend": lambda cast, case, by: operations.ask_suspension(
        case, by=by, until=clock.now() + timedelta(days=30), words="要等工程招标"
    ),
    "resume": lambda cast, case, by: operations.resume_clock(case, by=by, words="可以做了"),
    "appeal": lambda cast, case, by: operations.appeal(case, by=by, words="台风天停工"),
    "rule": lambda cast, case, by: operations.rule(case, by=by, granted=True, words="属实"),
    "urge": lambda cast, case, by: operations.urge_case(case, by=by, words="请抓紧"),
    "note": lambda cast, case, by: operations.note_case(case, by=by, words="记一笔"),
    "release": lambda cast, case, by: operations.release_photos(case, by=by, uids=[]),
}

# Who of the cast makes each move; everybody else of these is refused.
DOER = {
    "verify": "lin", "accept": "lin", "return": "lin", "handle": "lin", "close": "he",
    "rework": "he",
}  # fmt: skip


def test_a_move_is_the_same_in_every_language() -> None:
    with translation.override("en"):
        english = {move: hash(move) for move in MOVES}
    with translation.override("zh-hans"):
        assert str(states.CLOSE.label) != "Close"
        assert {move: hash(move) for move in MOVES} == english


def test_there_is_a_way_to_make_every_move() -> None:
    assert set(HOW) == {move.name for move in MOVES}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_a_move_goes_where_the_table_says(
    cast: Cast, kinds: Kinds, move: Move, state: State
) -> None:
    case = a_case(cast, kinds.rubbish, state=state)
    if move == states.VERIFY and state == State.RECEIVED:
        case = operations.task_verification(case, by=cast.guo, unit_id=cast.community.pk)
    if move == states.UPHOLD and state in move.sources:
        operations.object_to_case(case.reports.get(), words="还在")
    if state in move.sources:
        about_time(cast, case, move)
    if move == states.REPLY:
        assign_from_above(case)
    if move == states.ARBITRATE and state in move.sources:
        case = thrown_back(cast, case)
    # guo holds every verb, so what stands in the way here is the state alone.
    doer = getattr(cast, DOER.get(move.name, "guo")) if state in move.sources else cast.guo
    count = Event.objects.filter(subject_uid=case.uid).count()
    if state in move.sources:
        after = HOW[move.name](cast, case, doer)
        assert after.state == (move.target or state)
        assert Event.objects.filter(subject_uid=case.uid).count() == count + 1
    else:
        with pytest.raises(Refusal):
            HOW[move.name](cast, case, doer)
        assert Event.objects.filter(subject_uid=case.uid).count() == count
        after = case
    after.refresh_from_db()
    assert after.state == ((move.target or state) if state in move.sources else state)
    _the_step_stands(after)
    assert list(audit()) == []


def about_time(cast: Cast, case: Case, move: Move) -> None:
    """Let there be what moves about time need: lateness, a question, a suspension; and what moves
    between levels need: a part with the community, or what it reported."""
    chain = (states.REPORT_UP, states.TAKE_BACK, states.SEND_DOWN)
    if move in chain and case.state == State.HANDLING:
        part = operations.delegate_part(case, by=cast.lin, unit_id=cast.community.pk)
        if move == states.SEND_DOWN:
            operations.report_part(part, by=cast.lin, words="已清理")
    if move in (states.RULE, states.APPEAL) and case.state == State.CLOSED:
        case.steps.filter(kind="handle").update(due_at=case.opened_at - timedelta(days=1))
        if move == states.RULE:
            operations.appeal(case, by=cast.lin, words="台风天停工")
    elif move in (states.RULE, states.RESUME):
        until = clock.now() + timedelta(days=30)
        operations.ask_suspension(case, by=cast.lin, until=until, words="要等工程招标")
        if move == states.RESUME:
            operations.rule(case, by=cast.guo, granted=True, words="属实")
    case.refresh_from_db()


def thrown_back(cast: Cast, case: Case) -> Case:
    """Dispatched to a unit three times, and returned as often."""
    for _n in range(3):
        case = HOW["return"](cast, HOW["dispatch"](cast, case, cast.guo), cast.guo)
    return case


def _the_step_stands(case: Case) -> None:
    """The case copies its newest open step, an ended case has none, an open one has its own."""
    newest = case.steps.filter(ended_at=None).order_by("-started_at", "-id").first()
    assert case.step == newest
    if newest is None:
        assert State(case.state) in states.ENDED and case.step_kind == "" and case.due_at is None
    else:
        due_at = case.part_due_at if newest.kind == "part" else case.due_at
        assert (case.step_kind, case.step_unit_id, case.step_person_id, due_at) == (
            newest.kind, newest.unit_id, newest.person_id, newest.due_at,
        )  # fmt: skip
        kinds = set(case.steps.filter(ended_at=None).values_list("kind", flat=True))
        assert states.STEP_OF[State(case.state)] in kinds


@pytest.mark.parametrize("who", ["wu", "zhao"])
@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_it_refuses_who_may_not(cast: Cast, kinds: Kinds, move: Move, who: str) -> None:
    state = next(s for s in State if s in move.sources)
    case = a_case(cast, kinds.rubbish, state=state)
    count = Event.objects.filter(subject_uid=case.uid).count()
    with pytest.raises(NotAllowed):
        HOW[move.name](cast, case, getattr(cast, who))
    assert Event.objects.filter(subject_uid=case.uid).count() == count


@pytest.mark.parametrize("state", State)
def test_the_buttons_are_what_the_operations_allow(cast: Cast, kinds: Kinds, state: State) -> None:
    from django.db import transaction

    case = a_case(cast, kinds.rubbish, state=state)
    for who in ("lin", "chen", "wu", "zhao", "guo", "he"):
        user = getattr(cast, who)
        offered = {move.name for move in queries.moves_open_to(user, case)}
        for move in MOVES:
            point = transaction.savepoint()
            try:
                HOW[move.name](cast, case, user)
                done = True
            except Refusal:
                done = False
            transaction.savepoint_rollback(point)
            if move == states.VERIFY and state == State.RECEIVED:
                continue  # offered once somebody was asked to
            assert (move.name in offered) == done, f"{who} {move.name} from {state}"


@pytest.mark.parametrize("move", [m for m in MOVES if m.words], ids=lambda move: move.name)
def test_a_move_that_needs_words_refuses_silence(cast: Cast, kinds: Kinds, move: Move) -> None:
    case = a_case(cast, kinds.rubbish, state=next(s for s in State if s in move.sources))
    silent: dict[str, Make] = {
        "verify": lambda cast, case, by: operations.verify_case(case, by=by, found=True, words=" "),
        "return": lambda cast, case, by: operations.return_case(
            case, by=by, reason_id=reason("return").pk, words=""
        ),
        "handle": lambda cast, case, by: operations.handle_case(
            case, by=by, words="\u200e", evidence=evidence()
        ),
        "rework": lambda cast, case, by: operations.rework_case(
            case, by=by, reason_id=reason("rework").pk, words=""
        ),
        "uphold": lambda cast, case, by: operations.uphold_case(case, by=by, words=" "),
        "hand_over": lambda cast, case, by: operations.hand_over_recheck(case, by=by, words=" "),
        "extend": lambda cast, case, by: operations.ask_extension(case, by=by, amount=1, words=" "),
        "suspend": lambda cast, case, by: operations.ask_suspension(
            case, by=by, until=clock.now(), words=""
        ),
        "resume": lambda cast, case, by: operations.resume_clock(case, by=by, words=" "),
        "appeal": lambda cast, case, by: operations.appeal(case, by=by, words=""),
        "rule": lambda cast, case, by: operations.rule(case, by=by, granted=True, words=" "),
        "report_up": lambda cast, case, by: operations.report_part(case, by=by, words=" "),
        "send_down": lambda cast, case, by: operations.send_part_down(case, by=by, words=""),
        "note": lambda cast, case, by: operations.note_case(case, by=by, words="\n"),
        "arbitrate": lambda cast, case, by: operations.arbitrate_case(
            case, by=by, unit_id=cast.department.pk, words=" "
        ),
        "reply": lambda cast, case, by: (
            operations.answer_assignment(case, by=by, words=" ", form="phone").assignment.case
        ),
    }
    if move == states.REPLY:
        assign_from_above(case)
    if move == states.ARBITRATE:
        case = thrown_back(cast, case)
    if move == states.UPHOLD:
        operations.object_to_case(case.reports.get(), words="还在")
    if move == states.VERIFY:
        case = operations.task_verification(case, by=cast.guo, unit_id=cast.community.pk)
    if move in (states.REPORT_UP, states.SEND_DOWN):
        about_time(cast, case, move)
    with pytest.raises(Refusal) as refusal:
        silent[move.name](cast, case, getattr(cast, DOER.get(move.name, "guo")))
    assert refusal.value.code == "case.words_missing"


@pytest.mark.parametrize("name", ["decline", "redirect", "return", "rework", "reopen"])
def test_a_reason_of_another_list_is_refused(cast: Cast, kinds: Kinds, name: str) -> None:
    move = next(move for move in MOVES if move.name == name)
    case = a_case(cast, kinds.rubbish, state=next(s for s in State if s in move.sources))
    wrong = reason("decline" if name != "decline" else "return").pk
    operation = getattr(operations, f"{name}_case")
    given = {"words": "因为"} if name in ("return", "rework") else {}
    who = getattr(cast, DOER.get(name, "guo"))
    for reason_id in (wrong, 10**9, None):
        with pytest.raises(Refusal) as refusal:
            operation(case, by=who, reason_id=reason_id, **given)
        assert refusal.value.field == "reason"


def test_what_somebody_else_changed_meanwhile_is_a_conflict(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    operations.note_case(case, by=cast.guo, words="先看看")
    with pytest.raises(Conflict):
        operations.file_case(case, by=cast.guo, seen=case.version)
