"""Taking a move back: for ten seconds, by who made it, if nothing happened since."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from gulou.cases import operations, queries, states
from gulou.cases.facts import CaseMoved
from gulou.cases.jobs import forget_before
from gulou.cases.models import Before, Case, Note, Step
from gulou.cases.rechecks import is_independent
from gulou.cases.states import MOVES, Move, State, StepKind
from gulou.kit import clock
from gulou.kit.errors import Conflict, NotAllowed, Refusal
from gulou.notices import letters
from gulou.outbox.audit import audit
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Delivery, Event
from gulou.outbox.table import table
from tests.cases.test_moves import DOER, HOW, about_time, thrown_back
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, assign_from_above, evidence

STANDS = (
    "state", "unit_id", "assisting", "rule_id", "step_id", "step_kind", "step_unit_id",
    "step_person_id", "due_at", "ended_at", "category_id", "condition_id", "summary", "address",
    "returns", "reworks", "objected_at", "restricted", "merged_into_id",
)  # fmt: skip


def _stands(case: Case) -> dict[str, Any]:
    case.refresh_from_db()
    open_steps = sorted(case.steps.filter(ended_at=None).values_list("pk", "due_at"))
    return {"open": open_steps, **{name: getattr(case, name) for name in STANDS}}


def _ready(cast: Cast, kinds: Kinds, move: Move, state: State) -> Case:
    case = a_case(cast, kinds.rubbish, state=state)
    if move == states.VERIFY:
        case = operations.task_verification(case, by=cast.guo, unit_id=cast.community.pk)
    if move in (states.UPHOLD, states.REOPEN):
        operations.object_to_case(case.reports.get(), words="还在")
    if move == states.REPLY:
        assign_from_above(case)
    if move == states.ARBITRATE:
        case = thrown_back(cast, case)
    about_time(cast, case, move)
    return case


@pytest.mark.parametrize(
    ("move", "state"),
    [(move, state) for move in MOVES for state in State if state in move.sources],
    ids=lambda one: getattr(one, "name", one),
)
def test_a_move_is_taken_back_where_the_table_says(
    cast: Cast, kinds: Kinds, move: Move, state: State
) -> None:
    case = _ready(cast, kinds, move, state)
    before = _stands(case)
    doer = getattr(cast, DOER.get(move.name, "guo"))
    HOW[move.name](cast, case, doer)
    case.refresh_from_db()
    if not move.undo:
        with pytest.raises(Refusal) as refusal:
            operations.undo_move(case, by=doer)
        assert refusal.value.code == "case.nothing_to_undo"
        return
    operations.undo_move(case, by=doer)
    assert _stands(case) == before
    assert list(audit()) == []


def test_steps_tell_that_it_was_taken_back(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    accept = Step.objects.get(case=case, kind=StepKind.ACCEPT)
    operations.handle_case(case, by=cast.lin, words="清了", evidence=evidence())
    operations.undo_move(case, by=cast.lin)
    gone = Step.objects.filter(case=case, pk__gt=accept.pk)
    assert {(step.kind, step.outcome, step.ended_by) for step in gone} == {
        ("handle", "undone", cast.lin), ("recheck", "undone", cast.lin)}  # fmt: skip
    again = Step.objects.get(pk=accept.pk)
    assert (again.ended_at, again.outcome, again.due_at) == (None, "", accept.due_at)


def test_pictures_of_a_move_that_was_taken_back_stay_for_reference(
    cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    operations.handle_case(case, by=cast.lin, words="清了", evidence=evidence())
    operations.undo_move(case, by=cast.lin)
    assert list(case.photos.values_list("kind", flat=True)) == ["reference"]


def test_the_story_shows_both(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    HOW["decline"](cast, case, cast.guo)
    operations.undo_move(case, by=cast.guo)
    case.refresh_from_db()
    last = queries.record_of(case, reader=cast.guo).story[-2:]
    assert [(entry.name, entry.undone) for entry in last] == [
        ("case.declined", True), ("case.move_undone", False)]  # fmt: skip
    assert last[0].reason == "Other"
    assert not Note.objects.filter(case=case).exists()
    told = queries.tracked(case.reports.get()).told
    assert [one.name for one in told] == ["case.opened"]


@pytest.mark.parametrize(("seconds", "works"), [(0, True), (11, True), (12.5, False), (60, False)])
def test_it_works_for_ten_seconds_and_says_so_after(
    cast: Cast, kinds: Kinds, seconds: float, works: bool
) -> None:
    start = clock.now()
    case = a_case(cast, kinds.rubbish)
    with clock.at(start):
        operations.file_case(case, by=cast.guo)
    with clock.at(start + timedelta(seconds=seconds)):
        if works:
            operations.undo_move(case, by=cast.guo)
        else:
            with pytest.raises(Refusal) as refusal:
                operations.undo_move(case, by=cast.guo)
            assert refusal.value.code == "case.undo_too_late"
    case.refresh_from_db()
    assert case.state == (State.RECEIVED if works else State.FILED)


def test_nobody_else_takes_it_back(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    with pytest.raises(NotAllowed):
        operations.undo_move(case, by=cast.lin)


def test_what_happened_since_stands_in_the_way(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    words = case.reports.get().words_id
    operations.erase_words(case, by=cast.guo, words_id=words)
    with pytest.raises(Refusal) as refusal:
        operations.undo_move(case, by=cast.guo)
    assert refusal.value.code == "case.nothing_to_undo"


def test_a_rating_since_stands_in_the_way(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    operations.rate_case(case.reports.get(), rating=5)
    with pytest.raises(Refusal):
        operations.undo_move(case, by=cast.he)


def test_a_move_is_taken_back_once(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    operations.undo_move(case, by=cast.guo)
    with pytest.raises(Refusal):
        operations.undo_move(case, by=cast.guo)


def test_it_is_not_taken_back_by_who_has_seen_less(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    with pytest.raises(Conflict):
        operations.undo_move(case, by=cast.guo, seen=case.version - 1)


def test_nothing_leaves_the_house_before_the_time_has_passed(
    cast: Cast, kinds: Kinds, settings: Any
) -> None:
    cast.street.email = "street@example.org"
    cast.street.save(update_fields=["email"])
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    deliver_all()
    assert mail.outbox == []
    with clock.at(clock.now() + timedelta(seconds=14)):
        deliver_all()
        letters.send_all()
    assert [one.to for one in mail.outbox] == [["street@example.org"]]
    assert case.number in mail.outbox[0].subject


def test_nothing_follows_from_what_was_taken_back(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    operations.undo_move(case, by=cast.guo)
    dispatched = Event.objects.get(subject_uid=case.uid, name="case.dispatched")
    assert not Delivery.objects.filter(event=dispatched).exists()


def test_what_has_left_the_house_is_not_taken_back(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    Delivery.objects.filter(event__name="case.dispatched").update(attempts=1)
    with pytest.raises(Refusal) as refusal:
        operations.undo_move(case, by=cast.guo)
    assert refusal.value.code == "case.undo_too_late"


def test_the_facts_of_such_moves_wait_longer_than_they_may_be_taken_back() -> None:
    longest = states.UNDO_WITHIN + states.UNDO_GRACE
    settling = {fact.name for fact in table() if issubclass(fact, CaseMoved) and fact.settles_after}
    assert settling == {f"case.{_past(move)}" for move in MOVES if move.undo}
    assert all(f.settles_after > longest for f in table() if f.name in settling)


def _past(move: Move) -> str:
    odd = {"name_rechecker": "rechecker_named", "rework": "reworked", "reopen": "reopened",
           "delegate": "part_handed_down", "send_down": "part_handed_down",
           "report_up": "part_reported", "take_back": "part_taken_back", "return": "returned", "verify": "verified", "dispatch": "dispatched"}  # fmt: skip
    end = "d" if move.name.endswith("e") else "ed"
    return odd.get(move.name, move.name + end)


def test_what_is_remembered_is_kept_for_a_while_only(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    forget_before()
    assert Before.objects.filter(case=case).exists()
    with clock.at(clock.now() + timedelta(hours=1)):
        forget_before()
    assert not Before.objects.filter(case=case).exists()


def test_an_undone_handling_does_not_keep_a_unit_from_rechecking(cast: Cast, kinds: Kinds) -> None:
    case = operations.receive_report(a_snap(kinds.rubbish)).case
    operations.file_case(case, by=cast.guo)
    operations.dispatch_case(case, by=cast.guo, unit_id=cast.department.pk)
    operations.accept_case(case, by=cast.chen)
    operations.undo_move(case, by=cast.chen)
    case.refresh_from_db()
    assert is_independent(cast.chen, case)
