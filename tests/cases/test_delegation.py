"""A part of the handling goes down the tree of units and comes back up, each level with its clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from gulou.calendars import queries as calendars
from gulou.cases import clocks, operations, queries, states
from gulou.cases.models import Case
from gulou.cases.operations import Evidence
from gulou.cases.queries import Filters
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Conflict, NotAllowed, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people.models import Role, Unit, UnitKind, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, drawn, evidence, reason
from tests.factories.people import PostingFactory, UnitFactory, UserFactory
from tests.people.conftest import boss as boss
from tests.people.conftest import refused

pytestmark = pytest.mark.django_db

MONDAY_9 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class Ladder:
    """hu works in the community of lin's street, xu in its crew, li in the community beside."""

    case: Case
    crew: Unit
    beside: Unit
    hu: User
    xu: User
    li: User


@pytest.fixture
def ladder(cast: Cast, kinds: Kinds, roles: dict[str, Role]) -> Ladder:
    role = roles["handler"]
    role.reaches_below = False
    role.save(update_fields=["reaches_below"])
    crew = UnitFactory.create(code="W1C", parent=cast.community, kind=UnitKind.VOLUNTEER_TEAM)
    beside = UnitFactory.create(code="W2", parent=cast.street, kind=UnitKind.COMMUNITY)

    def person(name: str, unit: Unit) -> User:
        user = UserFactory.create(username=name)
        PostingFactory.create(user=user, role=role, unit=unit)
        return user

    with clock.at(MONDAY_9):
        case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    return Ladder(
        case, crew, beside, person("hu", cast.community), person("xu", crew), person("li", beside)
    )


def down(cast: Cast, ladder: Ladder) -> Case:
    """From the street to the community to the crew, at once."""
    with clock.at(MONDAY_9):
        case = operations.delegate_part(ladder.case, by=cast.lin, unit_id=cast.community.pk)
        return operations.delegate_part(case, by=ladder.hu, unit_id=ladder.crew.pk)


def test_each_level_has_a_share_of_the_time_left_above_and_none_has_more(
    cast: Cast, ladder: Ladder
) -> None:
    case = down(cast, ladder)
    street, community, crew = case.steps.filter(ended_at=None).order_by("pk")
    # Four working hours from 09:00: until 15:00; four fifths of that, and of that again.
    assert street.due_at == MONDAY_9 + timedelta(hours=6)
    assert community.due_at == MONDAY_9 + timedelta(hours=5, minutes=12)
    assert crew.due_at == MONDAY_9 + timedelta(hours=2, minutes=33)
    assert [one.unit_id for one in (street, community, crew)] == [
        cast.street.pk, cast.community.pk, ladder.crew.pk,
    ]  # fmt: skip
    assert (crew.parent, community.parent) == (community, street)
    # By its own deadline alone the unit that answers is judged.
    assert (case.unit, case.step_unit, case.due_at) == (cast.street, ladder.crew, street.due_at)
    assert (case.parts, case.part_due_at) == ([cast.community.pk, ladder.crew.pk], crew.due_at)
    told = Event.objects.filter(name="case.part_handed_down").order_by("pk")
    assert [(e.payload["above"], e.payload["unit"]) for e in told] == [
        (cast.street.pk, cast.community.pk), (cast.community.pk, ladder.crew.pk),
    ]  # fmt: skip
    assert list(audit()) == []


def test_a_chosen_deadline_lies_between_now_and_that_of_the_unit_above(
    cast: Cast, ladder: Ladder
) -> None:
    due = ladder.case.due_at
    assert due is not None
    with clock.at(MONDAY_9):
        for wrong, code in ((due + timedelta(minutes=1), "case.due_beyond"), (MONDAY_9, "case.due_past")):  # fmt: skip
            with refused(code):
                operations.delegate_part(
                    ladder.case, by=cast.lin, unit_id=cast.community.pk, due_at=wrong
                )
        case = operations.delegate_part(
            ladder.case, by=cast.lin, unit_id=cast.community.pk, due_at=due
        )
    assert case.part_due_at == due


def test_the_lateness_of_the_unit_above_is_not_passed_down(cast: Cast, ladder: Ladder) -> None:
    with clock.at(MONDAY_9 + timedelta(days=2)):
        case = operations.delegate_part(ladder.case, by=cast.lin, unit_id=cast.community.pk)
        assert case.due_at is not None and case.due_at < clock.now()
        assert case.part_due_at is None
        case = operations.report_part(case, by=ladder.hu, words="已清理")
    (figures,) = queries.part_figures(since=MONDAY_9, until=MONDAY_9 + timedelta(days=9))
    assert (figures.unit_id, figures.on_time, figures.late) == (cast.community.pk, 1, 0)


def test_a_unit_that_is_late_can_still_give_a_deadline(cast: Cast, ladder: Ladder) -> None:
    with clock.at(MONDAY_9 + timedelta(days=2)):
        tomorrow = clock.now() + timedelta(days=1)
        case = operations.delegate_part(
            ladder.case, by=cast.lin, unit_id=cast.community.pk, due_at=tomorrow
        )
        assert case.step is not None and case.step.watch_at is not None
    assert case.part_due_at == case.step.due_at == tomorrow
    assert case.step.watch_at <= tomorrow


def test_everybody_in_the_chain_sees_it_and_units_beside_do_not(cast: Cast, ladder: Ladder) -> None:
    assert not queries.cases_seen_by(ladder.hu).exists()
    case = down(cast, ladder)
    for user in (cast.lin, ladder.hu, ladder.xu, cast.guo):
        assert queries.case_seen_by(user, case.number) == case
    assert ladder.hu in queries.people_who_see(case)
    for user in (ladder.li, cast.zhao):
        assert not queries.cases_seen_by(user).exists()
        with pytest.raises(NotAllowed):
            operations.report_part(case, by=user, words="已清理")
        with pytest.raises(NotAllowed):
            operations.take_part_back(case, by=user)
    assert [row.number for row in queries.my_work(ladder.xu)] == [case.number]
    assert queries.my_work(ladder.hu) == []
    (row,) = queries.queue(ladder.hu, Filters(open=True)).rows
    assert (row.due_at, row.part_due_at) == (case.due_at, case.part_due_at)


def test_only_who_has_it_hands_on_and_reports_and_only_who_gave_it_takes_it_back(
    cast: Cast, ladder: Ladder
) -> None:
    def moves(user: User, case: Case) -> set[str]:
        chain = {states.DELEGATE, states.REPORT_UP, states.SEND_DOWN, states.TAKE_BACK}
        return {m.name for m in queries.moves_open_to(user, case) if m in {*chain, states.HANDLE}}

    assert moves(cast.lin, ladder.case) == {"handle", "delegate"}
    case = down(cast, ladder)
    assert moves(cast.lin, case) == {"take_back"}
    assert moves(ladder.hu, case) == {"take_back"}
    assert moves(ladder.xu, case) == {"report_up"}
    with pytest.raises(NotAllowed):
        operations.report_part(case, by=ladder.hu, words="已清理")
    with pytest.raises(NotAllowed):
        operations.take_part_back(case, by=ladder.xu)
    case = operations.report_part(case, by=ladder.xu, words="已清理")
    assert moves(ladder.hu, case) == {"delegate", "report_up", "send_down", "take_back"} - {
        "take_back"
    }
    assert case.step_unit == cast.community


def test_it_goes_back_up_level_by_level_and_the_pictures_from_beneath_serve(
    cast: Cast, ladder: Ladder
) -> None:
    case = down(cast, ladder)
    with refused("case.handed_down"):
        operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    case = operations.report_part(case, by=ladder.xu, words="已清理", evidence=evidence())
    case = operations.report_part(case, by=ladder.hu, words="已查看")
    assert (case.step_kind, case.step_unit, case.parts) == ("handle", cast.street, [])
    case = operations.handle_case(case, by=cast.lin, words="已清理", evidence=Evidence())
    assert case.state == State.HANDLED
    assert operations.close_case(drawn(case), by=cast.he).state == State.CLOSED
    chain = queries.record_of(case, reader=cast.guo).chain
    assert [(one.depth, one.outcome) for one in chain] == [
        (0, "handled"), (1, "reported"), (2, "reported"),
    ]  # fmt: skip


def test_what_is_not_good_enough_goes_back_down_with_a_new_clock(
    cast: Cast, ladder: Ladder
) -> None:
    case = down(cast, ladder)
    with clock.at(MONDAY_9 + timedelta(minutes=30)):
        case = operations.report_part(case, by=ladder.xu, words="已清理")
    with clock.at(MONDAY_9 + timedelta(hours=1)):
        case = operations.send_part_down(case, by=ladder.hu, words="墙角还有")
    assert (case.step_unit, case.parts) == (ladder.crew, [cast.community.pk, ladder.crew.pk])
    assert case.part_due_at is not None and case.due_at is not None
    assert MONDAY_9 + timedelta(hours=1) < case.part_due_at < case.due_at
    event = Event.objects.get(name="case.part_handed_down", payload__again=True)
    assert event.payload["unit"] == ladder.crew.pk
    with refused("case.no_part"):
        operations.take_part_back(case, by=cast.lin, step_id=10**9)


def test_pictures_that_were_sent_back_are_no_evidence(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    case = operations.report_part(case, by=ladder.xu, words="已清理", evidence=evidence())
    case = operations.report_part(case, by=ladder.hu, words="已查看")
    with clock.at(clock.now()):
        operations.send_part_down(case, by=cast.lin, words="不是这里")
        assert not case.photos.filter(kind="after").exists()
        case = operations.undo_move(case, by=cast.lin)
        assert case.photos.filter(kind="after").count() == 1
        case = operations.send_part_down(case, by=cast.lin, words="不是这里")
    case = operations.take_part_back(case, by=cast.lin)
    with refused("case.photo_missing"):
        operations.handle_case(case, by=cast.lin, words="已清理")


def test_a_unit_beneath_may_say_that_it_cannot_be_done_there(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    case = operations.report_part(case, by=ladder.xu, words="需要吊车", done=False)
    assert case.step_unit == cast.community
    last = case.steps.get(unit=ladder.crew)
    assert last.outcome == "given_back"
    assert Event.objects.get(name="case.part_reported").payload["done"] is False


def test_taking_back_from_the_top_ends_all_that_hung_on_it(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    part = case.steps.get(unit=cast.community)
    case = operations.take_part_back(case, by=cast.lin, step_id=part.pk, words="街道自行处置")
    assert (case.step_unit, case.parts, case.part_due_at) == (cast.street, [], None)
    ended = case.steps.filter(kind="part").values_list("outcome", flat=True)
    assert list(ended) == ["taken_back", "taken_back"]
    event = Event.objects.get(name="case.part_taken_back")
    assert (event.payload["unit"], event.payload["above"]) == (cast.community.pk, cast.street.pk)


def test_lateness_counts_for_the_level_that_was_late(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    with clock.at(MONDAY_9 + timedelta(hours=3)):
        case = operations.report_part(case, by=ladder.xu, words="已清理", evidence=evidence())
        case = operations.report_part(case, by=ladder.hu, words="已查看")
        operations.handle_case(case, by=cast.lin, words="已清理")
    figures = {
        one.unit_id: (one.on_time, one.late)
        for one in queries.part_figures(since=MONDAY_9, until=MONDAY_9 + timedelta(days=1))
    }
    assert figures == {cast.community.pk: (1, 0), ladder.crew.pk: (0, 1)}
    assert not queries.late_steps_of(case).exists()
    late = [e.payload["late"] for e in Event.objects.filter(name="case.part_reported").order_by("pk")]  # fmt: skip
    assert late == [True, False]


def test_each_level_is_warned_of_its_own_clock(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    with clock.at(MONDAY_9 + timedelta(minutes=100)):
        operations.watch_clocks()
    warned = Event.objects.filter(name="case.warned").values_list("payload__unit", flat=True)
    assert ladder.crew.pk in warned and cast.street.pk not in warned
    case.refresh_from_db()
    assert case.due_at == MONDAY_9 + timedelta(hours=6)


def test_a_part_is_warned_of_in_the_time_that_its_handling_counts(
    cast: Cast, ladder: Ladder
) -> None:
    """Half of what lies between Monday nine and Tuesday ten is no hour of the night."""
    step = down(cast, ladder).steps.get(unit=ladder.crew)
    step.due_at = MONDAY_9 + timedelta(hours=25)
    times = calendars.times_of(step.unit_id)
    assert times.worked(step.started_at, step.due_at) < timedelta(hours=10)
    half = clocks.mark_at(step, 50)
    assert half < step.started_at + timedelta(hours=8)
    worked = timedelta(minutes=1) * (
        times.worked(step.started_at, step.due_at) // timedelta(minutes=1)
    )
    assert times.worked(half, step.due_at) == worked / 2


def test_what_goes_back_to_the_office_ends_at_every_level(cast: Cast, ladder: Ladder) -> None:
    case = operations.return_case(
        down(cast, ladder), by=cast.lin, reason_id=reason("return").pk, words="不归我们管"
    )
    assert (case.state, case.parts, case.part_due_at) == (State.FILED, [], None)
    assert not case.steps.filter(kind="part", ended_at=None).exists()


def test_a_move_between_levels_may_be_taken_back_at_once(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    stood = case.step_id, case.parts, case.part_due_at, case.due_at
    with clock.at(MONDAY_9):
        for done in (True, False):
            operations.report_part(case, by=ladder.xu, words="已清理", done=done)
            back = operations.undo_move(case, by=ladder.xu)
            assert (back.step_id, back.parts, back.part_due_at, back.due_at) == stood
        operations.take_part_back(case, by=ladder.hu)
        back = operations.undo_move(case, by=ladder.hu)
    assert (back.step_id, back.parts, back.part_due_at, back.due_at) == stood


def test_who_rechecks_had_no_hand_in_it_at_any_level(cast: Cast, ladder: Ladder) -> None:
    case = down(cast, ladder)
    case = operations.report_part(case, by=ladder.xu, words="已清理", evidence=evidence())
    case = operations.report_part(case, by=ladder.hu, words="已查看")
    case = operations.handle_case(case, by=cast.lin, words="已清理")
    named = {user.username for user in queries.rechecker_choices(case)}
    assert "he" in named and not named & {"lin", "hu", "xu"}


def test_it_refuses_a_unit_that_is_not_beneath(cast: Cast, ladder: Ladder) -> None:
    for unit in (cast.street, cast.other_street, cast.department):
        with refused("case.not_beneath"):
            operations.delegate_part(ladder.case, by=cast.lin, unit_id=unit.pk)
    with refused("case.person_elsewhere"):
        operations.delegate_part(
            ladder.case, by=cast.lin, unit_id=cast.community.pk, person=ladder.li
        )


def test_nothing_is_handed_down_while_the_clock_stands_still(cast: Cast, ladder: Ladder) -> None:
    with clock.at(MONDAY_9):
        until = MONDAY_9 + timedelta(days=30)
        case = operations.ask_suspension(ladder.case, by=cast.lin, until=until, words="等招标")
        with refused("case.suspended_part"):
            operations.delegate_part(case, by=cast.lin, unit_id=cast.community.pk)
        case = operations.rule(case, by=cast.guo, granted=True, words="属实")
        with refused("case.suspended_part"):
            operations.delegate_part(case, by=cast.lin, unit_id=cast.community.pk)
        case = operations.resume_clock(case, by=cast.guo, words="可以做了")
        case = operations.delegate_part(case, by=cast.lin, unit_id=cast.community.pk)
        with pytest.raises(Refusal):
            operations.ask_suspension(case, by=cast.lin, until=until, words="等招标")


def test_more_time_for_the_unit_above_leaves_its_part_below_as_it_is(
    cast: Cast, ladder: Ladder
) -> None:
    case = down(cast, ladder)
    with clock.at(MONDAY_9):
        case = operations.ask_extension(case, by=cast.lin, amount=2, words="要等材料")
        part = case.part_due_at
        case = operations.rule(case, by=cast.guo, granted=True, words="属实")
    assert (case.due_at, case.part_due_at) == (MONDAY_9 + timedelta(hours=8), part)


def test_who_was_slower_is_told_that_it_changed(cast: Cast, ladder: Ladder) -> None:
    version = ladder.case.version
    operations.delegate_part(ladder.case, by=cast.lin, unit_id=cast.community.pk, seen=version)
    with pytest.raises(Conflict):
        operations.delegate_part(ladder.case, by=cast.lin, unit_id=cast.community.pk, seen=version)


def test_the_part_of_a_dissolved_unit_goes_to_the_one_above(
    cast: Cast, ladder: Ladder, boss: User
) -> None:
    case = down(cast, ladder)
    operations.hand_over_cases(ladder.crew, to=cast.community, by=boss)
    case.refresh_from_db()
    assert (case.step_unit, case.parts) == (cast.community, [cast.community.pk])
    assert case.steps.get(outcome="handed_over").ended_at is not None
    event = Event.objects.get(name="case.handed_over")
    assert (event.payload["unit_before"], event.payload["unit"]) == (
        ladder.crew.pk, cast.community.pk,
    )  # fmt: skip
    # What is dissolved in the middle leaves no gap either.
    case = operations.delegate_part(case, by=ladder.hu, unit_id=ladder.crew.pk)
    operations.hand_over_cases(cast.community, to=cast.street, by=boss)
    case.refresh_from_db()
    assert (case.unit, case.step_unit, case.parts) == (cast.street, ladder.crew, [ladder.crew.pk])
    crew = case.steps.get(ended_at=None, unit=ladder.crew)
    assert crew.parent == case.steps.get(ended_at=None, kind="handle")


def test_the_part_of_somebody_who_leaves_waits_for_their_unit(cast: Cast, ladder: Ladder) -> None:
    case = operations.delegate_part(
        ladder.case, by=cast.lin, unit_id=cast.community.pk, person=ladder.hu
    )
    assert case.step_person == ladder.hu
    ladder.hu.is_active = False
    ladder.hu.save(update_fields=["is_active"])
    assert operations.give_back_steps(ladder.hu, actor="system") == 1
    case = Case.objects.get(pk=case.pk)
    assert case.step_person is None
    assert (case.step_unit, case.parts) == (cast.community, [cast.community.pk])
