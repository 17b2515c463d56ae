"""Notes, released pictures, and what people ask to have erased."""

import uuid

import pytest

from gulou.cases import operations, queries
from gulou.cases.models import Report, Words
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.states import State
from gulou.kit.errors import Invalid, NotAllowed, NotFound
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence
from tests.factories.public import show_to_the_public


def test_only_released_pictures_are_public(cast: Cast, kinds: Kinds) -> None:
    sent = evidence(2)
    report = receive_report(a_snap(kinds.rubbish, photos=tuple(sent.photos), draft=sent.draft))
    assert queries.tracked(report).before == []
    with pytest.raises(NotFound):
        queries.public_photo(sent.photos[0])
    show_to_the_public()
    operations.release_photos(report.case, by=cast.guo, uids=[sent.photos[0]], summary="门口垃圾")
    assert queries.tracked(report).before == [sent.photos[0]]
    operations.release_photos(report.case, by=cast.guo, uids=[sent.photos[1]])
    assert queries.tracked(report).before == [sent.photos[1]]
    last = Event.objects.filter(name="case.photos_released").latest("sequence")
    assert last.payload["withheld"] == [str(sent.photos[0])]


def test_a_picture_of_another_case_cannot_be_released(cast: Cast, kinds: Kinds) -> None:
    sent = evidence()
    a_case(cast, kinds.rubbish, photos=tuple(sent.photos), draft=sent.draft)
    case = a_case(cast, kinds.rubbish)
    for uid in (sent.photos[0], uuid.uuid4()):
        with pytest.raises(Invalid):
            operations.release_photos(case, by=cast.guo, uids=[uid])


def test_opening_a_contact_stands_on_record(cast: Cast, kinds: Kinds) -> None:
    contact = ContactDetails(name="王大姐", email="w@example.org")
    report = receive_report(a_snap(kinds.rubbish, contact=contact))
    assert operations.reveal_contact(report, by=cast.guo) == contact
    assert Event.objects.get(name="report.contact_seen").actor == cast.guo.actor
    with pytest.raises(NotAllowed):
        operations.reveal_contact(report, by=cast.wu)


def test_handing_over_a_tracking_link_stands_on_record(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish))
    assert operations.hand_over_link(report, by=cast.guo) == report.token
    assert Event.objects.get(name="report.link_handed_over").actor == cast.guo.actor
    for user in (cast.wu, cast.lin, cast.he, cast.zhao):
        with pytest.raises(NotAllowed):
            operations.hand_over_link(report, by=user)
    assert list(audit()) == []


def test_an_erased_contact_is_gone(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, contact=ContactDetails(phone="139")))
    operations.erase_contact(report, by=cast.guo)
    report = Report.objects.get(pk=report.pk)
    assert report.contact is not None and bytes(report.contact.sealed) == b""
    for operation in (operations.reveal_contact, operations.erase_contact):
        with pytest.raises(NotFound):
            operation(report, by=cast.guo)
    assert list(audit()) == []


def test_erased_words_are_gone_and_the_record_still_holds(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, words="我是3栋的王大姐"))
    case = operations.note_case(report.case, by=cast.guo, words="电话里说的")
    noted = Event.objects.get(name="case.noted").payload["words"]
    for words_id in (report.words_id, noted):
        operations.erase_words(case, by=cast.guo, words_id=words_id)
        assert Words.objects.get(pk=words_id).text == ""
    with pytest.raises(NotFound):
        operations.erase_words(case, by=cast.guo, words_id=noted)
    record = queries.record_of(case, reader=cast.guo)
    assert record.reports[0].erased
    assert list(audit()) == []


def test_words_of_another_case_cannot_be_erased_from_here(cast: Cast, kinds: Kinds) -> None:
    other = receive_report(a_snap(kinds.rubbish))
    with pytest.raises(NotFound):
        operations.erase_words(a_case(cast, kinds.rubbish), by=cast.guo, words_id=other.words_id)


def test_who_may_not_erase_is_refused(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, contact=ContactDetails(phone="139")))
    with pytest.raises(NotAllowed):
        operations.erase_contact(report, by=cast.he)
    with pytest.raises(NotAllowed):
        operations.erase_words(report.case, by=cast.he, words_id=report.words_id)


def test_the_record_tells_the_story_in_order(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    record = queries.record_of(case, reader=cast.guo)
    assert [entry.name for entry in record.story] == [
        "case.opened", "case.filed", "case.dispatched", "case.accepted", "case.handled",
        "case.recheck_drawn", "case.closed",
    ]  # fmt: skip
    handled = record.story[4]
    assert (handled.who, handled.unit, handled.text) == ("Lin", cast.street.name_en, "已清理")
    assert record.after is not None and record.before is None
    assert [step.kind for step in record.steps] == [
        "intake", "dispatch", "accept", "handle", "recheck",
    ]  # fmt: skip
