"""One move on many cases: each by itself, told one by one; nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from gulou.cases import operations
from gulou.cases.models import Case, CasePhoto
from gulou.cases.states import State
from gulou.catalogue.operations import set_rule
from gulou.desk import bulk
from gulou.kit import clock
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, evidence, reason

pytestmark = pytest.mark.django_db


def _box(case: Case) -> str:
    case.refresh_from_db()
    return f"{case.number}:{case.version}"


def test_cases_are_dispatched_as_the_rules_propose(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    set_rule(by="system", category_id=kinds.rubbish.pk, lead="street", reason="垃圾由街道清理")
    ruled = a_case(cast, kinds.rubbish, state=State.FILED)
    unruled = a_case(cast, kinds.smoking, state=State.FILED)
    client, boxes = as_user(cast.guo), [_box(ruled), _box(unruled)]
    page = client.post("/desk/bulk/dispatch/", {"case": boxes})
    assert [one.proposed for one in page.context["left"]] == ["Unit W", ""]
    assert "垃圾由街道清理" in page.text
    done = client.post(
        "/desk/bulk/dispatch/", {"case": boxes, "go": "1", "how": "proposed", "words": "请今天办"}
    )
    assert [one.case.number for one in done.context["done"]] == [ruled.number]
    (left,) = done.context["left"]
    assert (left.outcome, left.case.number) == ("refused", unruled.number)
    assert "No rule names a unit" in done.text and "请今天办" in done.text
    ruled.refresh_from_db()
    assert (ruled.state, ruled.unit_id) == ("dispatched", cast.street.pk)


def test_cases_are_dispatched_to_one_unit(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    cases = [a_case(cast, kinds.smoking, state=State.FILED) for _ in range(2)]
    client, boxes = as_user(cast.guo), [_box(case) for case in cases]
    silent = client.post("/desk/bulk/dispatch/", {"case": boxes, "go": "1", "how": "one"})
    assert silent.status_code == 422 and len(silent.context["left"]) == 2
    client.post("/desk/bulk/dispatch/", {"case": boxes, "go": "1", "how": "one",
                                         "unit": cast.department.pk})  # fmt: skip
    assert set(Case.objects.values_list("unit_id", flat=True)) == {cast.department.pk}


def test_what_was_refused_or_changed_stays_selected_with_the_words(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    good, changed = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    ended = a_case(cast, kinds.rubbish, state=State.DECLINED)
    boxes = [_box(good), _box(changed), _box(ended)]
    operations.note_case(changed, by=cast.guo, words="先看看")
    given = {"case": boxes, "go": "1", "reason": reason("decline").pk, "words": "不属实"}
    client = as_user(cast.guo)
    page = client.post("/desk/bulk/decline/", given)
    assert [one.case.number for one in page.context["done"]] == [good.number]
    assert [one.outcome for one in page.context["left"]] == ["changed", "refused"]
    assert "不属实" in page.text and f'value="{_box(changed)}" checked' in page.text
    again = client.post("/desk/bulk/decline/", {**given, "case": [_box(changed)]})
    assert [one.case.number for one in again.context["done"]] == [changed.number]


def test_a_bulk_is_taken_back(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    cases = [a_case(cast, kinds.rubbish) for _ in range(3)]
    client = as_user(cast.guo)
    page = client.post("/desk/bulk/note/", {"case": [_box(c) for c in cases], "go": "1",
                                            "words": "同一处"})  # fmt: skip
    boxes = [one.value for one in page.context["done"]]
    operations.note_case(cases[0], by=cast.guo, words="又一笔")
    back = client.post("/desk/bulk/undo/", {"case": boxes})
    assert len(back.context["done"]) == 2
    assert [one.case.number for one in back.context["left"]] == [cases[0].number]
    assert Event.objects.filter(name="case.move_undone").count() == 2


def test_what_one_moved_a_minute_ago_is_not_shown_any_more(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.smoking, state=State.DISPATCHED)
    case = operations.return_case(
        case, by=cast.lin, reason_id=reason("return").pk, words="不归我们"
    )
    with clock.at(clock.now() + timedelta(minutes=1)):
        page = as_user(cast.lin).post("/desk/bulk/undo/", {"case": [_box(case)]})
    assert (page.context["done"], page.context["left"]) == ([], [])
    assert page.status_code == 200 and case.number not in page.text


def test_what_one_no_longer_sees_is_taken_back_all_the_same(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.smoking, state=State.DISPATCHED)
    client = as_user(cast.lin)
    given = {"reason": reason("return").pk, "words": "不归我们"}
    gone = client.post(f"/desk/cases/{case.number}/return/", given, follow=True)
    url = gone.text.split('action="')[1:]
    undo = next(one.split('"')[0] for one in url if "/undo/" in one)
    client.post(undo.replace("&amp;", "&"))
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


def test_the_whole_list_is_bounded_and_says_so(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    for _ in range(3):
        a_case(cast, kinds.rubbish)
    a_case(cast, kinds.smoking, state=State.FILED)
    client = as_user(cast.guo)
    page = client.post("/desk/bulk/note/", {"whole": "1", "state": "received"})
    assert len(page.context["left"]) == 3 and not page.context["beyond"]
    found = bulk.selected(cast.guo, page.wsgi_request.POST, most=2)
    assert len(found.ones) == 2 and found.beyond


def test_pictures_are_released_case_by_case(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    staged = evidence(2)
    case = a_case(cast, kinds.rubbish, photos=tuple(staged.photos), draft=staged.draft)
    other = a_case(cast, kinds.rubbish)
    first, second = CasePhoto.objects.filter(case=case)
    client, boxes = as_user(cast.guo), [_box(case), _box(other)]
    assert str(first.photo.uid) in client.post("/desk/bulk/release/", {"case": boxes}).text
    client.post("/desk/bulk/release/", {"case": boxes, "go": "1", "public": [first.photo.uid]})
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.released_at is not None and second.released_at is None


def test_what_one_does_not_see_is_not_moved(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    page = as_user(cast.zhao).post(
        "/desk/bulk/note/", {"case": [_box(case)], "go": "1", "words": "x"}
    )
    assert page.context["done"] == [] and case.number not in page.text
    denied = as_user(cast.wu).post(
        "/desk/bulk/note/", {"case": [_box(case)], "go": "1", "words": "x"}
    )
    assert denied.context["left"][0].outcome == "refused"


@pytest.mark.parametrize(
    "nasty", ["", "x", "x:y", ":1", "\x00:1", "2026-1:-1", "9" * 50 + ":1", "a:" + "9" * 30]
)
def test_nonsense_selects_nothing(cast: Cast, as_user: SignedIn, nasty: str) -> None:
    for path in ("note", "undo", "print"):
        page = as_user(cast.guo).post(f"/desk/bulk/{path}/", {"case": [nasty]}, follow=True)
        assert page.status_code == 200
    assert as_user(cast.guo).post("/desk/bulk/nothing/", {}).status_code == 404
    assert as_user(cast.guo).get("/desk/bulk/note/").status_code == 405


def test_cases_are_printed(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, words="路灯下有垃圾")
    page = as_user(cast.guo).post("/desk/bulk/print/", {"case": [_box(case)]}, follow=True)
    assert case.number in page.text and "路灯下有垃圾" in page.text


@pytest.mark.django_db(transaction=True)
def test_two_people_never_both_move_the_same_case(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    cases = [a_case(cast, kinds.rubbish, state=State.FILED) for _ in range(4)]
    boxes = [_box(case) for case in cases]
    start = Barrier(2)

    def dispatch(unit: int) -> list[str]:
        client = as_user(cast.guo)
        start.wait()
        page = client.post("/desk/bulk/dispatch/", {"case": boxes, "go": "1", "how": "one",
                                                    "unit": unit})  # fmt: skip
        connection.close()
        told = page.text.partition('class="plain-list bulk-done"')[2].partition("</ul>")[0]
        return [case.number for case in cases if case.number in told]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(dispatch, (cast.street.pk, cast.department.pk))
    assert sorted(one + other) == sorted(case.number for case in cases)
    assert Event.objects.filter(name="case.dispatched").count() == len(cases)
