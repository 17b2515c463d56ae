"""Mail to reporters and units: who gets it, in which language, and what it never says."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail

from gulou.cases import operations
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.states import State
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Delivery
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap

MAILABLE = ContactDetails(name="王大姐", email="wang@example.org")


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Any) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")


def test_the_reporter_gets_receipt_and_link_once(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, contact=MAILABLE, language="zh-hans"))
    deliver_all()
    Delivery.objects.update(done_at=None, due_at=report.received_at)
    deliver_all()
    first, again = mail.outbox
    assert first.to == ["wang@example.org"] and report.receipt in first.subject
    assert f"/t/{report.token}/" in first.body
    assert "收到" in first.subject, "in the language they reported in"
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_who_left_no_address_gets_none(cast: Cast, kinds: Kinds) -> None:
    receive_report(a_snap(kinds.rubbish, contact=ContactDetails(phone="139")))
    deliver_all()
    assert mail.outbox == []


def test_the_unit_is_told_without_a_word_of_the_reporter(cast: Cast, kinds: Kinds) -> None:
    cast.street.email = "street@example.org"
    cast.street.save(update_fields=["email"])
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED, contact=MAILABLE, words="我家楼下臭")
    deliver_all()
    (told,) = [m for m in mail.outbox if m.to == ["street@example.org"]]
    assert case.number in told.subject and f"/desk/cases/{case.number}/" in told.body
    said = told.subject + told.body
    assert not [word for word in ("王大姐", "wang@", "楼下") if word in said]


@pytest.mark.parametrize("state", [State.CLOSED, State.DECLINED, State.REDIRECTED])
def test_every_reporter_is_told_how_it_ended(cast: Cast, kinds: Kinds, state: State) -> None:
    case = a_case(cast, kinds.rubbish, state=state, contact=MAILABLE)
    deliver_all()
    assert "has an answer" in mail.outbox[-1].subject
    assert case.reports.get().receipt in mail.outbox[-1].subject


def test_reporters_of_a_merged_case_are_told_too(cast: Cast, kinds: Kinds) -> None:
    merged = a_case(cast, kinds.rubbish, contact=MAILABLE)
    into = a_case(cast, kinds.rubbish, state=State.HANDLED)
    operations.merge_case(merged, by=cast.guo, into=into)
    deliver_all()
    mail.outbox.clear()
    operations.close_case(into, by=cast.he)
    deliver_all()
    assert [m.to for m in mail.outbox] == [["wang@example.org"]]


def test_an_erased_contact_is_told_nothing(cast: Cast, kinds: Kinds) -> None:
    report = receive_report(a_snap(kinds.rubbish, contact=MAILABLE))
    operations.erase_contact(report, by=cast.guo)
    deliver_all()
    assert mail.outbox == []


def test_without_mail_set_up_nothing_is_sent_and_nothing_fails(
    cast: Cast, kinds: Kinds, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="")
    receive_report(a_snap(kinds.rubbish, contact=MAILABLE))
    deliver_all()
    assert mail.outbox == [] and not Delivery.objects.filter(done_at=None).exists()
