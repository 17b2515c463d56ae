"""Telling a person of staff: once for each fact, in their inbox and by their channels."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gulou.cases.models import Case
from gulou.cases.operations import ask_extension, hand_over_cases
from gulou.cases.states import State
from gulou.kit import clock
from gulou.notices import letters, operations
from gulou.notices.channels import CHANNELS, Channel
from gulou.notices.models import Item, Letter, Line, Wishes
from gulou.notices.post import Note, Outlet, Recipient, Refused, Slower, Unanswered
from gulou.notices.telling import tell
from gulou.outbox.deliver import MAX_ATTEMPTS, deliver_all
from gulou.outbox.table import Envelope
from gulou.people.models import Posting, User
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case
from tests.factories.people import UserFactory
from tests.people.conftest import boss as boss


class Provider:
    """A provider of messages that does as it is told."""

    def __init__(self) -> None:
        self.took: list[tuple[Recipient, Note]] = []
        self.fails: Exception | None = None

    def send(self, to: Recipient, note: Note) -> None:
        """Take it, or fail."""
        if self.fails is not None:
            raise self.fails
        self.took.append((to, note))


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    one = Provider()
    made = Channel(
        "pager", "Pager", "bell", lambda: True, lambda all_: {one.pk: [Outlet(line="acme")] for one in all_}, one.send,
        per_minute=3,
    )  # fmt: skip
    monkeypatch.setitem(CHANNELS, "pager", made)
    yield one


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


def after(case: Case, n: int = 1, actor: str = "system") -> Envelope:
    """A fact about the case."""
    return Envelope(n, case.subject_kind, case.uid, actor, clock.now(), None, str(n))


def tell_of(case: Case, *users: User, n: int = 1, what: str = "warned") -> int:
    """Tell these of the case."""
    given = {"percent": 80}
    return tell([u.uid for u in users], what, after=after(case, n), case=case.uid, given=given)


def test_it_is_told_once_for_each_fact_and_person(
    cast: Cast, case: Case, provider: Provider
) -> None:
    assert tell_of(case, cast.lin, cast.guo) == 2
    assert tell_of(case, cast.lin, cast.guo) == 0
    assert tell_of(case, cast.lin, n=2) == 1
    assert Item.objects.filter(person=cast.lin).count() == 2
    letters.send_all()
    assert len(provider.took) == 3
    to, note = provider.took[0]
    assert to.person == cast.lin and case.number in note.title
    assert note.url.endswith(f"/desk/cases/{case.number}/") and note.url in note.words


def test_telling_many_asks_no_more_than_telling_few(
    case: Case, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mail", "push", "sms", "wecom"):
        opened = replace(CHANNELS[name], is_open=lambda: True, by_default=True)
        monkeypatch.setitem(CHANNELS, name, opened)
    several = [UserFactory.create(phone=f"139{n:08}") for n in range(34)]
    Wishes.objects.bulk_create(Wishes(person=one, quiet_days_off=True) for one in several)
    tell_of(case, several[0], n=1)
    asked = []
    for n, some in ((2, several[1:4]), (3, several[4:])):
        with CaptureQueriesContext(connection) as found:
            tell_of(case, *some, n=n)
        asked.append(len(found))
    assert Letter.objects.filter(channel="pager").count() == 34 and asked[0] == asked[1]


def test_who_did_it_and_who_has_left_are_told_nothing(
    cast: Cast, case: Case, provider: Provider
) -> None:
    User.objects.filter(pk=cast.wu.pk).update(is_active=False)
    made = after(case, actor=cast.guo.actor)
    assert tell([cast.guo.uid, cast.wu.uid], "changed", after=made, case=case.uid) == 0


def test_a_dead_provider_holds_up_no_other_and_is_asked_ever_less_often(
    cast: Cast, case: Case, provider: Provider, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.org")
    provider.fails = Unanswered("timeout")
    for n in (1, 2):
        tell_of(case, cast.lin, n=n)
    letters.send_all()
    assert len(mail.outbox) == 2
    line = Line.objects.get(channel="pager")
    assert line.failures == 1 and line.paused_until is not None
    assert line.paused_until > clock.now()
    provider.fails = None
    with clock.at(clock.now() + timedelta(minutes=2)):
        letters.send_all()
    assert len(provider.took) == 2 and Line.objects.get(channel="pager").failures == 0


def test_what_is_refused_for_good_waits_for_a_person_who_sends_it_again(
    cast: Cast, case: Case, provider: Provider, mender: User, as_user: SignedIn
) -> None:
    provider.fails = Refused("no-address")
    tell_of(case, cast.lin)
    letters.send_all()
    letter = Letter.objects.get()
    assert letter.set_aside_at is not None and letter.attempts == 1
    provider.fails = None
    assert as_user(cast.lin).post(f"/desk/sent/letters/{letter.pk}/again/").status_code == 403
    client = as_user(mender)
    assert client.post(f"/desk/sent/letters/{letter.pk}/again/").status_code == 302
    letters.send_all()
    letter.refresh_from_db()
    assert letter.sent_at is not None and len(provider.took) == 1
    assert client.post(f"/desk/sent/letters/{letter.pk}/again/").status_code == 409


def test_the_log_names_kind_person_and_reason_but_no_address(
    cast: Cast, case: Case, mender: User, as_user: SignedIn, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    settings.EMAIL_BACKEND = "tests.notices.post.RefusingBackend"
    User.objects.filter(pk=cast.lin.pk).update(email="bad@example.org")
    tell_of(case, cast.lin)
    letters.send_all()
    page = as_user(mender).get("/desk/sent/?channel=to-mail&state=failed").content.decode()
    assert "Lin" in page and "Deadlines" in page and "bad@" not in page
    assert "The mail server refuses the address" in page


def test_it_is_tried_again_and_given_up_in_the_end(
    cast: Cast, case: Case, provider: Provider
) -> None:
    provider.fails = Refused("busy", later=True)
    tell_of(case, cast.lin)
    for hour in range(MAX_ATTEMPTS):
        with clock.at(clock.now() + timedelta(hours=2 * hour)):
            letters.send_all()
    letter = Letter.objects.get()
    assert letter.attempts == MAX_ATTEMPTS and letter.set_aside_at is not None


def test_a_limit_a_minute_is_kept_and_nothing_is_lost(
    cast: Cast, case: Case, provider: Provider
) -> None:
    for n in range(5):
        tell_of(case, cast.lin, n=n)
    letters.send_all()
    assert len(provider.took) == 3
    with clock.at(clock.now() + timedelta(seconds=61)):
        letters.send_all()
    assert len(provider.took) == 5


def test_too_fast_is_no_failed_try(cast: Cast, case: Case, provider: Provider) -> None:
    provider.fails = Slower(60)
    tell_of(case, cast.lin)
    letters.send_all()
    assert Letter.objects.get().attempts == 0


def test_what_was_read_in_the_inbox_is_not_sent(cast: Cast, case: Case, provider: Provider) -> None:
    tell_of(case, cast.lin)
    Item.objects.update(read_at=clock.now())
    letters.send_all()
    assert provider.took == [] and Letter.objects.get().error == "read"


def test_a_case_that_became_restricted_is_told_to_nobody_who_may_not_see_it(
    cast: Cast, case: Case, provider: Provider
) -> None:
    tell_of(case, cast.lin, cast.guo)
    Case.objects.update(restricted=True)
    letters.send_all()
    assert [to.person for to, _note in provider.took] == [cast.guo]


def test_who_no_longer_sees_a_case_is_not_told_of_it(
    cast: Cast, case: Case, provider: Provider
) -> None:
    tell_of(case, cast.lin, cast.guo)
    Posting.objects.filter(user=cast.lin).delete()
    letters.send_all()
    assert [to.person for to, _note in provider.took] == [cast.guo]
    assert Letter.objects.get(item__person=cast.lin).error == "hidden"


def test_a_duty_that_a_provider_refuses_for_good_goes_another_way(
    cast: Cast, case: Case, provider: Provider, admin: User, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.org")
    operations.set_office_manner({"duty_channels": ["pager"]}, by=admin)
    operations.choose_manner({"by_kind": {"warned": {"mail": "never"}}}, by=cast.lin)
    provider.fails = Refused("no-address")
    tell_of(case, cast.lin)
    letters.send_all()
    assert [one.to for one in mail.outbox] == [["lin@example.org"]]
    assert Letter.objects.get(channel="pager").set_aside_at is not None


def test_a_duty_that_waits_for_a_channel_taken_out_of_use_goes_another_way(
    cast: Cast, case: Case, provider: Provider, admin: User, settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.org")
    operations.set_office_manner({"duty_channels": ["pager"]}, by=admin)
    operations.choose_manner({"by_kind": {"warned": {"mail": "never"}}}, by=cast.lin)
    tell_of(case, cast.lin)
    assert letters.leave_closed() == 0
    monkeypatch.setitem(CHANNELS, "pager", replace(CHANNELS["pager"], is_open=lambda: False))
    assert letters.leave_closed() == 1 and letters.leave_closed() == 0
    letters.send_all()
    assert [one.to for one in mail.outbox] == [["lin@example.org"]]
    assert Letter.objects.get(channel="pager").error == "closed"


def test_nothing_that_a_person_wrote_is_kept_or_sent(
    cast: Cast, kinds: Kinds, provider: Provider
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING, words="我家楼下臭")
    tell_of(case, cast.lin)
    letters.send_all()
    said = "".join(f"{note.title}{note.words}" for _to, note in provider.took)
    assert "楼下" not in said and "楼下" not in str(Item.objects.values_list("given"))


def test_the_unit_that_takes_over_from_a_dissolved_one_is_told(
    cast: Cast, case: Case, boss: User
) -> None:
    hand_over_cases(case.unit, to=cast.other_street, by=boss)
    deliver_all()
    (item,) = Item.objects.filter(person=cast.zhao)
    assert (item.what, item.given["unit_id"]) == ("dispatched", cast.other_street.pk)


def test_what_the_office_is_asked_reaches_who_is_posted_above_it(cast: Cast, case: Case) -> None:
    """The civility committee's dispatcher works for its office without a posting there."""
    ask_extension(case, by=cast.lin, amount=1, words="夜间施工受限")
    deliver_all()
    assert Item.objects.filter(person=cast.guo, what="time_asked").exists()
    assert not Item.objects.filter(person=cast.chen, what="time_asked").exists()
