"""Cases assigned from above: what those above want, and the replies they had."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gulou.cases import operations, queries, states
from gulou.cases.models import Assignment, AssignmentReply, Case, Letter, Words
from gulou.cases.operations import AssignedDetails, ContactDetails, LetterDetails
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people import queries as people
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, drawn, evidence, reason
from tests.factories.people import PostingFactory, RoleFactory, UserFactory


def _wanted(**given: object) -> AssignedDetails:
    wanted = AssignedDetails(
        from_whom="市文明办", number="榕文明〔2026〕12号", received_on=people.today(),
        due_at=clock.now() + timedelta(days=5), form="written",
    )  # fmt: skip
    return replace(wanted, **given)  # type: ignore[arg-type]  # a field of it


def _entered(cast: Cast, kinds: Kinds) -> Case:
    snap = a_snap(kinds.rubbish, source="assigned", channel="desk")
    return operations.enter_report(snap, by=cast.guo, assigned=_wanted()).case


def _closed(cast: Cast, kinds: Kinds) -> Case:
    case = Case.objects.get(pk=_entered(cast, kinds).pk)
    if case.state == State.FILED:
        operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk)
    operations.accept_case(case, by=cast.lin)
    case = operations.handle_case(case, by=cast.lin, words="已清理", evidence=evidence())
    return operations.close_case(drawn(case), by=cast.he)


def test_it_is_entered_with_what_those_above_want(cast: Cast, kinds: Kinds) -> None:
    case = _entered(cast, kinds)
    seen = queries.record_of(case, reader=cast.guo).assigned
    assert seen is not None and (seen.from_whom, seen.replied_at) == ("市文明办", None)
    (fact,) = Event.objects.filter(name="case.assigned")
    assert fact.payload["form"] == "written" and "市文明办" not in str(fact.payload)
    assert [one.row.number for one in queries.assigned_from_above(cast.guo)] == [case.number]
    assert queries.assigned_from_above(cast.zhao) == []
    assert list(audit()) == []


def test_the_same_form_twice_is_one_assignment_and_one_letter(cast: Cast, kinds: Kinds) -> None:
    snap = a_snap(kinds.rubbish, source="assigned", channel="desk")
    letter = LetterDetails(number="来信 7", dated_on=date(2026, 1, 5))
    first, again = (
        operations.enter_report(snap, by=cast.guo, assigned=_wanted(), letter=letter)
        for _n in range(2)
    )
    assert first.pk == again.pk and Assignment.objects.count() == Letter.objects.count() == 1
    seen = queries.record_of(first.case, reader=cast.guo).reports[0]
    assert (seen.letter_number, seen.letter_date) == ("来信 7", date(2026, 1, 5))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from_whom": " "}, "from_whom"),
        ({"form": "pigeon"}, "form"),
        ({"received_on": date(2999, 1, 1)}, "received_on"),
        ({"received_on": date(1, 1, 1)}, "received_on"),
        ({"due_at": datetime(9999, 12, 31, tzinfo=UTC)}, "due_at"),
        ({"due_at": datetime(2020, 1, 1, tzinfo=UTC)}, "due_at"),
    ],
)
def test_it_refuses_what_cannot_be(
    cast: Cast, kinds: Kinds, given: dict[str, object], field: str
) -> None:
    snap = a_snap(kinds.rubbish, source="assigned", channel="desk")
    with pytest.raises(Invalid) as refused:
        operations.enter_report(snap, by=cast.guo, assigned=_wanted(**given))
    assert refused.value.field == field
    assert not Case.objects.exists(), "nothing half entered"


def test_it_refuses_an_assigned_one_that_nobody_assigned(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(Invalid):
        operations.enter_report(a_snap(kinds.rubbish, source="assigned"), by=cast.guo)


def test_it_refuses_who_may_not_enter(cast: Cast, kinds: Kinds) -> None:
    with pytest.raises(NotAllowed):
        operations.enter_report(a_snap(kinds.rubbish), by=cast.lin)


def test_the_reply_is_kept_once_the_case_has_ended(cast: Cast, kinds: Kinds) -> None:
    case = _closed(cast, kinds)
    sent = evidence()
    operations.answer_assignment(case, by=cast.guo, words="已办结", form="system", evidence=sent)
    seen = queries.record_of(Case.objects.get(pk=case.pk), reader=cast.guo)
    assert seen.assigned is not None and seen.assigned.replied_at is not None
    (reply,) = seen.assigned.replies
    assert (reply.text, reply.photos) == ("已办结", (str(sent.photos[0]),))
    assert queries.assigned_from_above(cast.guo) == []
    assert len(queries.assigned_from_above(cast.guo, replied=True)) == 1
    assert "已办结" not in str(Event.objects.get(name="case.assignment_answered").payload)
    assert list(audit()) == []


def test_a_correction_is_a_reply_of_its_own(cast: Cast, kinds: Kinds) -> None:
    case = _closed(cast, kinds)
    for words in ("已办结", "更正：已于 3 日办结"):
        operations.answer_assignment(case, by=cast.guo, words=words, form="written")
    assert [r.words.text for r in AssignmentReply.objects.all()] == [
        "已办结",
        "更正：已于 3 日办结",
    ]
    said = Event.objects.filter(name="case.assignment_answered").order_by("id")
    assert [e.payload["correction"] for e in said] == [False, True]


def test_its_words_can_be_erased(cast: Cast, kinds: Kinds) -> None:
    case = _closed(cast, kinds)
    reply = operations.answer_assignment(case, by=cast.guo, words="王大姐说好", form="phone")
    operations.erase_words(case, by=cast.guo, words_id=reply.words_id)
    assert Words.objects.get(pk=reply.words_id).text == ""


def test_no_reply_before_it_has_ended_nor_by_who_may_not_nor_where_none_is_wanted(
    cast: Cast, kinds: Kinds
) -> None:
    case = _entered(cast, kinds)
    with pytest.raises(Refusal):
        operations.answer_assignment(case, by=cast.guo, words="好", form="phone")
    with pytest.raises(NotAllowed):
        operations.answer_assignment(case, by=cast.lin, words="好", form="phone")
    other = a_case(cast, kinds.rubbish, state=State.CLOSED)
    assert states.REPLY not in queries.moves_open_to(cast.guo, other)
    with pytest.raises(Refusal):
        operations.answer_assignment(other, by=cast.guo, words="好", form="phone")


def test_a_picture_of_another_case_cannot_go_with_it(cast: Cast, kinds: Kinds) -> None:
    other = a_case(cast, kinds.rubbish, state=State.HANDLED)
    uid = other.photos.get().photo.uid
    with pytest.raises(Invalid):
        operations.answer_assignment(
            _closed(cast, kinds), by=cast.guo, words="好", form="phone", shown=(uid,)
        )


def test_who_calls_again_is_known_and_the_look_stands_on_record(cast: Cast, kinds: Kinds) -> None:
    caller = ContactDetails(name="王", phone="138 1234-5678")
    report = operations.receive_report(a_snap(kinds.rubbish, contact=caller))
    operations.receive_report(a_snap(kinds.rubbish, contact=ContactDetails(phone="13900000000")))
    for phone in ("13812345678", "+86 13812345678"):
        found = operations.reports_of_caller(phone, by=cast.guo)
        assert [one.pk for one in found] == [report.pk]
    assert Event.objects.filter(name="report.contact_seen").count() == 2
    assert operations.reports_of_caller("12", by=cast.guo) == []
    with pytest.raises(NotAllowed):
        operations.reports_of_caller("13812345678", by=cast.lin)
    operations.erase_contact(report, by=cast.guo)
    assert operations.reports_of_caller("13812345678", by=cast.guo) == []


def test_a_caller_does_not_lead_to_a_case_for_few_eyes(cast: Cast, kinds: Kinds) -> None:
    caller = ContactDetails(phone="13812345678")
    case = a_case(cast, kinds.rubbish, contact=caller)
    operations.redirect_case(case, by=cast.guo, reason_id=reason("redirect").pk, words="信访")
    clerk = UserFactory.create()
    verbs = [states.READ, states.READ_CONTACT, states.ENTER]
    role = RoleFactory.create(verbs=verbs, reaches_below=True)
    PostingFactory.create(user=clerk, role=role, unit=cast.root)
    assert not queries.cases_seen_by(clerk).exists()
    assert operations.reports_of_caller("13812345678", by=clerk) == []
    assert len(operations.reports_of_caller("13812345678", by=cast.guo)) == 1
