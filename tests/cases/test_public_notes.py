"""Words of the office to those who reported, and words that stay in the house."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from gulou.cases import operations, queries, states
from gulou.cases.models import Case, Note
from gulou.cases.operations import ContactDetails
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.outbox import deliver
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason

MAILABLE = ContactDetails(email="wang@example.org")


def deliver_all() -> None:
    """Once nobody takes a move back any more."""
    with clock.at(clock.now() + timedelta(seconds=20)):
        deliver.deliver_all()


def _read_by_reporter(case: Case) -> list[str]:
    told = queries.tracked(case.reports.get()).told
    return [line.words for line in told if line.words]


def test_a_note_is_for_staff_unless_it_is_marked_as_public(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    operations.note_case(case, by=cast.guo, words="内部意见")
    operations.note_case(case, by=cast.guo, words="已安排人员清运，请再等两天。", public=True)
    assert _read_by_reporter(case) == ["已安排人员清运，请再等两天。"]
    said = [entry.public for entry in queries.record_of(case, reader=cast.wu).story[-2:]]
    assert said == [False, True]
    assert [e.payload["public"] for e in Event.objects.filter(name="case.noted")] == [False, True]
    assert list(audit()) == []


def test_every_reporter_is_mailed_once_of_a_public_note_and_of_no_other(
    cast: Cast, kinds: Kinds, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    merged = a_case(cast, kinds.rubbish, contact=ContactDetails(email="li@example.org"))
    case = a_case(cast, kinds.rubbish, contact=MAILABLE)
    operations.merge_case(merged, by=cast.guo, into=case)
    deliver_all()
    mail.outbox.clear()
    operations.note_case(case, by=cast.guo, words="内部意见")
    deliver_all()
    assert mail.outbox == []
    operations.note_case(case, by=cast.guo, words="已安排", public=True)
    deliver_all()
    assert sorted(m.to[0] for m in mail.outbox) == ["li@example.org", "wang@example.org"]
    assert "已安排" not in mail.outbox[0].body, "the words stand behind the link"
    assert _read_by_reporter(Case.objects.get(pk=merged.pk)) == ["已安排"]


def test_who_may_not_write_to_reporters_is_refused(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    with pytest.raises(NotAllowed):
        operations.note_case(case, by=cast.lin, words="我们在处理", public=True)
    assert not Note.objects.filter(public=True).exists()
    operations.note_case(case, by=cast.lin, words="我们在处理")


@pytest.mark.parametrize(
    "words", ["打 13812345678 找我", "证号 350102199001011234", "139 1234 5678"]
)
def test_nobody_s_numbers_go_out(cast: Cast, kinds: Kinds, words: str) -> None:
    case = a_case(cast, kinds.rubbish)
    with pytest.raises(Invalid):
        operations.note_case(case, by=cast.guo, words=words, public=True)
    operations.note_case(case, by=cast.guo, words="热线 12345，办公室 0591-87654321", public=True)


def test_a_restricted_case_writes_to_nobody(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    operations.note_case(case, by=cast.guo, words="已收到", public=True)
    case = operations.redirect_case(case, by=cast.guo, reason_id=reason("redirect").pk)
    with pytest.raises(Refusal):
        operations.note_case(case, by=cast.guo, words="再说一句", public=True)
    assert _read_by_reporter(case) == []


def test_what_was_taken_back_is_read_by_nobody(cast: Cast, kinds: Kinds, settings: Any) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    case = a_case(cast, kinds.rubbish, contact=MAILABLE)
    deliver_all()
    mail.outbox.clear()
    case = operations.note_case(case, by=cast.guo, words="写错了", public=True)
    operations.undo_move(case, by=cast.guo)
    deliver_all()
    assert _read_by_reporter(case) == [] and mail.outbox == []


def test_what_was_erased_is_not_read_any_more(cast: Cast, kinds: Kinds) -> None:
    case = operations.note_case(a_case(cast, kinds.rubbish), by=cast.guo, words="错了", public=True)
    operations.erase_words(case, by=cast.guo, words_id=Note.objects.get().words_id)
    assert _read_by_reporter(case) == []


def test_the_verb_is_among_those_a_role_may_hold() -> None:
    assert states.WRITE_PUBLIC in states.VERBS
