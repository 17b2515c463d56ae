"""The pages of joint enforcement, and what leads to them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gulou.cases.models import Case
from gulou.joint import operations
from gulou.joint.models import Operation, Task
from gulou.joint.operations import Part
from gulou.kit import clock
from tests.conftest import Cast
from tests.desk.conftest import SignedIn
from tests.joint.conftest import DUE, NOW, _leads, a_plan, case, operation

__all__ = ["_leads", "case", "operation"]
pytestmark = pytest.mark.django_db


def local(days: float) -> str:
    return timezone.localtime(NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_an_operation_is_planned_from_cases_picked_on_a_list(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    client, url = as_user(cast.lin), reverse("desk:joint_new")
    picked = client.post(url, {"from": "list", "case": f"{case.number}:{case.version}"})
    assert case.number in picked.text
    sent = {
        "title": "联合整治", "lead": cast.street.pk, "begins_at": local(1), "ends_at": local(1.2),
        "address": "达明路北口", "lat": "26.07", "lon": "119.29", "words": "先劝导",
        "units": [cast.street.pk, cast.department.pk], "task_words": "清理", "task_due": local(2),
        "cases": case.number,
    }  # fmt: skip
    with clock.at(NOW):
        wrong = client.post(url, {**sent, "ends_at": local(0.5), "cases": "no-such-1"})
        assert wrong.status_code == 422
        assert "先劝导" in wrong.text and "no-such-1" in wrong.text
        answer = client.post(url, sent, follow=True)
    assert Operation.objects.get().tasks.count() == 2
    assert "联合整治" in answer.text and "清理" in answer.text
    assert "联合整治" in client.get(reverse("desk:record", args=[case.number])).text
    assert "联合整治" in as_user(cast.chen).get(reverse("desk:queue")).text


def test_every_page_opens_for_who_takes_part_and_for_nobody_else(
    cast: Cast, operation: Operation, as_user: SignedIn
) -> None:
    task = Task.objects.get(unit=cast.department)
    page = reverse("desk:joint_one", args=[operation.number])
    for url in (
        reverse("desk:joint"), page, reverse("desk:joint_points", args=[operation.number]),
        reverse("desk:joint_part", args=[operation.number, task.pk, "report"]),
        reverse("desk:joint_sheet", args=[operation.number, "docx"]),
        reverse("desk:joint_sheet", args=[operation.number, "pdf"]),
        f"/api/v1/joint/{operation.number}",
    ):  # fmt: skip
        assert as_user(cast.chen).get(url).status_code == 200, url
    for url in (page, f"/api/v1/joint/{operation.number}"):
        assert as_user(cast.zhao).get(url).status_code == 404
    begin = reverse("desk:joint_move", args=[operation.number, "begin"])
    assert as_user(cast.chen).get(begin).status_code == 403


def test_a_unit_reports_its_part_and_the_lead_closes(
    cast: Cast, operation: Operation, as_user: SignedIn
) -> None:
    client = as_user(cast.lin)

    def go(name: str, task: Task | None = None, **sent: str) -> int:
        part = [task.pk] if task else []
        kind = "desk:joint_part" if task else "desk:joint_move"
        answer = client.post(reverse(kind, args=[operation.number, *part, name]), sent)
        return answer.status_code

    ours, theirs = operation.tasks.order_by("pk")
    with clock.at(NOW + timedelta(minutes=1)):
        client = as_user(cast.lin)
        assert go("begin") == 302
        assert go("report", ours, words="") == 422
        assert go("report", ours, words="已清理") == 302
        assert go("report", theirs, words="已清理") == 403
        assert go("close", words="完成") == 409
        assert go("call_off_task", theirs, words="无车辆") == 302
        assert go("close", words="完成") == 302
    operation.refresh_from_db()
    assert operation.state == "closed"


def test_the_slower_of_two_reads_what_changed_and_keeps_the_words(
    cast: Cast, operation: Operation, as_user: SignedIn
) -> None:
    with clock.at(NOW + timedelta(minutes=1)):
        client = as_user(cast.lin)
        url = reverse("desk:joint_move", args=[operation.number, "task"])
        form = client.get(url)
        assert form.status_code == 200
        sent = {
            "seen": str(operation.version), "told": "4", "unit": cast.community.pk,
            "task_words": "引导群众绕行", "due_at": local(1.5),
        }  # fmt: skip
        part = Part(unit_id=cast.department.pk, words="拖离车辆", due_at=DUE)
        operations.add_task(operation, part, by=cast.guo)
        answer = client.post(url, sent)
        assert answer.status_code == 409
        assert "引导群众绕行" in answer.text and "拖离车辆" in answer.text
        operation.refresh_from_db()
        assert client.post(url, {**sent, "seen": str(operation.version)}).status_code == 302
    assert a_plan().title == operation.title


def test_who_may_erase_words_is_asked_once(
    cast: Cast, operation: Operation, as_user: SignedIn
) -> None:
    page = reverse("desk:joint_one", args=[operation.number])
    erase = f"{reverse('desk:joint_erase', args=[operation.number])}?words={operation.plan_id}"
    assert erase not in as_user(cast.lin).get(page).text
    assert as_user(cast.lin).get(erase).status_code == 403
    office = as_user(cast.guo)
    assert erase in office.get(page).text
    assert office.get(erase).status_code == 200
    assert "先劝导" in office.get(page).text
    sent = office.post(erase.split("?")[0], {"words": str(operation.plan_id)}, follow=True)
    assert sent.status_code == 200
    assert "先劝导" not in sent.text
    assert "Erased on request" in sent.text or "应要求" in sent.text
