"""What pictures of handled work say of themselves, and fakes that a rechecker confirms."""

import io
from datetime import datetime, timedelta

import pytest

from gulou.cases import operations
from gulou.cases.models import Case, CasePhoto, FakedPhoto, FindingKind, PhotoKind
from gulou.cases.operations import Evidence
from gulou.cases.queries import confirmed_fakes, examined
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.photos.operations import stage_photo
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, drawn, reason
from tests.factories.scenes import from_elsewhere, jpeg, scene

pytestmark = pytest.mark.django_db
HERE = (26.083, 119.296)


def staged(data: bytes, draft: str) -> Evidence:
    return Evidence(photos=[stage_photo(io.BytesIO(data), draft=draft).uid], draft=draft)


def handled(cast: Cast, kinds: Kinds, before: bytes, after: bytes, n: int = 0) -> Case:
    """A case whose unit has sent `after`, and all that follows has been done."""
    first = staged(before, f"before{n}")
    case = a_case(
        cast, kinds.rubbish, state=State.HANDLING, photos=tuple(first.photos), draft=first.draft
    )
    operations.handle_case(case, by=cast.lin, words="已清理", evidence=staged(after, f"after{n}"))
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_all()
    return Case.objects.get(pk=case.pk)


def kinds_found(case: Case, cast: Cast) -> set[FindingKind]:
    (one,) = examined(case, reader=cast.he)
    return {finding.kind for finding in one.findings}


def test_the_picture_from_before_saved_again_is_found(cast: Cast, kinds: Kinds) -> None:
    place = scene(1)
    again = place.crop((16, 12, 630, 470)).resize((500, 373))
    case = handled(cast, kinds, jpeg(place), jpeg(again, quality=60))
    (one,) = examined(case, reader=cast.he)
    finding = next(f for f in one.findings if f.kind == FindingKind.SAME_PICTURE)
    before = case.photos.get(kind=PhotoKind.BEFORE).photo.uid
    assert finding.against == one.before == before
    assert finding.measured["identical"] > 0.25


def test_the_picture_from_before_with_the_rubbish_painted_over_is_found(
    cast: Cast, kinds: Kinds
) -> None:
    place = scene(2)
    painted = place.copy()
    painted.paste(place.crop((0, 0, 200, 140)), (220, 300))
    case = handled(cast, kinds, jpeg(place), jpeg(painted, quality=80))
    assert FindingKind.SAME_PICTURE in kinds_found(case, cast)


def test_an_honest_picture_of_the_place_raises_no_alarm(cast: Cast, kinds: Kinds) -> None:
    place, now = scene(3), clock.now()
    case = handled(
        cast, kinds, jpeg(place, gps=HERE, taken=now - timedelta(hours=2)),
        jpeg(from_elsewhere(place), gps=(HERE[0] + 0.0001, HERE[1]), taken=now),
    )  # fmt: skip
    assert kinds_found(case, cast) == {FindingKind.SAME_VIEW}


def test_another_place_another_time_and_an_editor_are_named(cast: Cast, kinds: Kinds) -> None:
    now = clock.now()
    before = jpeg(scene(4), gps=HERE, taken=now - timedelta(hours=2))
    after = jpeg(
        scene(5), gps=(HERE[0] + 0.01, HERE[1]), taken=now - timedelta(hours=5),
        software="Adobe Photoshop 25.0",
    )  # fmt: skip
    case = handled(cast, kinds, before, after)
    found = kinds_found(case, cast)
    assert {FindingKind.FAR, FindingKind.EARLIER, FindingKind.EDITED} <= found
    assert not {FindingKind.SAME_VIEW, FindingKind.SAME_PICTURE} & found
    (one,) = examined(case, reader=cast.he)
    measured = {finding.kind: finding.measured for finding in one.findings}
    assert 1050 < measured[FindingKind.FAR]["metres"] < 1200
    assert measured[FindingKind.EARLIER]["minutes"] == 180
    assert measured[FindingKind.EDITED]["editor"] == "photoshop"


def test_a_picture_that_was_sent_on_another_case_is_found(cast: Cast, kinds: Kinds) -> None:
    used = scene(6)
    first = handled(cast, kinds, jpeg(scene(7)), jpeg(used))
    again = handled(cast, kinds, jpeg(scene(8)), jpeg(used.resize((560, 420)), quality=70), n=2)
    (one,) = examined(again, reader=cast.guo)
    finding = next(f for f in one.findings if f.kind == FindingKind.SEEN_BEFORE)
    assert finding.number == first.number
    assert FindingKind.SEEN_BEFORE not in kinds_found(first, cast), "who came first copied nobody"


def test_of_a_case_that_the_reader_does_not_see_nothing_is_shown(cast: Cast, kinds: Kinds) -> None:
    used = scene(9)
    handled(cast, kinds, jpeg(scene(10)), jpeg(used))
    again = handled(cast, kinds, jpeg(scene(11)), jpeg(used, quality=70), n=2)
    (one,) = examined(again, reader=cast.zhao)
    finding = next(f for f in one.findings if f.kind == FindingKind.SEEN_BEFORE)
    assert (finding.number, finding.against) == ("", None)


def confirm(case: Case, cast: Cast, uid: object) -> Case:
    return operations.rework_case(
        case, by=cast.he, reason_id=reason("rework").pk, words="照片造假",
        faked=[uid],  # type: ignore[list-item]  # a uid
    )  # fmt: skip


def a_fake(cast: Cast, kinds: Kinds) -> tuple[Case, CasePhoto]:
    place = scene(12)
    case = handled(cast, kinds, jpeg(place), jpeg(place, quality=50))
    return case, case.photos.select_related("photo").get(kind=PhotoKind.AFTER)


def test_a_confirmed_fake_is_on_record_and_counts_against_the_unit(
    cast: Cast, kinds: Kinds
) -> None:
    case, sent = a_fake(cast, kinds)
    case = confirm(case, cast, sent.photo.uid)
    assert case.state == State.HANDLING, "it goes back to handling"
    fact = Event.objects.filter(subject_uid=case.uid, name="case.reworked").get()
    assert fact.payload["faked"] == [str(sent.photo.uid)]
    day: datetime = clock.now()
    counted = confirmed_fakes(since=day - timedelta(days=1), until=day + timedelta(days=1))
    assert counted == {case.unit_id: 1}
    assert examined(case, reader=cast.he)[0].faked


def test_only_pictures_of_the_unit_can_be_confirmed_and_only_once(cast: Cast, kinds: Kinds) -> None:
    case, sent = a_fake(cast, kinds)
    before = case.photos.get(kind=PhotoKind.BEFORE).photo.uid
    with pytest.raises(Invalid):
        confirm(case, cast, before)
    case = confirm(case, cast, sent.photo.uid)
    operations.handle_case(case, by=cast.lin, words="又", evidence=staged(jpeg(scene(13)), "more"))
    with pytest.raises(Invalid):
        confirm(drawn(Case.objects.get(pk=case.pk)), cast, sent.photo.uid)


def test_what_was_confirmed_by_mistake_is_taken_back_with_the_move(
    cast: Cast, kinds: Kinds
) -> None:
    case, sent = a_fake(cast, kinds)
    case = confirm(case, cast, sent.photo.uid)
    operations.undo_move(case, by=cast.he)
    assert not FakedPhoto.objects.exists()
