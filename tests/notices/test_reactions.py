"""Mail to reporters and units: who gets it, in which language, and what it never says."""

from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail

from gulou.cases import operations
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.states import State
from gulou.catalogue.operations import describe_imprint
from gulou.kit import clock
from gulou.notices import letters, titles
from gulou.notices.models import Item
from gulou.outbox import deliver
from gulou.outbox.audit import audit
from gulou.outbox.deliver import MAX_ATTEMPTS
from gulou.outbox.models import Delivery, Event
from gulou.people import operations as people
from gulou.people.models import Role
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence, reason
from tests.factories.people import PostingFactory, UserFactory

SETTLED = timedelta(seconds=20)
"""After this nobody takes a move back any more."""


def deliver_all() -> None:
    with clock.at(clock.now() + SETTLED):
        deliver.deliver_all()
        letters.send_all()


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


def test_it_is_sent_in_the_name_that_the_office_gave_the_site(cast: Cast, kinds: Kinds) -> None:
    describe_imprint({"name_zh": "榕楼随手拍", "name_en": "Ronglou Snap"}, by="system")
    receive_report(a_snap(kinds.rubbish, contact=MAILABLE, language="zh-hans"))
    deliver_all()
    (letter,) = mail.outbox
    name, address = parseaddr(letter.from_email)
    assert (str(make_header(decode_header(name))), address) == ("榕楼随手拍", "gulou@localhost")
    assert letter.body.rstrip().endswith("榕楼随手拍")


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
    said = f"{told.subject}{told.body}"
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


def test_an_address_that_fails_repeats_nobody_else_s_mail(
    cast: Cast, kinds: Kinds, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.notices.post.RefusingBackend"
    bad, good = (ContactDetails(email=f"{name}@example.org") for name in ("bad", "good"))
    top = a_case(cast, kinds.rubbish, state=State.HANDLED, contact=bad)
    for contact in (good, bad, good):
        merged = a_case(cast, kinds.rubbish, contact=contact)
        operations.merge_case(merged, by=cast.guo, into=top)
    deliver_all()
    mail.outbox.clear()
    operations.close_case(top, by=cast.he)
    _deliver_until_it_is_given_up()
    assert [m.to for m in mail.outbox] == [["good@example.org"]] * 2
    lost = Delivery.objects.filter(event__name="report.answered", set_aside_at__isnull=False)
    assert lost.count() == 2


def _deliver_until_it_is_given_up() -> None:
    for _attempt in range(MAX_ATTEMPTS):
        deliver_all()
        Delivery.objects.filter(done_at=None).update(due_at=clock.now())


def test_the_news_is_owed_once_however_often_the_effect_runs(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.CLOSED, contact=MAILABLE)
    deliver_all()
    Delivery.objects.update(done_at=None, due_at=clock.now())
    Delivery.objects.exclude(reaction__endswith=".tell_ended").update(done_at=clock.now())
    deliver_all()
    assert Event.objects.filter(name="report.answered").count() == 1
    assert list(audit()) == []


def test_who_is_merged_is_told_that_another_case_answers(cast: Cast, kinds: Kinds) -> None:
    merged, into = a_case(cast, kinds.rubbish, contact=MAILABLE), a_case(cast, kinds.rubbish)
    deliver_all()
    mail.outbox.clear()
    operations.merge_case(merged, by=cast.guo, into=into)
    deliver_all()
    (told,) = mail.outbox
    assert merged.reports.get().receipt in told.subject
    assert "together with another" in told.subject and "/t/" in told.body


def test_reporters_at_any_depth_are_told(cast: Cast, kinds: Kinds) -> None:
    first = a_case(cast, kinds.rubbish, contact=MAILABLE)
    second, third = a_case(cast, kinds.rubbish), a_case(cast, kinds.rubbish)
    top = a_case(cast, kinds.rubbish, state=State.HANDLED)
    for case, into in ((first, second), (second, third), (third, top)):
        operations.merge_case(case, by=cast.guo, into=into)
    deliver_all()
    mail.outbox.clear()
    operations.close_case(top, by=cast.he)
    deliver_all()
    assert [m.to for m in mail.outbox] == [["wang@example.org"]]


def test_who_objected_is_told_that_it_is_upheld_and_nobody_else(cast: Cast, kinds: Kinds) -> None:
    merged = a_case(cast, kinds.rubbish, contact=ContactDetails(email="other@example.org"))
    top = a_case(cast, kinds.rubbish, state=State.HANDLED, contact=MAILABLE)
    operations.merge_case(merged, by=cast.guo, into=top)
    operations.close_case(top, by=cast.he)
    operations.object_to_case(top.reports.get(), words="还在")
    deliver_all()
    mail.outbox.clear()
    operations.uphold_case(top, by=cast.guo, words="已核")
    deliver_all()
    assert [m.to for m in mail.outbox] == [["wang@example.org"]]


def test_the_unit_s_mail_does_not_carry_the_reporter_s_name_of_the_place(
    cast: Cast, kinds: Kinds
) -> None:
    cast.street.email = "street@example.org"
    cast.street.save(update_fields=["email"])
    a_case(cast, kinds.rubbish, state=State.DISPATCHED, address="3栋王大姐家门口")
    deliver_all()
    assert [m.to for m in mail.outbox] == [["street@example.org"]]
    assert "王大姐" not in mail.outbox[0].body


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


def test_the_reporter_is_told_at_dispatch_and_when_it_is_handled_each_once(
    cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLED, contact=MAILABLE)
    reason_id = reason("rework").pk
    case = operations.rework_case(case, by=cast.he, reason_id=reason_id, words="没扫干净")
    operations.handle_case(case, by=cast.lin, words="再清理", evidence=evidence())
    deliver_all()
    told = [m.subject for m in mail.outbox if m.to == ["wang@example.org"]]
    assert [word for one in told for word in ("have your", "passed to", "said to be") if word in one] == [
        "have your", "passed to", "said to be"
    ]  # fmt: skip
    assert all("/t/" in m.body for m in mail.outbox)


def test_the_unit_is_told_of_what_waited_for_somebody_who_has_left(
    cast: Cast, kinds: Kinds, roles: dict[str, Role]
) -> None:
    """Not of a recheck: that is drawn anew."""
    gone = UserFactory.create()
    PostingFactory.create(user=gone, role=roles["handler"], unit=cast.street)
    case = a_case(cast, kinds.rubbish)
    operations.task_verification(case, by=cast.guo, unit_id=cast.street.pk, person=gone)
    a_case(cast, kinds.rubbish, state=State.HANDLED)
    for left in (gone, cast.he):
        people.deactivate_person(left, by=None)
    deliver_all()
    told = Item.objects.filter(what="given_back").exclude(person=None)
    assert [(item.person, item.case) for item in told] == [(cast.lin, case)]


def test_who_left_no_contact_leaves_no_news_of_progress(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLED)
    deliver_all()
    assert not Event.objects.filter(name="report.progressed").exists()


def test_units_in_dispute_are_told_how_it_was_decided(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    for who, unit, named in (
        (cast.lin, cast.street, cast.department), (cast.chen, cast.department, cast.street),
    ):  # fmt: skip
        case = operations.dispatch_case(case, by=cast.guo, unit_id=unit.pk)
        case = operations.return_case(
            case, by=who, reason_id=reason("return").pk, words="不归我们", named_id=named.pk
        )
    operations.arbitrate_case(case, by=cast.guo, unit_id=cast.street.pk, words="归街道")
    deliver_all()
    told = {(item.person, item.what) for item in Item.objects.exclude(person=None)}
    assert {(cast.lin, "arbitrated"), (cast.chen, "arbitrated_away")} <= told
    away = Item.objects.get(person=cast.chen, what="arbitrated_away")
    assert away.case is None and case.number in titles.title(away)
