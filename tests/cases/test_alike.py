"""Cases that may be the same problem: which are candidates, in which order, and who is told of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gulou.cases import operations, queries
from gulou.cases.models import Case, CasePhoto
from gulou.cases.resemblance import Sight
from gulou.cases.states import State
from gulou.kit import clock
from gulou.people.models import User
from gulou.photos import likeness
from gulou.photos.models import Photo
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case, a_snap, evidence

NEAR, FAR = IN_WEST[0] + 0.0002, IN_WEST[0] + 0.004
"""About 22 m and 440 m to the north."""
pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish)


def numbers(reader: User, case: Case) -> list[str]:
    return [one.row.number for one in queries.suspects(reader, case)]


def sight(kinds: Kinds, **given: Any) -> Sight:
    return queries.sight_at(NEAR, IN_WEST[1], kinds.rubbish.pk, **given)


def test_what_is_open_close_by_and_of_its_kind_is_suspected(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    new = a_case(cast, kinds.rubbish, lat=NEAR, words="下水道堵了")
    a_case(cast, kinds.rubbish, lat=FAR)
    a_case(cast, kinds.rubbish, state=State.CLOSED)
    a_case(cast, kinds.rubbish, state=State.DECLINED)
    (found,) = queries.suspects(cast.guo, new)
    assert found.row.number == case.number
    assert found.reasons == ["22 m away", "same category", "reported within a day"]


def test_the_likest_comes_first_and_three_are_enough(cast: Cast, kinds: Kinds, case: Case) -> None:
    other = a_case(cast, kinds.rubbish, words="井盖破了有危险")
    for _ in range(3):
        a_case(cast, kinds.rubbish, lat=NEAR, words="井盖破了有危险")
    new = a_case(cast, kinds.rubbish, words="井盖破了")
    found = queries.suspects(cast.guo, new)
    assert len(found) == 3 and found[0].row.number == other.number
    assert "similar words" in found[0].reasons
    assert case.number not in [one.row.number for one in found]


def test_only_cases_that_the_reader_sees_are_named(cast: Cast, kinds: Kinds, case: Case) -> None:
    new = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    assert case.number in numbers(cast.guo, new)
    assert numbers(cast.lin, new) == []


def test_two_equal_suspects_stand_in_the_order_in_which_they_came(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    new = a_case(cast, kinds.rubbish)
    second = a_case(cast, kinds.rubbish)
    Case.objects.filter(pk__in=[case.pk, second.pk]).update(
        lat=new.lat, lon=new.lon, cell=new.cell, opened_at=new.opened_at
    )
    for rewritten in (case, second):
        # The row is written anew, and comes last from the table.
        Case.objects.filter(pk=rewritten.pk).update(summary="")
        found = numbers(cast.guo, new)
        assert found.index(case.number) < found.index(second.number)


def test_a_restricted_case_is_compared_with_its_like_only(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    Case.objects.filter(pk=case.pk).update(restricted=True)
    assert numbers(cast.guo, a_case(cast, kinds.rubbish)) == []


def test_words_and_pictures_of_what_was_merged_into_a_case_count(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    old = clock.now() - timedelta(days=20)
    shown = evidence()
    twin = a_case(
        cast, kinds.rubbish, words="井盖破了有危险", photos=tuple(shown.photos), draft=shown.draft
    )
    operations.merge_case(twin, by=cast.guo, into=case)
    Case.objects.filter(pk=case.pk).update(opened_at=old)
    pictured = evidence()
    new = a_case(
        cast, kinds.smoking, lat=NEAR, words="井盖破了", photos=tuple(pictured.photos),
        draft=pictured.draft,
    )  # fmt: skip
    assert numbers(cast.guo, new) == []
    Photo.objects.filter(pk__in=CasePhoto.objects.values("photo")).update(
        perceptual_hash="00ff00ff12345678"
    )
    (found,) = queries.suspects(cast.guo, new)
    assert found.row.number == case.number
    assert {"almost the same picture", "similar words"} <= set(found.reasons)


def test_the_same_picture_is_found_wherever_its_pin_was_put(cast: Cast, kinds: Kinds) -> None:
    one, two = evidence(), evidence()
    far = a_case(cast, kinds.rubbish, lat=FAR, photos=tuple(one.photos), draft=one.draft)
    new = a_case(cast, kinds.rubbish, photos=tuple(two.photos), draft=two.draft)
    assert numbers(cast.guo, new) == []
    for photo in Photo.objects.filter(pk__in=CasePhoto.objects.values("photo")):
        photo.perceptual_hash = (
            "00ff00ff12345678" if photo.uid in one.photos else "00ff00ff12345679"
        )
        photo.save(update_fields=["perceptual_hash"])
        likeness.note(photo)
    (found,) = queries.suspects(cast.guo, new)
    assert (found.row.number, found.found.picture) == (far.number, 1)
    assert found.reasons[-1] == "almost the same picture"


def test_somebody_about_to_report_is_shown_only_what_they_could_join(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    assert queries.nearby_open(sight(kinds), public=True) == []
    filed = operations.file_case(case, by=cast.guo)
    a_case(cast, kinds.smoking, state=State.FILED)
    a_case(cast, kinds.rubbish, state=State.FILED, lat=FAR)
    (found,) = queries.nearby_open(sight(kinds), public=True)
    assert found.uid == filed.uid
    joined = operations.receive_report(a_snap(kinds.rubbish, lat=NEAR, joins=found.uid))
    assert joined.case_id == filed.pk


def test_where_very_many_are_open_the_nearest_are_asked_about(
    cast: Cast, kinds: Kinds, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gulou.cases.queries.alike._MOST_WHOLE", 1)
    beside = a_case(cast, kinds.rubbish, state=State.FILED, lat=NEAR, lon=IN_WEST[1] + 0.0003)
    nearest = a_case(cast, kinds.rubbish, state=State.FILED, lat=NEAR - 0.0001)
    a_case(cast, kinds.rubbish, state=State.FILED, lat=NEAR + 0.0003)
    (found,) = queries.nearby_open(sight(kinds), public=False)
    assert found.uid == nearest.uid != beside.uid


def test_one_that_has_waited_for_weeks_is_still_asked_about(
    cast: Cast, kinds: Kinds, case: Case
) -> None:
    operations.file_case(case, by=cast.guo)
    Case.objects.update(opened_at=clock.now() - timedelta(days=25))
    assert queries.nearby_open(sight(kinds), public=False)
    assert queries.suspects_at(cast.guo, sight(kinds)) == []


def test_of_a_case_that_nobody_released_only_its_being_there_is_told(
    cast: Cast, kinds: Kinds
) -> None:
    first, _ = (a_case(cast, kinds.rubbish, state=State.FILED) for _ in range(2))
    (found,) = queries.nearby_open(sight(kinds), public=True)
    assert (found.category, found.place, found.summary, found.opened_at) == ("", "", "", None)
    shown = evidence()
    snap = a_snap(kinds.rubbish, joins=first.uid, photos=tuple(shown.photos), draft=shown.draft)
    operations.receive_report(snap)
    photo = CasePhoto.objects.get(case=first).photo
    Photo.objects.filter(pk=photo.pk).update(public_uid=photo.uid, looked_at=clock.now())
    operations.release_photos(
        first, by=cast.guo, uids=[photo.uid], summary="路边堆放垃圾，正在清理"
    )
    # Both are as like: which one stands first is not said.
    both = queries.nearby_open(sight(kinds), public=True)
    told, another = sorted(both, key=lambda one: one.uid != first.uid)
    assert (told.uid, told.summary) == (first.uid, "路边堆放垃圾，正在清理")
    assert told.photo and not another.photo
    assert [one.photo for one in queries.nearby_open(sight(kinds), public=False)] == [None]


def test_candidates_come_from_the_index_of_open_cells(cast: Cast, kinds: Kinds, case: Case) -> None:
    with CaptureQueriesContext(connection) as asked:
        queries.suspects(cast.guo, case)
    assert len(asked) <= 8
    (cells,) = [one["sql"] for one in asked if '"cell" BETWEEN' in one["sql"]]
    with connection.cursor() as cursor:
        # Of a table of one page every index serves as well; only that of cells is left to be asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("""SELECT indexrelid::regclass FROM pg_index
            WHERE indrelid = 'cases_case'::regclass AND NOT indisunique
            AND indexrelid::regclass::text NOT IN ('case_open_cell', 'case_cell')""")
        for (index,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{index}"')
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + re.sub(r"\$\d+|%\(v\d+\)s", "0", cells))
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "case_open_cell" in plan or "case_cell" in plan
