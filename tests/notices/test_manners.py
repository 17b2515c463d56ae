"""How people want to be told: channels, digests, quiet hours; and what they cannot choose."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotAllowed
from gulou.notices import letters, manners, operations
from gulou.notices.channels import CHANNELS
from gulou.notices.kinds import KINDS
from gulou.notices.models import Item, Letter, OfficeWishes
from gulou.notices.post import Note, Recipient, Unanswered
from gulou.notices.quiet import Hours, after_quiet, next_digest
from gulou.outbox.audit import audit
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case
from tests.notices.test_telling import Provider, provider, tell_of

__all__ = ["provider"]

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)
NIGHT = {"quiet_from": 22 * 60, "quiet_until": 7 * 60}


@pytest.fixture
def case(cast: Cast, kinds: Kinds, settings: Any) -> Case:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.org")
    cast.lin.refresh_from_db()
    return a_case(cast, kinds.rubbish, state=State.HANDLING, words="我家楼下臭")


def test_a_digest_of_the_day_tells_all_that_is_unread_in_one_letter(cast: Cast, case: Case) -> None:
    operations.choose_manner({"by_kind": {"asked": {"mail": "day"}}}, by=cast.lin)
    with clock.at(MONDAY):
        for n in range(3):
            tell_of(case, cast.lin, n=n, what="mentioned")
        letters.send_all()
    assert mail.outbox == []
    with clock.at(MONDAY + timedelta(hours=22)):
        letters.send_all()
    (letter,) = mail.outbox
    assert letter.body.count(case.number) == 2, "its title and its link, once"
    assert "楼下" not in letter.body
    assert len(set(Letter.objects.values_list("batch", flat=True))) == 1


def test_a_digest_that_is_tried_again_is_the_same_one(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Note] = []

    def send(_to: Recipient, note: Note) -> None:
        tried.append(note)
        if len(tried) == 1:
            raise Unanswered("timeout")

    monkeypatch.setitem(CHANNELS, "mail", replace(CHANNELS["mail"], send=send))
    operations.choose_manner({"by_kind": {"asked": {"mail": "day"}}}, by=cast.lin)
    with clock.at(MONDAY):
        for n in range(2):
            tell_of(case, cast.lin, n=n, what="mentioned")
    morning = MONDAY + timedelta(hours=22)
    with clock.at(morning):
        letters.send_all()
        # Meanwhile the first was read, and another came up.
        Item.objects.filter(pk=Item.objects.earliest("pk").pk).update(read_at=clock.now())
        tell_of(case, cast.lin, n=3, what="mentioned")
        Letter.objects.filter(attempts=0).update(due_at=morning)
    with clock.at(morning + timedelta(minutes=5)):
        letters.send_all()
    first, new, again = (one.key for one in tried)
    assert first == again != new
    ends = [(one.error, one.sent_at is not None) for one in Letter.objects.order_by("item_id")]
    assert ends == [("read", False), ("", True), ("", True)]


def test_a_digest_comes_not_on_a_day_off(cast: Cast, case: Case) -> None:
    operations.choose_manner({"by_kind": {"asked": {"mail": "day"}}}, by=cast.lin)
    friday = MONDAY + timedelta(days=4)
    with clock.at(friday):
        tell_of(case, cast.lin, what="mentioned")
    due = Letter.objects.get().due_at.astimezone(ZONE)
    assert (due.date(), due.hour) == (friday.date() + timedelta(days=3), 8)


def test_quiet_hours_hold_back_all_but_what_the_office_calls_urgent(cast: Cast, case: Case) -> None:
    operations.choose_manner(NIGHT, by=cast.lin)
    late = MONDAY.replace(hour=23)
    with clock.at(late):
        tell_of(case, cast.lin, n=1)
        tell_of(case, cast.lin, n=2, what="urged")
        letters.send_all()
        assert len(mail.outbox) == 1 and "urged" in mail.outbox[0].subject
    waiting = Letter.objects.get(sent_at=None)
    assert waiting.due_at == MONDAY.replace(hour=7) + timedelta(days=1)


def test_what_a_dead_provider_held_until_the_night_waits_for_the_morning(
    cast: Cast, case: Case, provider: Provider
) -> None:
    operations.choose_manner({**NIGHT, "by_kind": {"warned": {"mail": "never"}}}, by=cast.lin)
    provider.fails = Unanswered("timeout")
    with clock.at(MONDAY.replace(hour=21, minute=59, second=50)):
        tell_of(case, cast.lin)
        letters.send_all()
    provider.fails = None
    with clock.at(MONDAY.replace(hour=23)):
        letters.send_all()
    letter = Letter.objects.get()
    morning = MONDAY.replace(hour=7) + timedelta(days=1)
    assert provider.took == [] and (letter.due_at, letter.attempts) == (morning, 1)
    with clock.at(morning):
        letters.send_all()
    assert len(provider.took) == 1


def test_quiet_hours_of_nearly_a_day_are_refused(cast: Cast, case: Case) -> None:
    for since, until in ((7 * 60, 7 * 60 - 1), (0, 14 * 60 + 1)):
        with pytest.raises(Invalid):
            operations.choose_manner({"quiet_from": since, "quiet_until": until}, by=cast.lin)
    operations.choose_manner({"quiet_from": 18 * 60, "quiet_until": 8 * 60}, by=cast.lin)


def test_a_duty_cannot_be_silenced(cast: Cast, case: Case, provider: Provider) -> None:
    silent = {kind: {"mail": "never", "pager": "never"} for kind in ("warned", "asked")}
    operations.choose_manner({"by_kind": silent}, by=cast.lin)
    tell_of(case, cast.lin, n=1, what="mentioned")
    assert not Letter.objects.exists()
    tell_of(case, cast.lin, n=2)
    assert Letter.objects.get().channel == "mail", "the first that there is"


def test_the_office_names_the_channel_of_duties_and_what_holds_for_all(
    cast: Cast, case: Case, provider: Provider, admin: User
) -> None:
    given = {"duty_channels": ["pager"], "by_kind": {"asked": {"mail": "never", "pager": "never"}}}
    with pytest.raises(NotAllowed):
        operations.set_office_manner(given, by=cast.guo)
    operations.set_office_manner(given, by=admin)
    operations.choose_manner(
        {"by_kind": {"warned": {"pager": "never", "mail": "now"}}}, by=cast.lin
    )
    tell_of(case, cast.lin, n=1, what="mentioned")
    assert not Letter.objects.exists()
    tell_of(case, cast.lin, n=2)
    assert set(Letter.objects.values_list("channel", flat=True)) == {"mail", "pager"}
    assert list(audit()) == []


def test_a_duty_goes_by_what_reaches_the_person_where_the_named_channel_does_not(
    cast: Cast, case: Case, provider: Provider, admin: User
) -> None:
    operations.set_office_manner({"duty_channels": ["mail"]}, by=admin)
    operations.choose_manner({"by_kind": {"warned": {"pager": "never"}}}, by=cast.guo)
    tell_of(case, cast.guo)
    assert [one.channel for one in Letter.objects.all()] == ["pager"]


def test_what_one_chose_for_a_channel_that_is_closed_now_stays(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    operations.choose_manner({"by_kind": {"asked": {"sms": "now", "mail": "day"}}}, by=cast.lin)
    given = {f"{kind}-mail": "now" for kind in KINDS} | {"digest_hour": "8", "digest_weekday": "0"}
    assert as_user(cast.lin).post("/desk/inbox/settings/", given).status_code == 302
    mine = manners.manners_of([cast.lin])[cast.lin.pk].by_kind
    assert mine["asked"] == {"sms": "now"}


def test_hours_are_asked_for_only_where_an_open_channel_can_keep_them(
    cast: Cast, case: Case, as_user: SignedIn, settings: Any, provider: Provider
) -> None:
    operations.choose_manner({**NIGHT, "digest_hour": 9}, by=cast.lin)
    client = as_user(cast.lin)
    page = client.get("/desk/inbox/settings/").content.decode()
    assert "quiet_from" in page and "digest_hour" in page
    settings.GULOU = replace(settings.GULOU, email_url="")
    page = client.get("/desk/inbox/settings/").content.decode()
    assert "quiet_from" in page and "digest_hour" not in page, "a pager carries no digests"
    given = {f"{kind}-pager": "now" for kind in KINDS}
    assert client.post("/desk/inbox/settings/", given).status_code == 302
    kept = manners.manners_of([cast.lin])[cast.lin.pk].rhythm
    assert (kept.quiet.begin, kept.digest_hour) == (0, 9), "what was not asked for stays"
    del CHANNELS["pager"]
    page = client.get("/desk/inbox/settings/").content.decode()
    assert "quiet_from" not in page and "The inbox tells you everything" in page


def test_what_waits_goes_as_the_person_wants_it_now(cast: Cast, case: Case) -> None:
    operations.choose_manner({"by_kind": {"asked": {"mail": "week"}}}, by=cast.lin)
    tell_of(case, cast.lin, what="mentioned")
    operations.choose_manner({"by_kind": {"asked": {"mail": "now"}}}, by=cast.lin)
    letters.send_all()
    assert len(mail.outbox) == 1
    operations.choose_manner({"by_kind": {"asked": {"mail": "never"}}}, by=cast.lin)
    assert Letter.objects.count() == 1, "what was sent stays"


def test_the_page_saves_what_differs_from_the_office_and_goes_back_to_it(
    cast: Cast, case: Case, as_user: SignedIn
) -> None:
    client, url = as_user(cast.lin), "/desk/inbox/settings/"
    page = client.get(url).content.decode()
    assert "Duties cannot be silenced" in page and 'name="warned-mail"' in page
    given: dict[str, str] = {
        f"{kind}-mail": manners.office_when(one, CHANNELS["mail"]) for kind, one in KINDS.items()
    }
    given |= {"asked-mail": "week", "digest_hour": "9", "digest_weekday": "4"}
    half = client.post(url, {**given, "quiet_from": "22:00"})
    assert half.status_code == 422 and "leave both empty" in half.content.decode()
    wrong = client.post(url, {**given, "warned-mail": "week"})
    assert wrong.status_code == 422, "a duty comes in no digest"
    sent = client.post(url, {**given, "quiet_from": "22:00", "quiet_until": "07:00"})
    assert sent.status_code == 302
    mine = manners.manners_of([cast.lin])[cast.lin.pk]
    assert mine.by_kind == {"asked": {"mail": "week"}}
    assert mine.rhythm.quiet == Hours(22 * 60, 7 * 60) and mine.rhythm.digest_hour == 9
    client.post(url, {"as_office": "1"})
    assert not manners.has_own(cast.lin)


def test_the_office_sets_it_on_record_and_takes_it_back(
    cast: Cast, case: Case, admin: User, as_user: SignedIn
) -> None:
    assert as_user(cast.lin).get("/setup/telling/").status_code == 403
    client, url = as_user(admin), "/setup/telling/"
    given = {f"{kind}-mail": "now" for kind in KINDS}
    given |= {"digest_hour": "8", "digest_weekday": "0"}
    assert client.post(url, {**given, "duty_channels": ["mail"]}).status_code == 302
    assert client.post(url, {**given, "digest_hour": "7"}).status_code == 302
    assert manners.office().rhythm.digest_hour == 7
    history = client.get("/setup/telling/history/").content.decode()
    assert "07:00" in history and "08:00" in history
    row = OfficeWishes.objects.get()
    event = client.get("/setup/telling/history/").context["shown"][0].change
    assert event.can_undo
    client.post(f"/setup/undo/telling/{event.event_id}/")
    row.refresh_from_db()
    assert row.digest_hour == 8 and manners.office().rhythm.digest_hour == 8


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("10:00", "10:00"),
        ("21:59", "21:59"),
        ("22:00", "+07:00"),
        ("06:59", "07:00"),
        ("07:00", "07:00"),
    ],
)
def test_quiet_hours_may_go_past_midnight(at: str, until: str) -> None:
    hour, minute = (int(part) for part in at.split(":"))
    free = after_quiet(MONDAY.replace(hour=hour, minute=minute), Hours(22 * 60, 7 * 60), _always)
    assert free.strftime("%H:%M") == until.removeprefix("+")
    assert free.date() == MONDAY.date() + timedelta(days=until.count("+"))


def test_days_off_are_quiet_where_one_asks_for_it() -> None:
    saturday = MONDAY + timedelta(days=5)
    quiet = Hours(22 * 60, 7 * 60, days_off=True)
    assert after_quiet(saturday, quiet, _on_weekdays) == MONDAY.replace(hour=7) + timedelta(days=7)


def test_digests_come_at_their_hour_on_their_day() -> None:
    daily = next_digest(MONDAY, hour=8, weekday=None, works_on=_on_weekdays)
    assert daily == MONDAY.replace(hour=8) + timedelta(days=1)
    assert next_digest(MONDAY, hour=11, weekday=None, works_on=None) == MONDAY.replace(hour=11)
    weekly = next_digest(MONDAY, hour=8, weekday=5, works_on=_on_weekdays)
    assert weekly == MONDAY.replace(hour=8) + timedelta(days=7), "Saturday is off: Monday"


def _always(_day: date) -> bool:
    return True


def _on_weekdays(day: date) -> bool:
    return day.weekday() < 5
