"""Pushing: once, each by itself, and what changed meanwhile is told."""

import itertools
import uuid
from typing import Any

import pytest
from django.test import Client

from gulou.cases import operations
from gulou.cases.models import Case, CasePhoto, Report
from gulou.cases.states import State
from gulou.field import shapes
from gulou.kit.errors import Conflict
from gulou.phones.models import Pushed, Upload
from gulou.photos.models import Photo
from tests.cases.test_revisits import ALL_BLIND, closed, ma, the  # noqa: F401  a fixture
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case, reason
from tests.factories.photos import make_jpeg

from .phones import ME, a_phone, pull, send
from .test_uploads import SECRET, begin, upload

PUSH = "/field/api/push"


def an_operation(kind: str, task: Any = None, **given: Any) -> dict[str, Any]:
    one: dict[str, Any] = {"id": str(uuid.uuid4()), "kind": kind, "given": given}
    return one | {"task": task["id"], "version": task["version"]} if task else one


def a_report(kinds: Kinds, **given: Any) -> dict[str, Any]:
    lat, lon = IN_WEST
    return an_operation("report", **{
        "category": kinds.rubbish.pk, "lat": lat, "lon": lon, "words": "路边有垃圾", **given})  # fmt: skip


def push(phone: Client, *operations: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    reader = phone.get(ME).json()["uid"]
    answer = send(phone, PUSH, {"operations": operations, "reader": reader, **more})
    assert answer.status_code == 200, answer.content
    found = answer.json()
    shapes.Answers.model_validate(found)
    answers: list[dict[str, Any]] = found["answers"]
    return answers


def task_of(phone: Client, case: Case) -> Any:
    return next(one for one in pull(phone)["tasks"] if one["case"] == case.number)


def test_a_report_sent_ten_times_is_one_with_its_photos(cast: Cast, kinds: Kinds) -> None:
    phone, uid = a_phone(), uuid.uuid4()
    upload(phone, make_jpeg(), uid)
    one = a_report(kinds) | {"photos": [str(uid)], "draft": SECRET}
    first = push(phone, one)[0]
    assert first["state"] == "done" and first["result"]["link"].startswith("http")
    for _ in range(3):
        assert push(phone, one)[0] == first
    (report,) = Report.objects.all()
    assert report.channel == "field" and report.source == "resident" and report.reporter is None
    assert CasePhoto.objects.filter(report=report).count() == 1
    Upload.objects.all().delete()
    assert push(phone, one)[0] == first, "also when its uploads are forgotten"


def test_a_report_changed_after_a_lost_answer_has_the_receipt_of_what_came_first(
    cast: Cast, kinds: Kinds
) -> None:
    one = a_report(kinds)
    (first,) = push(a_phone(), one)
    changed = one | {"given": one["given"] | {"words": "别的"}}
    for phone in (a_phone(), a_phone(cast.lin)):
        (answer,) = push(phone, changed)
        assert (answer["state"], answer["code"]) == ("done", "push.done_before_edit")
        assert answer["result"] == first["result"]
    assert Report.objects.count() == 1


def test_what_somebody_did_is_not_told_to_others(cast: Cast, kinds: Kinds) -> None:
    one = a_report(kinds)
    push(a_phone(cast.lin), one)
    (answer,) = push(a_phone(cast.chen), one)
    assert (answer["state"], answer["code"]) == ("refused", "push.same_id_other_content")
    assert Report.objects.count() == 1


def test_an_act_of_the_same_id_with_other_content_is_refused(cast: Cast, kinds: Kinds) -> None:
    phone = a_phone(cast.lin)
    task = task_of(phone, a_case(cast, kinds.rubbish, state=State.HANDLING))
    one = an_operation("note", task, words="一")
    push(phone, one)
    (answer,) = push(phone, one | {"given": {"words": "二"}})
    assert answer["code"] == "push.same_id_other_content"


def test_three_acts_without_a_network_are_one_chain(cast: Cast, kinds: Kinds) -> None:
    phone = a_phone(cast.lin)
    task = task_of(phone, a_case(cast, kinds.rubbish, state=State.DISPATCHED))
    chain = [an_operation("accept", task), an_operation("note", task, words="已到现场"),
             an_operation("note", task, words="已清理")]  # fmt: skip
    answers = push(phone, *chain)
    assert [one["state"] for one in answers] == ["done"] * 3, answers
    steps = Pushed.objects.order_by("at").values_list("before", "after")
    assert all(one[1] == two[0] for one, two in itertools.pairwise(steps))


def test_a_resident_s_report_is_not_sent_as_who_signed_in_since(cast: Cast, kinds: Kinds) -> None:
    answer = send(a_phone(cast.lin), PUSH, {"operations": [a_report(kinds)], "reader": None})
    assert answer.status_code == 401 and answer.json()["code"] == "field.signed_out"
    assert not Report.objects.exists()


def test_one_that_is_refused_stops_no_other(cast: Cast, kinds: Kinds) -> None:
    answers = push(a_phone(), a_report(kinds, lat=0.0), a_report(kinds))
    assert [one["state"] for one in answers] == ["refused", "done"]
    assert answers[0]["field"] == "place" and answers[0]["message"]


def test_staff_report_under_their_name(cast: Cast, kinds: Kinds) -> None:
    assert push(a_phone(cast.lin), a_report(kinds))[0]["state"] == "done"
    report = Report.objects.get()
    assert report.reporter == cast.lin and report.source == "patrol"
    assert [one["receipt"] for one in pull(a_phone(cast.lin))["reports"]] == [report.receipt]


def test_accepted_and_handled_without_a_network_arrive_in_order(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    phone, uid = a_phone(cast.lin), uuid.uuid4()
    task = task_of(phone, case)
    upload(phone, make_jpeg(), uid)
    accept = an_operation("accept", task)
    handle = an_operation("handle", task, words="已清理") | {"photos": [str(uid)], "draft": SECRET}
    answers = push(phone, accept, handle)
    assert [one["state"] for one in answers] == ["done", "done"], answers
    case.refresh_from_db()
    assert case.state == State.HANDLED
    again = push(phone, handle, accept)
    assert [one["state"] for one in again] == ["done", "done"]
    case.refresh_from_db()
    assert case.state == State.HANDLED and Pushed.objects.count() == 2


def test_a_case_that_was_moved_meanwhile_is_told_and_the_photos_stay(
    cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    phone, uid = a_phone(cast.lin), uuid.uuid4()
    task = task_of(phone, case)
    upload(phone, make_jpeg(), uid)
    operations.note_case(case, by=cast.guo, words="请先处理这一件")
    handle = an_operation("handle", task, words="已清理") | {"photos": [str(uid)], "draft": SECRET}
    (answer,) = push(phone, handle)
    assert answer["state"] == "changed" and answer["now"]["version"] > task["version"]
    assert Photo.objects.get().state == "staged" and not Pushed.objects.exists()
    mended = handle | {"version": answer["now"]["version"]}
    assert push(phone, mended)[0]["state"] == "done", "the same id, once it was looked at again"


def test_a_task_that_was_given_to_others_is_told_to_be_gone(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    phone = a_phone(cast.lin)
    task = task_of(phone, case)
    operations.dispatch_case(case, by=cast.guo, unit_id=cast.department.pk, words="改派")
    (answer,) = push(phone, an_operation("handle", task, words="已清理"))
    assert answer["state"] == "changed" and answer["now"] is None
    assert pull(phone)["tasks"] == []


def test_a_recheck_passes_or_goes_back(cast: Cast, kinds: Kinds) -> None:
    passed, failed = (a_case(cast, kinds.rubbish, state=State.HANDLED) for _ in range(2))
    phone = a_phone(cast.he)
    answers = push(
        phone, an_operation("close", task_of(phone, passed), words="干净"),
        an_operation("rework", task_of(phone, failed), words="没干净",
                     reason=reason("rework").pk),
    )  # fmt: skip
    assert [one["state"] for one in answers] == ["done", "done"], answers
    passed.refresh_from_db()
    failed.refresh_from_db()
    assert (passed.state, failed.state) == (State.CLOSED, State.HANDLING)


def test_an_independent_recheck_is_answered_by_its_own_id(
    cast: Cast, kinds: Kinds, ma: Any,  # noqa: F811
) -> None:  # fmt: skip
    case = closed(cast, kinds, ALL_BLIND)
    phone = a_phone(ma)
    (task,) = pull(phone)["tasks"]
    (answer,) = push(phone, an_operation("look_back", task, passed=True, words="干净"))
    assert answer["state"] == "done" and the(case).outcome == "passed"
    (other,) = push(phone, an_operation("look_back", task, passed=True, words="干净"))
    assert other["state"] == "changed" and other["now"] is None


def test_who_may_not_is_refused(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    task = task_of(a_phone(cast.lin), case)
    (answer,) = push(a_phone(cast.wu), an_operation("handle", task, words="已清理"))
    assert answer["state"] == "refused" and answer["code"].startswith("access")
    case.refresh_from_db()
    assert case.state == State.HANDLING


def test_nothing_is_done_for_who_is_signed_out_or_somebody_else(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    task = task_of(a_phone(cast.lin), case)
    one = an_operation("handle", task, words="已清理")
    for phone in (a_phone(), a_phone(cast.chen)):
        answer = send(phone, PUSH, {"operations": [one], "reader": str(cast.lin.uid)})
        assert answer.status_code == 401 and answer.json()["code"].startswith("field.")
    assert not Pushed.objects.exists()


def test_photos_of_another_cannot_be_sent(cast: Cast, kinds: Kinds) -> None:
    uid = uuid.uuid4()
    upload(a_phone(), make_jpeg(), uid)
    mine = a_report(kinds) | {"photos": [str(uid)], "draft": "o" * 40}
    (answer,) = push(a_phone(), mine)
    assert (answer["state"], answer["code"]) == ("refused", "upload.missing")
    unfinished = uuid.uuid4()
    begin(a_phone(), make_jpeg(), unfinished)
    (answer,) = push(a_phone(), a_report(kinds) | {"photos": [str(unfinished)], "draft": SECRET})
    assert answer["code"] == "upload.unfinished" and Report.objects.count() == 0


def test_words_bring_the_categories_of_the_web_page(cast: Cast, kinds: Kinds) -> None:
    found = send(a_phone(), "/field/api/suggest", {"words": "暴露的垃圾"}).json()
    assert found["categories"][0] == kinds.rubbish.pk


def test_an_operation_is_claimed_once(cast: Cast) -> None:
    from gulou.phones.operations import claim

    one = uuid.uuid4()
    assert claim(one, by=cast.lin, digest="a", task="case-1")
    assert not claim(one, by=cast.lin, digest="a", task="case-1")
    with pytest.raises(Conflict):
        claim(one, by=cast.chen, digest="a", task="case-1")
