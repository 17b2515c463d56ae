"""What everybody may read: released cases only, in the office's words, no more exact than needed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.queries import (
    ReleasedFilters,
    all_released,
    public_photo,
    released_page,
    released_spots,
    released_stamp,
    released_story,
    report_by_token,
    square_of,
    tracked_photo,
)
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import NotFound
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence, reason
from tests.factories.public import show_to_the_public

pytestmark = pytest.mark.django_db
EVERYTHING = ReleasedFilters()


def a_released_case(
    cast: Cast, kinds: Kinds, *, summary: str = "路口垃圾已清理", **given: Any
) -> Case:
    """A closed case whose pictures guo has released with the office's words."""
    before = evidence()
    case = a_case(
        cast, kinds.rubbish, state=given.pop("state", State.CLOSED), photos=before.photos,
        draft=before.draft, **given,
    )  # fmt: skip
    return release(cast, case, summary)


def release(cast: Cast, case: Case, summary: str = "路口垃圾已清理") -> Case:
    uids = list(case.photos.values_list("photo__uid", flat=True))
    show_to_the_public()
    return operations.release_photos(case, by=cast.guo, uids=uids, summary=summary)


def numbers(filters: ReleasedFilters = EVERYTHING, **page: Any) -> list[str]:
    return [one.number for one in released_page(filters, **page).cases]


def test_a_case_is_released_with_pictures_and_the_office_s_words(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds)
    (shown,) = released_page(EVERYTHING).cases
    assert (shown.number, shown.summary) == (case.number, "路口垃圾已清理")
    assert len(shown.before) == len(shown.after) == 1
    assert shown.unit == "Unit W"


def test_without_words_only_its_reporters_see_the_pictures(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds, summary="")
    assert numbers() == []
    report = case.reports.get()
    uid = case.photos.values_list("photo__uid", flat=True)[0]
    with pytest.raises(NotFound):
        public_photo(uid)
    assert tracked_photo(report_by_token(report.token), uid).uid == uid


def test_words_alone_release_nothing(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    operations.release_photos(case, by=cast.guo, uids=[], summary="说明")
    assert numbers() == []


def test_what_is_withheld_again_is_gone(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds)
    uid = case.photos.values_list("photo__uid", flat=True)[0]
    operations.release_photos(case, by=cast.guo, uids=[], summary="路口垃圾已清理")
    assert numbers() == []
    with pytest.raises(NotFound):
        public_photo(uid)
    with pytest.raises(NotFound):
        released_story(case.number)


def test_a_received_case_waits_until_it_is_filed(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds, state=State.RECEIVED)
    assert numbers() == []
    operations.file_case(case, by=cast.guo)
    assert numbers() == [case.number]


@pytest.mark.parametrize("end", ["decline", "redirect"])
def test_declined_and_passed_on_are_not_shown(cast: Cast, kinds: Kinds, end: str) -> None:
    case = a_released_case(cast, kinds, state=State.FILED)
    assert numbers() == [case.number]
    move = getattr(operations, f"{end}_case")
    move(case, by=cast.guo, reason_id=reason(end).pk)
    assert numbers() == []
    case.refresh_from_db()
    assert case.released_at is None


def test_a_merged_case_is_shown_as_part_of_the_one_that_answers(cast: Cast, kinds: Kinds) -> None:
    main = a_released_case(cast, kinds, state=State.FILED)
    other = a_released_case(cast, kinds, state=State.FILED, summary="同一处垃圾")
    photo = other.photos.values_list("photo__uid", flat=True)[0]
    operations.merge_case(other, by=cast.guo, into=main)
    (shown,) = released_page(EVERYTHING).cases
    assert photo in shown.before
    assert released_story(other.number).case.number == main.number
    assert public_photo(photo).uid == photo


def test_it_is_found_by_words_place_kind_state_and_month(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds, summary="公园南门堆放垃圾")
    other = a_released_case(cast, kinds, summary="湖边长椅", lon=119.31, state=State.FILED)
    now = clock.now()
    assert numbers(ReleasedFilters(text="堆放 垃圾")) == [case.number]
    assert numbers(ReleasedFilters(text="没有这样的词")) == []
    assert numbers(ReleasedFilters(street="E")) == [other.number]
    assert numbers(ReleasedFilters(done=True)) == [case.number]
    assert numbers(ReleasedFilters(done=False)) == [other.number]
    assert len(numbers(ReleasedFilters(category="event.01"))) == 2
    assert numbers(ReleasedFilters(category="event.99")) == []
    assert numbers(ReleasedFilters(since=now + timedelta(days=1))) == []
    assert numbers(ReleasedFilters(square=(26.07, 119.31))) == [other.number]
    assert numbers(ReleasedFilters(square=(999.0, 0.0))) == []


def test_pages_follow_each_other_by_key(cast: Cast, kinds: Kinds) -> None:
    cases = [a_released_case(cast, kinds, state=State.FILED).number for _ in range(5)]
    cases.reverse()
    first = released_page(EVERYTHING, size=2)
    second = released_page(EVERYTHING, key=first.older, size=2)
    third = released_page(EVERYTHING, key=second.older, size=2)
    assert [one.number for page in (first, second, third) for one in page.cases] == cases
    assert (first.newer, third.older) == ("", "")
    back = released_page(EVERYTHING, key=second.newer, size=2)
    assert [one.number for one in back.cases] == cases[:2]
    assert [one.number for one in all_released()] == cases
    assert released_stamp()[0] == 5


@pytest.mark.parametrize(
    "key", ["x", "o1-1", "o1.1-1", "o99999999999999.000000-1", "o1.000000-", "n²"]
)
def test_a_key_of_no_sense_is_the_first_page(cast: Cast, kinds: Kinds, key: str) -> None:
    case = a_released_case(cast, kinds, state=State.FILED)
    assert numbers(key=key) == [case.number]


def test_a_public_pin_says_no_more_than_its_square(cast: Cast, kinds: Kinds) -> None:
    assert square_of(26.07041, 119.29077) == square_of(26.07099, 119.29001) == (26.0705, 119.2905)
    case = a_released_case(cast, kinds, state=State.FILED, lat=26.07041, lon=119.29077)
    (spot,) = released_spots(EVERYTHING)
    assert (spot.lat, spot.lon) == (26.0705, 119.2905)
    assert spot.cases[0][0] == case.number
    (shown,) = released_page(EVERYTHING).cases
    assert (shown.lat, shown.lon) == (26.0705, 119.2905)


def test_an_unknown_case_is_not_there(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.FILED)
    for number in ("nothing", Case.objects.get().number):
        with pytest.raises(NotFound):
            released_story(number)
    with pytest.raises(NotFound):
        public_photo(uuid.uuid4())


def test_what_was_reported_again_after_release_tells_its_steps(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds)
    operations.receive_report(a_snap(kinds.rubbish))
    names = [one.name for one in released_story(case.number).told]
    assert names[0] == "case.opened"
    assert names[-1] == "case.closed"


def test_what_was_declined_by_mistake_is_released_again(cast: Cast, kinds: Kinds) -> None:
    case = a_released_case(cast, kinds, state=State.FILED)
    operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)
    operations.undo_move(case, by=cast.guo)
    assert numbers() == [case.number]
