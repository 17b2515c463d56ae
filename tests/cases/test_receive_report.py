"""Taking a report in."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from gulou.cases import operations
from gulou.cases.models import Case, Contact, Report, Source, Step, Words
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.states import State, StepKind
from gulou.catalogue.models import Rule
from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotAllowed, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.photos.operations import stage_photo
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence
from tests.factories.people import LONG_AGO
from tests.factories.photos import make_jpeg

MONDAY_NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 11:00 in Fuzhou


def test_it_opens_a_case_that_waits_at_intake(cast: Cast, kinds: Kinds) -> None:
    with clock.at(MONDAY_NOON):
        report = receive_report(a_snap(kinds.rubbish))
    case = report.case
    assert (case.state, case.unit, case.step_kind) == (State.RECEIVED, cast.office, "intake")
    assert case.due_at == MONDAY_NOON + timedelta(minutes=15)
    assert (case.district, case.street, case.community) == (
        cast.land.district, cast.land.west, cast.land.communities[0],
    )  # fmt: skip
    assert case.code_set == kinds.rubbish.code_set and case.condition is not None
    assert report.receipt != case.number and len(report.token) >= 40


def test_it_records_what_happened_without_a_word_of_people(cast: Cast, kinds: Kinds) -> None:
    contact = ContactDetails(name="王大姐", phone="13900001111")
    report = receive_report(a_snap(kinds.rubbish, words="楼下臭", contact=contact))
    events = {event.name: event for event in Event.objects.all()}
    assert set(events) == {"report.received", "case.opened"}
    assert events["report.received"].actor == f"report:{report.uid}"
    recorded = str([event.payload for event in events.values()])
    assert not [word for word in ("楼下臭", "13900001111", "王") if word in recorded]
    assert list(audit()) == []


def test_the_contact_is_unreadable_in_the_database(cast: Cast, kinds: Kinds) -> None:
    contact = ContactDetails(name="王大姐", phone="13900001111")
    report = receive_report(a_snap(kinds.rubbish, contact=contact))
    assert report.contact is not None
    assert b"13900001111" not in bytes(report.contact.sealed)


def test_the_same_again_gives_the_same_receipt(cast: Cast, kinds: Kinds) -> None:
    snap = a_snap(kinds.rubbish)
    first, again = receive_report(snap), receive_report(snap)
    assert first.pk == again.pk and Case.objects.count() == 1


def test_the_same_id_with_other_content_is_a_conflict(cast: Cast, kinds: Kinds) -> None:
    snap = a_snap(kinds.rubbish)
    receive_report(snap)
    with pytest.raises(Conflict):
        receive_report(replace(snap, words="别的"))
    assert Report.objects.count() == 1


def test_the_same_with_its_photos_again_gives_the_same_receipt(cast: Cast, kinds: Kinds) -> None:
    sent = evidence(2)
    snap = a_snap(kinds.rubbish, photos=tuple(sent.photos), draft=sent.draft)
    assert receive_report(snap).pk == receive_report(snap).pk
    case = Case.objects.get()
    assert case.photos.count() == 2 and case.cover is not None


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_report(cast: Cast, kinds: Kinds) -> None:
    snap = a_snap(kinds.rubbish)

    def send(_: int) -> str:
        try:
            return receive_report(snap).receipt
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        receipts = set(pool.map(send, range(10)))
    assert len(receipts) == 1 and Case.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lat": 51.38, "lon": -2.36}, "place"),
        ({"lat": float("nan")}, "place"),
        ({"lat": 91.0}, "place"),
        ({"accuracy_m": float("inf")}, "place"),
        ({"system": "mars"}, "system"),
        ({"words": " \u202e\x00 "}, "words"),
        ({"words": "长" * 2001}, "words"),
        ({"snapped_at": datetime(2100, 1, 1, tzinfo=UTC)}, "snapped_at"),
        ({"photos": (uuid.uuid4(),), "draft": "nobody-" * 4}, "photos"),
    ],
)
def test_it_refuses_what_cannot_be_used(
    cast: Cast, kinds: Kinds, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        receive_report(a_snap(kinds.rubbish, **given))
    assert refusal.value.field == field
    assert not Case.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize("which", ["retired", "a_class"])
def test_it_refuses_a_category_that_is_not_offered(cast: Cast, kinds: Kinds, which: str) -> None:
    with pytest.raises(Invalid) as refusal:
        receive_report(a_snap(getattr(kinds, which)))
    assert refusal.value.field == "category"


def test_it_keeps_rare_characters_and_drops_disguises(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, words="𠮷野家门口😀\u202egpj.exe"))
    assert report.words.text == "𠮷野家门口😀gpj.exe"


def test_it_stores_wgs84_and_keeps_what_was_given(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, lat=26.07, lon=119.295, system="gcj02"))
    assert (report.given_lat, report.given_lon, report.source_system) == (26.07, 119.295, "gcj02")
    assert 0.002 < report.given_lon - report.lon < 0.008


def test_a_report_never_changes(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish))
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(address="elsewhere")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        report.delete()


def test_me_too_joins_the_open_case(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    sent = evidence()
    snap = a_snap(kinds.rubbish, joins=case.uid, photos=tuple(sent.photos), draft=sent.draft)
    report = receive_report(snap)
    case.refresh_from_db()
    assert report.me_too and report.case == case and case.reports_count == 2
    assert case.photos.count() == 1
    assert Event.objects.filter(subject_uid=case.uid, name="case.joined").exists()


def test_me_too_is_no_move(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    receive_report(a_snap(kinds.rubbish, joins=case.uid))
    after = operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk, seen=case.version)
    assert after.state == State.DISPATCHED and after.reports_count == 2


@pytest.mark.parametrize("given", [{"lat": 26.0735}, {"category": "smoking"}])
def test_me_too_to_something_else_opens_its_own(
    cast: Cast, kinds: Kinds, given: dict[str, Any]
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    category = kinds.smoking if given.pop("category", "") else kinds.rubbish
    assert receive_report(a_snap(category, joins=case.uid, **given)).case != case


def test_me_too_to_what_nobody_has_filed_opens_its_own(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    assert receive_report(a_snap(kinds.rubbish, joins=case.uid)).case != case


def test_me_too_to_an_ended_case_opens_its_own(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.CLOSED)
    report = receive_report(a_snap(kinds.rubbish, joins=case.uid))
    assert not report.me_too and report.case != case


def test_me_too_follows_a_merge(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.MERGED)
    report = receive_report(a_snap(kinds.rubbish, joins=case.uid))
    assert report.case == case.merged_into


def test_a_liaison_may_enter_for_a_leader(cast: Cast, kinds: Kinds) -> None:
    snap = a_snap(kinds.rubbish, source=Source.LEADER, channel="desk")
    report = receive_report(snap, entered_by=cast.guo)
    assert report.entered_by == cast.guo
    assert Event.objects.get(name="report.received").actor == cast.guo.actor


def test_who_may_not_enter_is_refused(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(NotAllowed):
        receive_report(a_snap(kinds.rubbish, channel="desk"), entered_by=cast.wu)
    assert not Report.objects.exists()


def _rule(cast: Cast, **given: object) -> Rule:
    from gulou.catalogue import current

    rule = Rule.objects.create(lead="street", since=LONG_AGO, **given)
    current.forget()
    return rule


def test_an_inspectors_report_is_filed_at_once_but_not_dispatched(cast: Cast, kinds: Kinds) -> None:
    _rule(cast)
    case = receive_report(a_snap(kinds.rubbish, source=Source.INSPECTION)).case
    assert (case.state, case.unit) == (State.FILED, cast.office)


def test_a_certain_rule_dispatches_an_inspectors_report(cast: Cast, kinds: Kinds) -> None:
    rule = _rule(cast, certain=True)
    case = receive_report(a_snap(kinds.rubbish, source=Source.INSPECTION)).case
    case.refresh_from_db()
    assert (case.state, case.unit, case.rule) == (State.DISPATCHED, cast.street, rule)
    assert case.step is not None and case.step.kind == StepKind.ACCEPT
    assert list(audit()) == []


def test_a_certain_rule_never_dispatches_a_residents_report(cast: Cast, kinds: Kinds) -> None:
    _rule(cast, certain=True)
    assert receive_report(a_snap(kinds.rubbish)).case.state == State.RECEIVED


def test_a_rule_sends_a_residents_report_to_be_verified_on_the_spot(
    cast: Cast, kinds: Kinds
) -> None:
    _rule(cast, verify_first=True)
    case = receive_report(a_snap(kinds.rubbish)).case
    case.refresh_from_db()
    assert case.state == State.RECEIVED
    assert (case.step_kind, case.step_unit) == ("verify", cast.community)
    assert case.step is not None and case.step.parent is not None


@pytest.mark.django_db(transaction=True)
def test_what_fails_half_way_leaves_nothing(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    def there() -> list[int]:
        return [model.objects.count() for model in (Words, Contact, Report, Case, Step, Event)]

    _rule(cast, verify_first=True)
    contact = ContactDetails(phone="13900001111")
    # From the second on, all that is asked first is known already: no transaction has begun yet.
    receive_report(a_snap(kinds.rubbish, words="楼下臭", contact=contact))
    before = there()
    monkeypatch.setattr("gulou.cases.search.take_in", fail)
    with pytest.raises(RuntimeError):
        receive_report(a_snap(kinds.rubbish, words="楼下臭", contact=contact))
    assert there() == before


def test_the_same_bytes_staged_anew_are_the_same_content(cast: Cast, kinds: Kinds) -> None:
    data = make_jpeg(text="same")
    sent = [stage_photo(BytesIO(data), draft=draft) for draft in ("one-draft", "another")]
    snap = a_snap(kinds.rubbish, photos=(sent[0].uid,), draft="one-draft")
    again = replace(snap, photos=(sent[1].uid,), draft="another")
    assert receive_report(snap).pk == receive_report(again).pk


def test_nobody_can_try_contacts_against_the_digest_without_the_key(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gulou.kit import sealing

    snap = a_snap(kinds.rubbish, contact=ContactDetails(phone="13900001111"))
    kept = receive_report(snap).payload_digest
    monkeypatch.setattr(sealing, "_derived", lambda purpose: b"another key")
    assert snap.digest() != kept


def test_the_digest_does_not_depend_on_the_draft(kinds: Kinds) -> None:
    snap = a_snap(kinds.rubbish)
    assert snap.digest() == replace(snap, draft="x" * 20).digest()
    assert snap.digest() != replace(snap, words="别的").digest()
