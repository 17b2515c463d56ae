"""Messages of a WeCom application: to whom, in which form, and what becomes of them when it fails."""

from datetime import timedelta
from typing import Any

import pytest

from gulou.kit import clock, outgoing
from gulou.kit.errors import Conflict, Invalid
from gulou.notices import letters
from gulou.notices.models import Item, Letter
from gulou.notices.planning import letters_for
from gulou.people.models import User
from gulou.people.operations import set_details
from gulou.providers import operations
from gulou.providers.models import Missive, Provider
from tests.conftest import Cast
from tests.desk.conftest import SignedIn
from tests.providers.conftest import NOON, tell_all, use_wecom
from tests.providers.weixin import Weixin


def an_item(person: User, number: int = 1) -> Item:
    """Something in somebody's inbox, and what is owed for it."""
    key, given = f"{number}:warned", {"number": f"2026-{number}", "category": "垃圾", "percent": 50}
    with clock.at(NOON):
        item = Item.objects.create(person=person, what="warned", key=key, given=given, at=NOON)
        owed = [one for one in letters_for([item]) if one.channel == "wecom"]
    Letter.objects.bulk_create(owed)
    return item


def send_all(after: timedelta = timedelta()) -> None:
    with clock.at(NOON + after):
        letters.send_all()


@pytest.fixture
def lin(cast: Cast) -> User:
    return set_details(cast.lin, by=None, wecom_userid="LinXiaoRong")


@pytest.mark.parametrize("form", ["textcard", "markdown", "text", "news"])
def test_staff_are_told_in_the_form_that_the_office_chose(
    lin: User, admin: User, far: Weixin, form: str
) -> None:
    use_wecom(admin, form=form)
    an_item(lin)
    send_all()
    (said,) = far.told
    assert said["msgtype"] == form and said["touser"] == "LinXiaoRong"
    assert "2026-1" in str(said[form]) and "/desk/inbox/" in str(said[form])
    assert Letter.objects.get().sent_at


def test_who_has_no_user_or_where_it_is_closed_is_owed_nothing(
    cast: Cast, lin: User, admin: User, far: Weixin
) -> None:
    an_item(lin)
    use_wecom(admin)
    an_item(cast.chen, 2)
    assert not Letter.objects.exists()


def test_the_token_is_kept_and_asked_for_once_anew_when_it_is_over(
    lin: User, admin: User, far: Weixin
) -> None:
    use_wecom(admin)
    for number in (1, 2):
        an_item(lin, number)
    send_all()
    assert len(far.told) == 2 and far.fetched == 1
    far.expire()
    an_item(lin, 3)
    send_all()
    assert len(far.told) == 3 and far.fetched == 2


def test_a_user_that_wecom_does_not_know_is_set_aside_by_name(
    lin: User, admin: User, mender: User, far: Weixin, as_user: SignedIn
) -> None:
    use_wecom(admin)
    far.members.clear()
    an_item(lin)
    send_all()
    letter = Letter.objects.get()
    assert letter.set_aside_at and letter.error == "app-nobody" and letter.attempts == 1
    log = as_user(mender).get("/desk/sent/?channel=to-wecom&state=failed").content.decode()
    assert "Lin" in log and "WeCom knows no such user" in log


def test_a_user_without_a_licence_is_set_aside(lin: User, admin: User, far: Weixin) -> None:
    use_wecom(admin)
    far.unlicensed.add("linxiaorong")
    an_item(lin)
    send_all()
    assert Letter.objects.get().error == "app-unlicensed"


@pytest.mark.parametrize(
    ("mood", "code"),
    [("fault", "http-502"), ("garbage", "garbage"), ("list", "garbage"), ("no code", "garbage"),
     ("endless", "garbage"), ("busy", "app--1"), ("address", "app-60020"), ("never", "timeout"),
     ("drip", "timeout")],
)  # fmt: skip
def test_whatever_it_answers_it_is_tried_again_and_said_on_its_page(
    lin: User, admin: User, far: Weixin, mood: str, code: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(outgoing, "SECONDS", 0.5)
    use_wecom(admin)
    an_item(lin)
    far.mood = mood
    send_all()
    letter = Letter.objects.get()
    assert (letter.error, letter.sent_at, letter.attempts) == (code, None, 1)
    assert Provider.objects.get().error == code
    far.mood = ""
    send_all(after=timedelta(minutes=5))
    assert Letter.objects.get().sent_at and Provider.objects.get().error == ""


def test_too_fast_is_no_failed_try(lin: User, admin: User, far: Weixin) -> None:
    use_wecom(admin)
    an_item(lin)
    far.mood = "too fast"
    send_all()
    assert Letter.objects.get().attempts == 0 and not Letter.objects.get().sent_at
    far.mood = ""
    send_all(after=timedelta(minutes=2))
    assert Letter.objects.get().sent_at


@pytest.mark.usefixtures("clean_cache")
def test_one_person_gets_no_more_in_a_minute_than_wecom_hands_on(
    lin: User, admin: User, far: Weixin
) -> None:
    use_wecom(admin)
    for number in range(31):
        an_item(lin, number)
    send_all()
    assert len(far.told) == 30
    assert Letter.objects.get(sent_at=None).error == "app-member-full"
    send_all(after=timedelta(minutes=2))
    assert len(far.told) == 31


def test_a_wrong_secret_is_said_and_another_one_mends_it(
    lin: User, admin: User, far: Weixin
) -> None:
    use_wecom(admin, secret="falsch")
    operations.try_provider("wecom", "LinXiaoRong", by=admin)
    tell_all()
    assert Provider.objects.get().error == "app-40001" and not far.told
    far_secret: dict[str, Any] = {"secret": far.secret}
    operations.set_provider("wecom", far_secret, by=admin)
    tell_all(after=timedelta(minutes=5))
    assert len(far.told) == 1 and Missive.objects.get().sent_at
    assert Missive.objects.get().sealed_to is None


def test_two_people_are_not_the_same_user(cast: Cast, lin: User) -> None:
    with pytest.raises(Conflict):
        set_details(cast.chen, by=None, wecom_userid="linxiaorong")
    with pytest.raises(Invalid):
        set_details(cast.chen, by=None, wecom_userid="林 小榕")
