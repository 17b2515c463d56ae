"""Planning a joint operation, its parts, its end: what each leaves, and who may."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from gulou.cases.models import Case
from gulou.cases.states import State as CaseState
from gulou.joint import operations, queries
from gulou.joint.models import Operation
from gulou.joint.operations import Part
from gulou.joint.states import State, TaskState
from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from gulou.notices.models import Item
from gulou.notices.titles import title
from gulou.outbox.audit import audit
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.places import queries as places
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case, evidence
from tests.joint.conftest import DUE, MORNING, NOW, a_plan
from tests.people.conftest import boss as boss
from tests.people.conftest import refused

pytestmark = pytest.mark.django_db


def names(operation: Operation) -> list[str]:
    found = Event.objects.filter(subject_uid=operation.uid).order_by("sequence")
    return list(found.values_list("name", flat=True))


def test_it_is_planned_with_its_parts_and_cases_all_on_record(
    cast: Cast, operation: Operation, case: Case
) -> None:
    assert (operation.number, operation.state) == ("LH2026-001", State.PLANNED)
    units = operation.tasks.values_list("unit_id", "due_at", "state")
    assert list(units) == [(cast.street.pk, DUE, "open"), (cast.department.pk, DUE, "open")]
    assert [link.case for link in operation.cases.all()] == [case]
    assert names(operation) == [
        "joint.planned", "joint.task_set", "joint.task_set", "joint.cases_added",
    ]  # fmt: skip
    told = Event.objects.get(subject_uid=case.uid, name="case.taken_up")
    assert told.payload["number"] == operation.number
    assert list(audit()) == []
    assert "夜市" not in str([e.payload for e in Event.objects.filter(subject_uid=operation.uid)])


def test_numbers_count_by_the_year(cast: Cast, operation: Operation) -> None:
    with clock.at(NOW):
        second = operations.plan_operation(a_plan(), by=cast.lin, lead_id=cast.street.pk)
    with clock.at(NOW + timedelta(days=60)):
        later = a_plan(begins_at=NOW + timedelta(days=61), ends_at=NOW + timedelta(days=62))
        third = operations.plan_operation(later, by=cast.lin, lead_id=cast.street.pk)
    assert (second.number, third.number) == ("LH2026-002", "LH2027-001")


def test_only_who_leads_for_that_unit_plans_and_moves_it(cast: Cast, operation: Operation) -> None:
    with clock.at(NOW):
        for user in (cast.wu, cast.chen):
            with pytest.raises(NotAllowed):
                operations.plan_operation(a_plan(), by=user, lead_id=cast.street.pk)
            with pytest.raises(NotAllowed):
                operations.begin_operation(operation, by=user)
            with pytest.raises(NotAllowed):
                operations.change_plan(operation, a_plan(), by=user)


def test_each_part_is_reported_by_its_own_unit_and_counts_for_it_alone(
    cast: Cast, operation: Operation
) -> None:
    ours, theirs = operation.tasks.order_by("pk")
    with clock.at(MORNING):
        operations.begin_operation(operation, by=cast.lin)
        with pytest.raises(NotAllowed):
            operations.report_task(operation, theirs.pk, by=cast.lin, words="已清理")
        operations.report_task(operation, ours.pk, by=cast.lin, words="已清理", evidence=evidence())
    with clock.at(DUE + timedelta(hours=1)):
        operations.report_task(operation, theirs.pk, by=cast.chen, words="已清运")
    seen = queries.operation_of(operation, reader=cast.lin)
    assert [(t.state, t.late, len(t.photos)) for t in seen.tasks] == [
        (TaskState.DONE, False, 1), (TaskState.DONE, True, 0),
    ]  # fmt: skip
    figures = queries.part_figures(since=NOW, until=NOW + timedelta(days=9))
    assert {one.unit_id: (one.on_time, one.late, one.open) for one in figures} == {
        cast.street.pk: (1, 0, 0), cast.department.pk: (0, 1, 0),
    }  # fmt: skip
    uid = UUID(seen.tasks[0].photos[0])
    assert queries.task_photo_seen_by(cast.chen, uid).uid == uid
    with pytest.raises(NotFound):
        queries.task_photo_seen_by(cast.zhao, uid)


def test_it_closes_with_a_result_when_its_parts_are_done_or_called_off(
    cast: Cast, operation: Operation
) -> None:
    ours, theirs = operation.tasks.order_by("pk")
    with clock.at(MORNING):
        operations.begin_operation(operation, by=cast.lin)
        operations.report_task(operation, ours.pk, by=cast.lin, words="已清理")
        with refused("joint.parts_open"):
            operations.close_operation(operation, by=cast.lin, words="已完成")
        with refused("joint.words_missing"):
            operations.call_off_task(operation, theirs.pk, by=cast.lin, words=" ")
        operations.call_off_task(operation, theirs.pk, by=cast.lin, words="现场无车辆")
        with refused("joint.words_missing"):
            operations.close_operation(operation, by=cast.lin, words="")
        closed = operations.close_operation(operation, by=cast.lin, words="占道已清")
        assert (closed.state, closed.ended_at) == (State.CLOSED, MORNING)
        with refused("joint.move_not_open"):
            operations.change_plan(closed, a_plan(), by=cast.lin)
    figures = queries.part_figures(since=NOW, until=NOW + timedelta(days=9))
    department = next(one for one in figures if one.unit_id == cast.department.pk)
    assert (department.on_time, department.late, department.called_off) == (0, 0, 1)
    assert names(operation)[-3:] == ["joint.task_reported", "joint.task_called_off", "joint.closed"]


def test_a_part_goes_back_with_words_and_another_time(cast: Cast, operation: Operation) -> None:
    theirs = operation.tasks.get(unit=cast.department)
    with clock.at(MORNING):
        operations.report_task(operation, theirs.pk, by=cast.chen, words="已清理")
        with pytest.raises(NotAllowed):
            operations.send_task_back(
                operation, theirs.pk, by=cast.chen, words="没清完", due_at=DUE
            )
        later = DUE + timedelta(days=1)
        operations.send_task_back(operation, theirs.pk, by=cast.lin, words="没清完", due_at=later)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.due_at, theirs.sent_back) == (TaskState.OPEN, later, 1)


def test_calling_it_off_calls_off_what_is_still_to_do(cast: Cast, operation: Operation) -> None:
    ours = operation.tasks.get(unit=cast.street)
    with clock.at(MORNING):
        operations.report_task(operation, ours.pk, by=cast.lin, words="已劝导")
        operations.call_off_operation(operation, by=cast.lin, words="暴雨红色预警")
    states = operation.tasks.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["done", "called_off"]


def test_no_number_of_a_person_goes_into_its_words(cast: Cast, operation: Operation) -> None:
    with clock.at(NOW), pytest.raises(Invalid):
        operations.change_plan(operation, a_plan(words="业主 13805911234"), by=cast.lin)
    with clock.at(NOW), pytest.raises(Invalid):
        operations.change_plan(operation, a_plan(title="找 13805911234"), by=cast.lin)


def test_its_units_see_it_and_others_do_not(cast: Cast, operation: Operation) -> None:
    for user in (cast.lin, cast.chen, cast.wu, cast.guo):
        assert queries.operation_seen_by(user, operation.number) == operation
    with pytest.raises(NotFound):
        queries.operation_seen_by(cast.zhao, operation.number)
    assert [one.number for one in queries.due_for(cast.chen)] == [operation.number]
    assert queries.due_for(cast.zhao) == []
    (each,) = queries.operation_of(operation, reader=cast.chen).cases
    assert not each.mine
    (each,) = queries.operation_of(operation, reader=cast.lin).cases
    assert each.mine


def test_what_one_may_do_is_what_is_offered(cast: Cast, operation: Operation) -> None:
    lead = queries.operation_of(operation, reader=cast.lin)
    assert {m.name for m in lead.moves} == {"begin", "task", "cases", "change", "call_off", "drop"}
    assert {m.name for m in lead.tasks[0].moves} == {"report", "change_task", "call_off_task"}
    assert {m.name for m in lead.tasks[1].moves} == {"change_task", "call_off_task"}
    other = queries.operation_of(operation, reader=cast.chen)
    assert other.moves == []
    assert [[m.name for m in task.moves] for task in other.tasks] == [[], ["report"]]


def test_the_inbox_names_the_unit_and_the_place(cast: Cast, operation: Operation) -> None:
    with translation.override("zh-hans"):
        deliver_all()
        told = {title(one) for one in Item.objects.filter(person=cast.chen)}
    area = places.locate(*IN_WEST).community or places.locate(*IN_WEST).street
    assert area is not None
    assert told == {
        f"联合执法 {operation.number}（{area.name_zh}）：{cast.department.name_zh}有一项任务"
    }


def test_the_words_of_a_late_part_are_mended_and_it_stays_late(
    cast: Cast, operation: Operation
) -> None:
    ours, _theirs = operation.tasks.order_by("pk")
    after = DUE + timedelta(hours=1)
    with clock.at(after):
        operations.tell_late(after)
        operations.change_task(operation, ours.pk, by=cast.lin, words="清理北口", due_at=DUE)
        ours.refresh_from_db()
        assert ours.words.text == "清理北口" and ours.told_late_at == after
        with refused("joint.due_past"):
            operations.change_task(
                operation, ours.pk, by=cast.lin, words="清理", due_at=DUE + timedelta(minutes=5)
            )
        operations.change_task(
            operation, ours.pk, by=cast.lin, words="清理", due_at=after + timedelta(hours=1)
        )
    ours.refresh_from_db()
    assert ours.told_late_at is None


def test_a_case_comes_and_goes_on_its_own_record_too(
    cast: Cast, kinds: Kinds, operation: Operation, case: Case
) -> None:
    more = a_case(cast, kinds.smoking, state=CaseState.HANDLING)
    operations.add_cases(operation, [more], by=cast.lin)
    with refused("joint.no_case"):
        operations.add_cases(operation, [more], by=cast.lin)
    (about,) = queries.operations_about(more, reader=cast.lin)
    assert (about.number, about.mine) == (operation.number, True)
    operations.drop_case(operation, more, by=cast.lin)
    assert queries.operations_about(more, reader=cast.lin) == []
    assert Event.objects.filter(subject_uid=more.uid, name="case.let_out").exists()
    elsewhere = operations.plan_operation
    with clock.at(NOW), refused("joint.case_unknown"):
        elsewhere(a_plan(), by=cast.chen, lead_id=cast.department.pk, cases=[case])


def test_a_restricted_case_is_not_for_several_units(
    cast: Cast, operation: Operation, kinds: Kinds
) -> None:
    secret = a_case(cast, kinds.rubbish)
    Case.objects.filter(pk=secret.pk).update(restricted=True, unit=cast.street)
    with pytest.raises(Invalid):
        operations.add_cases(operation, [secret], by=cast.guo)


def test_who_was_slower_is_told_that_it_changed(cast: Cast, operation: Operation) -> None:
    version = operation.version
    with clock.at(NOW):
        part = Part(unit_id=cast.community.pk, words="引导群众", due_at=DUE)
        operations.add_task(operation, part, by=cast.lin, seen=version)
        with pytest.raises(Conflict):
            operations.change_plan(operation, a_plan(), by=cast.guo, seen=version)


def test_lateness_of_a_part_is_on_record_once(cast: Cast, operation: Operation) -> None:
    late = DUE + timedelta(minutes=1)
    assert operations.tell_late(MORNING) == 0
    with clock.at(late):
        assert operations.tell_late(late) == 2
        assert operations.tell_late(late) == 0
    assert names(operation).count("joint.task_late") == 2


def test_a_dissolved_unit_leaves_its_parts_and_its_lead_to_the_one_above(
    cast: Cast, operation: Operation, boss: User
) -> None:
    (use,) = (u for u in queries.uses_of_unit(cast.street.pk))
    assert use.code == "unit.has_operations"
    assert operations.hand_over_parts(cast.street, to=cast.root, by=boss) == 1
    operation.refresh_from_db()
    assert operation.lead == cast.root
    assert operation.tasks.filter(unit=cast.root, state="open").count() == 1
    assert names(operation)[-1] == "joint.handed_over"
    assert queries.uses_of_unit(cast.street.pk) == []
    with pytest.raises(NotAllowed):
        operations.hand_over_parts(cast.department, to=cast.root, by=cast.lin)


def test_what_somebody_wrote_is_erased_on_request_and_the_record_still_proves_it(
    cast: Cast, operation: Operation
) -> None:
    task = operation.tasks.get(unit=cast.department)
    with clock.at(NOW), refused("access.not_allowed"):
        operations.erase_words(operation, by=cast.chen, words_id=task.words_id)
    for words_id in (task.words_id, operation.plan_id):
        assert words_id is not None
        with clock.at(NOW):
            operations.erase_words(operation, by=cast.guo, words_id=words_id)
        with clock.at(NOW), refused("joint.no_words"):
            operations.erase_words(operation, by=cast.guo, words_id=words_id)
    shown = queries.operation_of(Operation.objects.get(pk=operation.pk), reader=cast.guo)
    assert [one.words for one in shown.tasks] == ["清理占道", ""]
    assert [one.name for one in shown.story if one.erased] == ["joint.planned", "joint.task_set"]
    assert shown.story[-1].told["words"] == operation.plan_id
    assert "先劝导" not in str(shown)
    assert list(audit()) == []
