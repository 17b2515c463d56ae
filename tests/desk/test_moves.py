"""Every move from its form on the record: done, refused, outrun, and fed with nonsense."""

import io
import uuid
from typing import Any

import pytest
from django.test import Client

from gulou.cases import operations, queries
from gulou.cases.models import Case
from gulou.cases.states import MOVES, State
from gulou.kit.words import name_of
from gulou.photos.operations import stage_photo
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, drawn, reason
from tests.factories.photos import make_jpeg

pytestmark = pytest.mark.django_db

NASTY = [
    "\x00", "x" * 5000, "𠮷野家", "\u202egnp.exe", "<script>alert(1)</script>",
    "'; DROP TABLE cases_case; --", "-1", "99999999999999999999", "NaN", "[]", "é" * 300,
]  # fmt: skip


def send(client: Client, case: Case, move: str, **given: Any) -> Any:
    case.refresh_from_db()
    given.setdefault("seen", case.version)
    return client.post(f"/desk/cases/{case.number}/{move}/", given)


def now(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_it_files_with_category_condition_and_public_words(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.smoking)
    answer = send(as_user(cast.guo), case, "file", category=kinds.rubbish.pk,
                  condition=kinds.danger.pk, summary="垃圾堆放", address="南后街")  # fmt: skip
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/cases/{case.number}/?done=file-{case.number}"
    assert now(case) == State.FILED
    assert (case.category_id, case.condition_id) == (kinds.rubbish.pk, kinds.danger.pk)
    assert (case.summary, case.address) == ("垃圾堆放", "南后街")


def test_it_asks_a_unit_and_a_person_to_verify(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish)
    asked = as_user(cast.guo).get(f"/desk/cases/{case.number}/task/?unit={cast.street.pk}")
    assert f'<option value="{cast.lin.pk}">' in asked.text
    send(as_user(cast.guo), case, "task", unit=cast.street.pk, person=cast.lin.pk, words="看一下")
    case.refresh_from_db()
    assert case.step_person_id == cast.lin.pk
    answer = send(as_user(cast.lin), case, "verify", found="yes", words="确有垃圾")
    assert answer.status_code == 302
    assert now(case) == State.RECEIVED
    assert case.step_person_id is None


def test_it_takes_a_case_all_the_way(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    send(as_user(cast.guo), case, "dispatch", unit=cast.street.pk, assisting=[cast.department.pk])
    assert now(case) == State.DISPATCHED
    assert case.assisting == [cast.department.pk]
    send(as_user(cast.lin), case, "accept")
    assert now(case) == State.HANDLING
    photo = io.BytesIO(make_jpeg(text="after"))
    photo.name = "after.jpg"
    draft = uuid.uuid4().hex
    answer = send(as_user(cast.lin), case, "handle", words="已清理", photos=photo, draft=draft)
    assert answer.status_code == 302
    assert now(case) == State.HANDLED
    assert case.photos.filter(kind="after").count() == 1
    send(as_user(cast.he), drawn(case), "close", words="核查无误")
    assert now(case) == State.CLOSED
    uid = case.photos.get().photo.uid
    send(as_user(cast.guo), case, "release", public=[str(uid)], summary="已清理")
    assert case.photos.get().released_at is not None


def test_a_closed_case_asks_for_its_pictures_only_until_some_are_released(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    page = f"/desk/cases/{case.number}/"
    assert 'id="move"' in as_user(cast.guo).get(page).content.decode()
    uid = case.photos.get().photo.uid
    send(as_user(cast.guo), case, "release", public=[str(uid)])
    assert 'id="move"' not in as_user(cast.guo).get(page).content.decode()


def test_it_returns_reworks_and_reopens_with_a_reason(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    answer = send(as_user(cast.lin), case, "return", reason=reason("return").pk, words="不属于我们")
    assert now(case) == State.FILED
    assert answer.status_code == 302
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    send(as_user(cast.he), case, "rework", reason=reason("rework").pk, words="仍有垃圾")
    assert now(case) == State.HANDLING
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    send(as_user(cast.guo), case, "reopen", reason=reason("reopen").pk)
    assert now(case) == State.FILED


def test_it_merges_and_splits(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case, other = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/merge/")
    assert f'value="{other.number}"' in page.text
    send(as_user(cast.guo), case, "merge", into=other.number, compared=other.number)
    assert now(case) == State.MERGED
    Case.objects.filter(pk=case.pk).update(lat=case.lat + 0.01)
    shown = as_user(cast.guo).get(f"/desk/cases/{case.number}/split/").text
    # How far apart they are speaks for splitting them: nobody is warned of that.
    assert "m apart" in shown and "more than 500 m" not in shown
    send(as_user(cast.guo), case, "split")
    assert now(case) == State.RECEIVED


def test_it_refuses_to_merge_into_what_is_not_there(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish)
    for number in ("", "2026-999999", case.number, "\x00", "𠮷"):
        answer = send(as_user(cast.guo), case, "merge", number=number)
        assert answer.status_code == 422, number
    assert now(case) == State.RECEIVED


def test_it_names_a_rechecker(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    send(as_user(cast.guo), case, "name_rechecker", person=cast.he.pk)
    case.refresh_from_db()
    assert case.step_person_id == cast.he.pk


def test_it_goes_to_the_queue_when_the_case_is_out_of_sight(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish)
    operations.task_verification(case, by=cast.guo, unit_id=cast.street.pk)
    answer = send(as_user(cast.lin), case, "verify", found="no", words="没有发现")
    assert answer["Location"] == f"/desk/?done=verify-{case.number}"


def test_it_keeps_the_words_and_says_what_is_missing(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    answer = send(as_user(cast.lin), case, "handle", words="已经清理干净")
    assert answer.status_code == 422
    assert "已经清理干净" in answer.text
    assert "Add a photo that shows the place now" in answer.text
    assert now(case) == State.HANDLING


def test_it_shows_photos_again_when_the_form_is_refused(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    good, bad = io.BytesIO(make_jpeg(text="good")), io.BytesIO(b"no picture")
    good.name, bad.name = "good.jpg", "bad.jpg"
    draft = uuid.uuid4().hex
    answer = send(as_user(cast.lin), case, "handle", words="好了", photos=[good, bad], draft=draft)
    assert answer.status_code == 422
    assert answer.text.count('name="photo"') == 1
    assert "This file is not a photo" in answer.text


def test_it_lets_a_photo_be_taken_back_without_a_script(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    draft = uuid.uuid4().hex
    uid = stage_photo(io.BytesIO(make_jpeg(text="x")), draft=draft, by=cast.lin).uid
    answer = send(as_user(cast.lin), case, "handle", words="写到一半", draft=draft,
                  photo=[str(uid)], discard=str(uid))  # fmt: skip
    assert answer.status_code == 200
    assert "写到一半" in answer.text
    assert 'name="photo"' not in answer.text


def test_a_conflict_shows_what_changed_and_keeps_the_words(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    seen = case.version
    operations.note_case(case, by=cast.guo, words="先别派")
    answer = send(as_user(cast.guo), case, "dispatch", unit=cast.street.pk, words="请尽快处理",
                  seen=seen, told=2)  # fmt: skip
    assert answer.status_code == 409
    assert "请尽快处理" in answer.text
    assert "先别派" in answer.text
    case.refresh_from_db()
    assert f'name="seen" value="{case.version}"' in answer.text
    assert case.state == State.FILED


def test_a_conflict_that_ends_the_move_still_gives_the_words_back(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    seen = case.version
    operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)
    answer = send(as_user(cast.guo), case, "dispatch", unit=cast.street.pk, words="我写的话",
                  seen=seen)  # fmt: skip
    assert answer.status_code == 409
    assert "我写的话" in answer.text
    assert "This move is not possible any more" in answer.text


@pytest.mark.parametrize(("restricted", "status"), [(False, 409), (True, 404)])
def test_who_is_outrun_and_sees_the_case_no_more_gets_the_words_back(
    cast: Cast, kinds: Kinds, as_user: SignedIn, restricted: bool, status: int
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    seen, told = case.version, len(queries.record_of(case, reader=cast.guo).story)
    operations.name_rechecker(case, by=cast.guo, person=cast.chen)
    faster = send(as_user(cast.chen), case, "rework", reason=reason("rework").pk, words="仍有垃圾")
    assert faster.status_code == 302
    if restricted:
        Case.objects.filter(pk=case.pk).update(restricted=True)
    answer = send(as_user(cast.he), case, "close", words="已经干净", seen=seen, told=told)
    assert answer.status_code == status
    assert ("已经干净" in answer.text) == (not restricted)
    assert ("Somebody was faster" in answer.text) == (not restricted)
    assert "仍有垃圾" not in answer.text
    assert send(as_user(cast.zhao), case, "close", words="已经干净").status_code == 404
    assert now(case) == State.HANDLING


def test_a_second_press_is_told_that_it_is_done(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    seen, client = case.version, as_user(cast.lin)
    assert send(client, case, "accept", seen=seen).status_code == 302
    assert send(client, case, "accept", seen=seen).status_code == 409


@pytest.mark.parametrize("move", [move.name for move in MOVES])
def test_who_belongs_elsewhere_does_not_learn_of_it(
    cast: Cast, kinds: Kinds, as_user: SignedIn, move: str
) -> None:
    case = a_case(cast, kinds.rubbish)
    client = as_user(cast.zhao)
    assert client.get(f"/desk/cases/{case.number}/{move}/").status_code == 404
    assert send(client, case, move).status_code == 404


@pytest.mark.parametrize("move", [move.name for move in MOVES])
def test_who_only_reads_is_told_so(cast: Cast, kinds: Kinds, as_user: SignedIn, move: str) -> None:
    state = next(s for s in State if s in next(m for m in MOVES if m.name == move).sources)
    case = a_case(cast, kinds.rubbish, state=state)
    client = as_user(cast.wu)
    assert client.get(f"/desk/cases/{case.number}/{move}/").status_code == 403
    given = {"words": "x", "found": "yes", "reason": reason("decline").pk}
    assert send(client, case, move, **given).status_code == 403


@pytest.mark.parametrize("move", [move.name for move in MOVES])
def test_who_only_reads_is_told_so_in_every_state(
    cast: Cast, kinds: Kinds, as_user: SignedIn, move: str
) -> None:
    for state in (State.FILED, State.CLOSED):
        case = a_case(cast, kinds.rubbish, state=state)
        answer = as_user(cast.wu).get(f"/desk/cases/{case.number}/{move}/")
        assert answer.status_code == 403, state
        assert f'href="/desk/cases/{case.number}/"' in answer.text


def test_who_is_too_late_for_a_move_finds_the_way_back_to_the_case(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    answer = as_user(cast.guo).get(f"/desk/cases/{case.number}/dispatch/")
    assert answer.status_code == 409
    assert f'href="/desk/cases/{case.number}/"' in answer.text
    elsewhere = as_user(cast.zhao).get(f"/desk/cases/{case.number}/dispatch/")
    assert elsewhere.status_code == 404
    assert "Back to the case" not in elsewhere.text


def test_the_form_of_a_merge_says_how_far_the_others_are(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case, strange, same = (a_case(cast, kinds.rubbish), a_case(cast, kinds.smoking),
                           a_case(cast, kinds.rubbish))  # fmt: skip
    page = as_user(cast.guo).get(f"/desk/cases/{case.number}/merge/").text
    form = page[page.index('id="move"') :]
    assert "0 m away" in form
    assert form.index(f'value="{same.number}"') < form.index(f'value="{strange.number}"')


@pytest.mark.parametrize("move", [move.name for move in MOVES])
def test_nonsense_is_never_a_fault(cast: Cast, kinds: Kinds, as_user: SignedIn, move: str) -> None:
    case = a_case(cast, kinds.rubbish)
    client = as_user(cast.guo)
    fields = ("seen", "told", "category", "condition", "unit", "person", "reason", "into",
              "number", "found", "public", "assisting", "photo", "discard", "summary")  # fmt: skip
    for nasty in NASTY:
        answer = client.post(
            f"/desk/cases/{case.number}/{move}/",
            {**dict.fromkeys(fields, nasty), "words": nasty, "draft": nasty},
        )
        assert answer.status_code in (302, 403, 409, 422, 200), nasty
        assert "<script>alert(1)</script>" not in answer.text
    assert client.get(f"/desk/cases/{case.number}/").status_code == 200


@pytest.mark.parametrize("number", ["0", "𠮷", "x" * 300, "%00", "..%2f", "'--"])
def test_a_number_that_is_none_is_not_found(cast: Cast, as_user: SignedIn, number: str) -> None:
    assert as_user(cast.guo).get(f"/desk/cases/{number}/").status_code == 404


def test_a_move_that_is_none_is_not_found(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    case = a_case(cast, kinds.rubbish)
    assert as_user(cast.guo).get(f"/desk/cases/{case.number}/fly/").status_code == 404


def test_categories_and_units_are_offered_in_groups(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    received, filed = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish, state=State.FILED)
    client = as_user(cast.guo)
    for url in ("/desk/enter/", f"/desk/cases/{received.number}/file/"):
        assert f'<optgroup label="{name_of(kinds.a_class)}">' in client.get(url).text, url
    page = client.get(f"/desk/cases/{filed.number}/dispatch/").text
    for group in ("Departments", "Streets and towns", "Communities"):
        assert f'<optgroup label="{group}">' in page, group
