"""Who is told that time runs out: one level higher each time, once each, by one index."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from gulou.calendars.models import Year
from gulou.calendars.operations import SYSTEM, set_year
from gulou.calendars.states import Day
from gulou.cases import clocks, operations, queries
from gulou.cases.jobs import give_back_steps_of_who_left
from gulou.cases.models import Case, Step, Warned
from gulou.cases.operations.watching import to_look_at
from gulou.cases.states import State
from gulou.catalogue.operations import set_special_limit, set_warning_marks
from gulou.kit import clock
from gulou.kit.errors import NotAllowed
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people import operations as people
from gulou.people.models import Leadership, StreetLeader, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.people import PostingFactory, RoleFactory, UserFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)
LONG_AGO = date(2020, 1, 1)


def handling(cast: Cast, kinds: Kinds) -> Case:
    """From Monday at eight to twelve: four working hours."""
    with clock.at(MONDAY):
        return a_case(cast, kinds.rubbish, state=State.HANDLING)


def sweep(**after: float) -> list[tuple[int, str]]:
    """What is told at a moment after Monday at eight: percent and level, in order."""
    last = Event.objects.latest("id").pk
    with clock.at(MONDAY + timedelta(**after)):
        operations.watch_clocks()
    told = Event.objects.filter(id__gt=last, name="case.warned").order_by("id")
    return [(event.payload["percent"], event.payload["level"]) for event in told]


def lead(cast: Cast) -> tuple[User, User, User]:
    head, leader, chief = (UserFactory.create() for _ in range(3))
    for unit, user in ((cast.street, head), (cast.office, chief)):
        Leadership.objects.create(unit=unit, duty="head", name="负责人", user=user, since=LONG_AGO)
    StreetLeader.objects.create(unit=cast.street, user=leader, since=LONG_AGO)
    return head, leader, chief


def test_each_mark_is_told_once_and_one_level_higher(cast: Cast, kinds: Kinds) -> None:
    people = lead(cast)
    case = handling(cast, kinds)
    assert sweep(hours=1) == []
    assert sweep(hours=2) == [(50, "unit")]
    assert sweep(hours=2, minutes=1) == []
    assert sweep(hours=3, minutes=12) == [(80, "head")]
    assert sweep(hours=4) == [(100, "leader")]
    # 150 percent of four working hours: two of them after noon.
    assert sweep(hours=7, minutes=59) == []
    assert sweep(hours=8) == [(150, "district")]
    assert sweep(hours=10) == [(200, "district")]
    assert sweep(days=9) == []
    told = Warned.objects.filter(step__case=case).order_by("percent")
    assert [one.person for one in told] == [*people, people[2]]
    assert queries.warned_cases_of(people[0])[0][:2] == (case.number, 80)
    assert list(audit()) == []


def test_after_a_pause_only_the_highest_mark_is_told(cast: Cast, kinds: Kinds) -> None:
    lead(cast)
    handling(cast, kinds)
    assert sweep(hours=5) == [(100, "leader")]


def test_where_nobody_is_there_it_goes_one_level_higher(cast: Cast, kinds: Kinds) -> None:
    handling(cast, kinds)
    assert sweep(hours=3, minutes=30) == [(80, "district")]


def test_the_marks_are_the_office_s_to_set(cast: Cast, kinds: Kinds) -> None:
    handling(cast, kinds)
    set_warning_marks([(25, "unit"), (300, "district")], by=SYSTEM)
    assert sweep(hours=2) == [(25, "unit")]
    assert sweep(hours=4) == []


def test_a_step_has_its_own_limit_by_category_and_condition(cast: Cast, kinds: Kinds) -> None:
    set_special_limit(
        "accept", category_id=kinds.a_class.pk, amount=30, time_unit="minute", by=SYSTEM
    )
    set_special_limit(
        "accept", category_id=kinds.rubbish.pk, amount=10, time_unit="minute", by=SYSTEM
    )
    set_special_limit(
        "accept", category_id=kinds.rubbish.pk, condition_id=kinds.danger.pk, amount=5,
        time_unit="minute", by=SYSTEM,
    )  # fmt: skip
    with clock.at(MONDAY):
        ordinary = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
        smoking = a_case(cast, kinds.smoking, state=State.DISPATCHED)
        danger = operations.dispatch_case(
            a_case(cast, kinds.rubbish, state=State.FILED), by=cast.guo, unit_id=cast.street.pk,
            condition_id=kinds.danger.pk,
        )  # fmt: skip
    minutes = [case.due_at and (case.due_at - MONDAY) // timedelta(minutes=1)
               for case in (smoking, ordinary, danger)]  # fmt: skip
    assert minutes == [30, 10, 5]
    set_special_limit("accept", category_id=kinds.rubbish.pk, amount=0, time_unit="", by=SYSTEM)
    ordinary.refresh_from_db()
    assert ordinary.due_at == MONDAY + timedelta(minutes=10)


def test_a_forgotten_suspension_ends_by_itself(cast: Cast, kinds: Kinds) -> None:
    case = handling(cast, kinds)
    with clock.at(MONDAY):
        until = MONDAY + timedelta(days=1)
        operations.ask_suspension(case, by=cast.lin, until=until, words="要等招标")
        operations.rule(case, by=cast.guo, granted=True, words="同意")
    assert sweep(hours=12) == []
    assert sweep(days=1) == []
    case.refresh_from_db()
    assert (case.suspended_until, case.due_at) == (None, MONDAY + timedelta(days=1, hours=4))
    assert Event.objects.filter(subject_uid=case.uid, name="case.clock_resumed").exists()
    assert list(audit()) == []


def test_a_clock_without_calendar_is_set_once_there_is_one(cast: Cast, kinds: Kinds) -> None:
    Year.objects.filter(year=2027).delete()
    eve = datetime(2026, 12, 31, 16, tzinfo=SHANGHAI)
    with clock.at(eve):
        case = a_case(cast, kinds.rubbish, state=State.HANDLING)
        assert case.due_at is None
        set_year(2027, [Day(date(2027, 1, 1), False, "元旦")], by=SYSTEM)
    with clock.at(eve + clocks.RETRY):
        operations.watch_clocks()
    case.refresh_from_db()
    assert case.due_at == datetime(2027, 1, 4, 10, tzinfo=SHANGHAI)
    assert Event.objects.filter(subject_uid=case.uid, name="case.clock_set").exists()


def test_the_sweep_can_ask_its_index(cast: Cast, kinds: Kinds) -> None:
    handling(cast, kinds)
    with connection.cursor() as cursor:
        # Of a table of one page every index serves as well; only that of the sweep is left.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("""SELECT indexrelid::regclass FROM pg_index
            WHERE indrelid = 'cases_step'::regclass AND NOT indisunique
            AND indexrelid::regclass::text <> 'step_watched'""")
        for (index,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{index}"')
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = to_look_at(MONDAY).values_list("pk", "case_id")[:500].explain()
    assert "step_watched" in plan


def test_a_step_that_cannot_be_looked_at_holds_up_no_other(
    cast: Cast, kinds: Kinds, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = handling(cast, kinds), handling(cast, kinds)
    Step.objects.filter(case=broken, ended_at=None).update(limit_unit="fortnight")
    assert sweep(hours=2) == [(50, "unit")]
    assert Event.objects.get(name="case.warned").subject_uid == sound.uid
    assert f"of case {broken.pk} cannot be looked at" in caplog.text
    again = Step.objects.get(case=broken, ended_at=None).watch_at
    assert again == MONDAY + timedelta(hours=2) + clocks.RETRY


def approver(cast: Cast) -> User:
    role = RoleFactory.create(verbs=["case.recompute"])
    return PostingFactory.create(unit=cast.office, role=role).user


def test_a_changed_calendar_moves_nothing_until_somebody_decides_so(
    cast: Cast, kinds: Kinds
) -> None:
    case, by = handling(cast, kinds), approver(cast)
    with clock.at(MONDAY + timedelta(hours=1)):
        set_year(2026, [Day(date(2026, 11, 23), False, "停工")], by=SYSTEM)
        case.refresh_from_db()
        assert case.due_at == MONDAY + timedelta(hours=4)
        with pytest.raises(NotAllowed):
            operations.recompute_deadlines(by=cast.lin)
        seen = operations.preview_deadlines(by=by)
        assert (seen.later, seen.earlier, seen.examples[0].number) == (1, 0, case.number)
        case.refresh_from_db()
        assert case.due_at == MONDAY + timedelta(hours=4)
        assert operations.recompute_deadlines(by=by).moved == 1
        assert operations.recompute_deadlines(by=by).moved == 0
    case.refresh_from_db()
    assert case.step is not None
    assert case.due_at == case.step.due_at == MONDAY + timedelta(days=1, hours=4)
    fact = Event.objects.get(subject_uid=case.uid, name="case.clock_set")
    assert (fact.actor, fact.payload["step"]) == (by.actor, case.step_id)
    assert list(audit()) == []


def test_what_a_late_unit_gave_one_beneath_stays_when_deadlines_are_set_anew(
    cast: Cast, kinds: Kinds
) -> None:
    case, by = handling(cast, kinds), approver(cast)
    with clock.at(MONDAY + timedelta(days=2)):
        tomorrow = clock.now() + timedelta(days=1)
        operations.delegate_part(case, by=cast.lin, unit_id=cast.community.pk, due_at=tomorrow)
        set_year(2026, [Day(date(2026, 11, 23), False, "停工")], by=SYSTEM)
        assert operations.recompute_deadlines(by=by).moved == 1
        case.refresh_from_db()
        assert case.due_at is not None and case.due_at < clock.now()
    assert case.step is not None
    assert case.part_due_at == case.step.due_at == tomorrow


def test_what_was_handed_down_is_due_and_warned_of_no_later_than_what_it_belongs_to(
    cast: Cast, kinds: Kinds
) -> None:
    by = approver(cast)
    set_year(2026, [Day(date(2026, 11, 23), False, "停工")], by=SYSTEM)
    case = handling(cast, kinds)
    with clock.at(MONDAY):
        late = MONDAY + timedelta(days=1, hours=3)
        operations.delegate_part(case, by=cast.lin, unit_id=cast.community.pk, due_at=late)
        set_year(2026, [], by=SYSTEM)
        assert operations.recompute_deadlines(by=by).moved == 1
    case.refresh_from_db()
    part = case.step
    assert part is not None and part.kind == "part"
    assert part.due_at == case.part_due_at == case.due_at == MONDAY + timedelta(hours=4)
    # 09:00 to 14:00, the noon break between them: half of the working hours are gone at 11:00.
    assert part.watch_at == MONDAY + timedelta(hours=2)
    facts = Event.objects.filter(subject_uid=case.uid, name="case.clock_set")
    told = facts.get(payload__step=part.pk).payload
    assert told["unit"] == cast.community.pk
    assert datetime.fromisoformat(told["due_before"]) == late
    assert datetime.fromisoformat(told["due"]) == part.due_at
    assert list(audit()) == []


def test_what_was_granted_counts_when_deadlines_are_set_anew(cast: Cast, kinds: Kinds) -> None:
    case, by = handling(cast, kinds), approver(cast)
    with clock.at(MONDAY):
        operations.ask_extension(case, by=cast.lin, amount=2, words="要等吊车")
        operations.rule(case, by=cast.guo, granted=True, words="同意")
        assert operations.recompute_deadlines(by=by).moved == 0
        set_year(2026, [Day(date(2026, 11, 23), False, "停工")], by=SYSTEM)
        operations.recompute_deadlines(by=by)
    case.refresh_from_db()
    assert case.due_at == MONDAY + timedelta(days=1, hours=8)


def test_what_was_granted_after_a_suspension_counts_too(cast: Cast, kinds: Kinds) -> None:
    case, by = handling(cast, kinds), approver(cast)
    with clock.at(MONDAY + timedelta(hours=1)):
        until = MONDAY + timedelta(days=2)
        operations.ask_suspension(case, by=cast.lin, until=until, words="要等招标")
        operations.rule(case, by=cast.guo, granted=True, words="同意")
    with clock.at(MONDAY + timedelta(hours=2)):
        operations.resume_clock(case, by=cast.guo, words="可以做了")
        operations.ask_extension(case, by=cast.lin, amount=2, words="要等吊车")
        operations.rule(case, by=cast.guo, granted=True, words="同意")
        case.refresh_from_db()
        assert case.due_at == MONDAY + timedelta(hours=9)
        assert operations.recompute_deadlines(by=by).moved == 0


def test_who_is_given_more_time_is_warned_of_the_new_deadline(cast: Cast, kinds: Kinds) -> None:
    head, *_rest = lead(cast)
    case = handling(cast, kinds)
    assert sweep(hours=3, minutes=30) == [(80, "head")]
    with clock.at(MONDAY + timedelta(hours=3, minutes=30)):
        operations.ask_extension(case, by=cast.lin, amount=4, words="要等吊车")
        operations.rule(case, by=cast.guo, granted=True, words="同意")
    # Eight working hours now, the noon break between them.
    assert sweep(hours=6) == [(50, "unit")]
    assert sweep(hours=9) == [(80, "head")]
    assert Warned.objects.get(person=head).at > MONDAY + timedelta(hours=8)


def test_a_clock_that_could_not_be_set_stands_still_too(cast: Cast, kinds: Kinds) -> None:
    Year.objects.filter(year=2027).delete()
    eve = datetime(2026, 12, 31, 15, tzinfo=SHANGHAI)
    with clock.at(eve):
        case = a_case(cast, kinds.rubbish, state=State.HANDLING)
        assert case.due_at is None
    with clock.at(eve + timedelta(hours=1)):
        until = eve + timedelta(days=10)
        operations.ask_suspension(case, by=cast.lin, until=until, words="要等招标")
        operations.rule(case, by=cast.guo, granted=True, words="同意")
    set_year(2027, [Day(date(2027, 1, 1), False, "元旦")], by=SYSTEM)
    with clock.at(until):
        operations.watch_clocks()
    case.refresh_from_db()
    # An hour of four was used; the clock runs again on Sunday the tenth.
    assert case.due_at == datetime(2027, 1, 11, 11, tzinfo=SHANGHAI)


def test_the_steps_of_who_left_go_back_to_their_unit(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    case = operations.name_rechecker(case, by=cast.guo, person=cast.he)
    assert case.step_person == cast.he
    assert give_back_steps_of_who_left() == 0
    people.deactivate_person(cast.he, by=None)
    assert give_back_steps_of_who_left() == 1
    case.refresh_from_db()
    assert case.step_person_id is None and case.step_unit_id == cast.team.pk
    assert Event.objects.filter(subject_uid=case.uid, name="case.step_given_back").exists()
