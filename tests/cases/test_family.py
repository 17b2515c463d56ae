"""What is merged shares one answer, one record, one secrecy, at any depth."""

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from gulou.cases import operations, queries
from gulou.cases.family import answering_for, chain_of, family_of
from gulou.cases.models import Case, CasePhoto, Report, Words
from gulou.cases.states import State
from gulou.kit.errors import Conflict, Invalid, NotFound, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, evidence, reason
from tests.factories.public import show_to_the_public


def _pictured(cast: Cast, kinds: Kinds) -> tuple[Case, UUID]:
    """A case with a released picture."""
    sent = evidence()
    case = a_case(cast, kinds.rubbish, photos=tuple(sent.photos), draft=sent.draft)
    show_to_the_public()
    operations.release_photos(case, by=cast.guo, uids=list(sent.photos))
    case.refresh_from_db()
    return case, sent.photos[0]


def _three(cast: Cast, kinds: Kinds) -> tuple[Case, Case, Case, UUID]:
    """first merged into second, second into third; the picture of the first is public."""
    first, picture = _pictured(cast, kinds)
    second, third = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    operations.merge_case(first, by=cast.guo, into=second)
    operations.merge_case(second, by=cast.guo, into=third)
    for case in (first, second, third):
        case.refresh_from_db()
    return first, second, third, picture


def _shown_to_everybody(case: Case, picture: UUID, cast: Cast) -> None:
    operations.file_case(case, by=cast.guo)
    show_to_the_public()
    operations.release_photos(case, by=cast.guo, uids=[picture], summary="路口有垃圾")
    assert queries.public_photo(picture).uid == picture


def test_a_family_is_everything_below_and_a_chain_everything_above(
    cast: Cast, kinds: Kinds
) -> None:
    first, second, third, _picture = _three(cast, kinds)
    other = a_case(cast, kinds.rubbish)
    operations.merge_case(other, by=cast.guo, into=third)
    assert family_of(third) == [third.pk, second.pk, other.pk, first.pk]
    assert family_of(second) == [second.pk, first.pk]
    assert chain_of(first.pk) == [first.pk, second.pk, third.pk]
    assert answering_for(first.pk) == third and answering_for(third.pk) == third


def test_passing_on_restricts_all_that_was_merged_into_it(cast: Cast, kinds: Kinds) -> None:
    first, second, third, picture = _three(cast, kinds)
    _shown_to_everybody(third, picture, cast)
    operations.redirect_case(third, by=cast.guo, reason_id=reason("redirect").pk)
    with pytest.raises(NotFound):
        queries.public_photo(picture)
    report = Report.objects.get(case=first)
    assert queries.tracked(report).before == []
    for case in (first, second, third):
        assert case in queries.cases_seen_by(cast.guo)
        assert case not in queries.cases_seen_by(cast.wu), "wu reads, but nothing restricted"
    for case in (first, second):
        fact = Event.objects.get(subject_uid=case.uid, name="case.restricted")
        assert fact.payload["other"] == str(third.uid) and fact.actor == cast.guo.actor
    assert list(audit()) == []


def test_no_picture_of_what_was_passed_on_can_be_released_again(cast: Cast, kinds: Kinds) -> None:
    first, _second, third, picture = _three(cast, kinds)
    operations.redirect_case(third, by=cast.guo, reason_id=reason("redirect").pk)
    first.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        operations.release_photos(first, by=cast.guo, uids=[picture])
    assert refusal.value.code == "case.restricted"
    assert "release" not in {move.name for move in queries.moves_open_to(cast.guo, first)}


def test_what_is_split_off_stays_restricted_until_it_is_filed(cast: Cast, kinds: Kinds) -> None:
    first, second, third, picture = _three(cast, kinds)
    _shown_to_everybody(third, picture, cast)
    operations.redirect_case(third, by=cast.guo, reason_id=reason("redirect").pk)
    second = operations.split_case(second, by=cast.guo)
    assert second.restricted
    with pytest.raises(Refusal):
        operations.release_photos(second, by=cast.guo, uids=[picture])
    with pytest.raises(Invalid):
        operations.merge_case(second, by=cast.guo, into=a_case(cast, kinds.rubbish))
    operations.file_case(second, by=cast.guo)
    for case in (first, second, third):
        case.refresh_from_db()
    assert (first.restricted, second.restricted, third.restricted) == (False, False, True)
    assert Event.objects.get(name="case.unrestricted").subject_uid == first.uid
    with pytest.raises(NotFound):
        queries.public_photo(picture)


def test_what_is_split_off_declined_and_reopened_is_restricted_no_longer(
    cast: Cast, kinds: Kinds
) -> None:
    first, second, third, _picture = _three(cast, kinds)
    operations.redirect_case(third, by=cast.guo, reason_id=reason("redirect").pk)
    second = operations.split_case(second, by=cast.guo)
    second = operations.decline_case(second, by=cast.guo, reason_id=reason("decline").pk)
    assert second.restricted
    operations.reopen_case(second, by=cast.guo, reason_id=reason("reopen").pk, words="确有其事")
    for case in (first, second, third):
        case.refresh_from_db()
    assert (first.restricted, second.restricted, third.restricted) == (False, False, True)
    assert Event.objects.get(name="case.unrestricted").subject_uid == first.uid
    assert list(audit()) == []


def test_who_files_what_was_restricted_meanwhile_is_told(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    Case.objects.filter(pk=case.pk).update(restricted=True)
    with pytest.raises(Conflict):
        operations.file_case(case, by=cast.guo)


def test_the_record_shows_what_came_with_the_merged_cases(cast: Cast, kinds: Kinds) -> None:
    first, second, third, picture = _three(cast, kinds)
    record = queries.record_of(third, reader=cast.guo)
    assert [photo.uid for photo in record.photos] == [picture]
    assert len(record.reports) == third.reports_count == 3
    assert record.merged == [first.number, second.number]


def test_who_handles_the_one_that_answers_sees_the_pictures_of_the_others(
    cast: Cast, kinds: Kinds
) -> None:
    merged, picture = _pictured(cast, kinds)
    top = a_case(cast, kinds.rubbish, state=State.HANDLING)
    with pytest.raises(NotFound):
        queries.photo_seen_by(cast.lin, picture)
    operations.merge_case(merged, by=cast.guo, into=top)
    assert queries.photo_seen_by(cast.lin, picture).uid == picture
    assert queries.original_seen_by(cast.guo, picture).uid == picture
    report = Report.objects.get(case=merged)
    assert queries.report_on(top, report.uid) == report


def test_pictures_are_released_for_the_whole_family(cast: Cast, kinds: Kinds) -> None:
    first, _second, third, picture = _three(cast, kinds)
    reports = Report.objects.filter(case__in=family_of(third))
    assert [queries.tracked(report).before for report in reports] == [[picture]] * 3
    show_to_the_public()
    operations.release_photos(third, by=cast.guo, uids=[])
    assert not CasePhoto.objects.filter(released_at__isnull=False).exists()
    operations.release_photos(third, by=cast.guo, uids=[picture])
    assert queries.tracked(Report.objects.get(case=first)).before == [picture]


def test_words_on_a_merged_case_are_erased_from_the_one_that_answers(
    cast: Cast, kinds: Kinds
) -> None:
    first, _second, third, _picture = _three(cast, kinds)
    operations.note_case(first, by=cast.guo, words="王大姐打过电话")
    said = [
        Event.objects.get(subject_uid=first.uid, name="case.noted").payload["words"],
        Report.objects.get(case=first).words_id,
    ]
    for words_id in said:
        operations.erase_words(third, by=cast.guo, words_id=words_id)
        assert Words.objects.get(pk=words_id).text == ""
    assert list(audit()) == []


def test_what_the_story_quotes_can_be_erased_after_a_split(cast: Cast, kinds: Kinds) -> None:
    merged, top = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish, state=State.HANDLED)
    operations.merge_case(merged, by=cast.guo, into=top)
    operations.close_case(top, by=cast.he)
    operations.object_to_case(Report.objects.get(case=merged), words="我是3栋的")
    operations.split_case(merged, by=cast.guo)
    words_id = Event.objects.get(name="case.objected").payload["words"]
    operations.erase_words(top, by=cast.guo, words_id=words_id)
    assert all(entry.text != "我是3栋的" for entry in queries.record_of(top, reader=cast.guo).story)


def test_the_words_of_a_verification_and_a_return_can_be_erased(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    case = operations.task_verification(case, by=cast.guo, unit_id=cast.street.pk)
    case = operations.verify_case(case, by=cast.lin, found=True, words="王家门口")
    case = operations.file_case(case, by=cast.guo)
    case = operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk)
    case = operations.return_case(
        case, by=cast.lin, reason_id=reason("return").pk, words="王家自己的"
    )
    for name in ("case.verified", "case.returned"):
        words_id = Event.objects.get(name=name).payload["words"]
        operations.erase_words(case, by=cast.guo, words_id=words_id)
        assert Words.objects.get(pk=words_id).text == ""


def test_with_the_words_goes_what_the_reporter_calls_the_place(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, address="3栋王大姐家门口")
    report = Report.objects.get(case=case)
    operations.erase_words(case, by=cast.guo, words_id=report.words_id)
    report.refresh_from_db()
    case.refresh_from_db()
    assert (report.address, case.address) == ("", "")


def test_the_office_s_own_name_of_the_place_stays(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, address="3栋王大姐家门口")
    case = operations.file_case(case, by=cast.guo, address="东街口")
    report = Report.objects.get(case=case)
    operations.erase_words(case, by=cast.guo, words_id=report.words_id)
    case.refresh_from_db()
    assert case.address == "东街口"


@pytest.mark.parametrize("address", ["", "别处"])
def test_nothing_else_of_a_report_ever_changes(cast: Cast, kinds: Kinds, address: str) -> None:
    report = Report.objects.get(case=a_case(cast, kinds.rubbish, address="东街口"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(address=address)
    operations.erase_words(report.case, by=cast.guo, words_id=report.words_id)
    for change in ({"address": "别处"}, {"receipt": "R1"}, {"me_too": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)
