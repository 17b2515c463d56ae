"""The official account: who gets a link, who gets none, who is told how a report goes on."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from gulou.cases import operations as cases
from gulou.cases.models import Report
from gulou.cases.operations import ContactDetails
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Invalid, Refusal
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.providers import account, operations, passive
from gulou.providers.models import Follower, Missive, Provider
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.notices.conftest import who_holds
from tests.providers.conftest import NOON, tell_all
from tests.providers.test_passive import KEY
from tests.providers.weixin import APP_SECRET, APPID, TEMPLATE, Weixin

TOKEN, OPENID = "gulou2026", "o6_follower"
_ids = count(1)


def use_account(by: User, **told: Any) -> None:
    first = {"name": "鼓楼文明", "appid": APPID, "token": TOKEN, "kind": "subscription"}
    operations.set_provider("account", {**first, **told}, by=by)
    operations.switch_provider("account", by=by)


SERVICE = {"kind": "service", "app_secret": APP_SECRET, "template_id": TEMPLATE}


@pytest.fixture
def service(admin: User) -> None:
    """A service account in use, before anything is reported."""
    use_account(admin, **SERVICE)


@pytest.fixture
def report(cast: Cast, kinds: Kinds) -> Report:
    contact = ContactDetails(name="王大姐", phone="139 0000 1234")
    with clock.at(NOON):
        case = a_case(cast, kinds.rubbish, contact=contact, words="我家楼下臭")
    return Report.objects.get(case=case)


def wrapped(words: str = "", **more: str) -> str:
    told = {"ToUserName": "gh_1", "FromUserName": OPENID, "CreateTime": "1", "MsgType": "text",
            "Content": words, "MsgId": str(next(_ids)), **more}  # fmt: skip
    inner = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in told.items())
    return f"<xml>{inner}</xml>"


def signed(*more: str, token: str = TOKEN, at: Any = NOON, nonce: str = "") -> str:
    moment, nonce = str(int(at.timestamp())), nonce or f"n{next(_ids)}"
    name = "msg_signature" if more else "signature"
    right = passive.signature(token, moment, nonce, *more)
    return f"/wechat/?timestamp={moment}&nonce={nonce}&{name}={right}"


def brought(client: Client, xml: str, url: str = "") -> Any:
    with clock.at(NOON):
        return client.post(url or signed(), data=xml, content_type="text/xml")


def said(client: Client, words: str, **more: str) -> str:
    """What the account answers."""
    answer = brought(client, wrapped(words, **more))
    assert answer.status_code == 200
    if answer.content == b"success":
        return ""
    told = passive.fields(answer.content)
    assert (told["ToUserName"], told["FromUserName"]) == (more.get("FromUserName", OPENID), "gh_1")
    return told["Content"]


pytestmark = pytest.mark.usefixtures("clean_cache")


def test_without_keys_it_is_closed(client: Client, db: None) -> None:
    assert client.get(signed()).status_code == 404
    assert brought(client, wrapped("你好")).status_code == 404


def test_wechat_finds_the_address_by_its_echo(client: Client, admin: User) -> None:
    use_account(admin)
    with clock.at(NOON):
        assert client.get(signed() + "&echostr=12345").content == b"12345"
        assert client.get(signed(token="other") + "&echostr=12345").status_code == 403


def test_number_and_digits_give_the_private_link(
    client: Client, admin: User, report: Report
) -> None:
    use_account(admin)
    link = f"/t/{report.token}/"
    assert link in said(client, f"{report.receipt} 001234")
    assert not Follower.objects.exists()
    other = {"FromUserName": "o_other"}
    assert "six digits" in said(client, report.receipt.lower(), **other)
    assert link in said(client, "001234", **other)


@pytest.mark.parametrize(
    "words", ["受理号%s", "受理号%s手机尾号001234", "我的受理号是%s，尾号001234"]
)
def test_a_number_is_found_beside_chinese_and_in_full_width(
    client: Client, admin: User, report: Report, words: str
) -> None:
    use_account(admin)
    link, told = f"/t/{report.token}/", words % report.receipt
    wide = told.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    for n, one in enumerate((told, wide)):
        who = {"FromUserName": f"o_{n}"}
        answer = said(client, one, **who)
        assert link in (answer if "001234" in words else said(client, "００１２３４", **who))


def test_a_number_alone_or_wrong_digits_open_nothing_and_tell_nothing(
    client: Client, admin: User, report: Report
) -> None:
    use_account(admin)
    assert report.token not in said(client, report.receipt)
    wrong, unknown = said(client, f"{report.receipt} 000000"), said(client, "R2026-999999 001234")
    assert wrong == unknown and report.token not in wrong


def test_guessing_has_an_end_for_a_person_and_for_a_number(
    client: Client, admin: User, report: Report
) -> None:
    use_account(admin)
    for n in range(5):
        said(client, f"{report.receipt} 00000{n}", FromUserName=f"o_{n}")
    assert "Too many tries" in said(client, f"{report.receipt} 001234")
    for n in range(5):
        said(client, f"R2026-99990{n} 000000", FromUserName="o_thief")
    assert "Too many tries" in said(client, "R2026-888888 000000", FromUserName="o_thief")


def test_a_request_is_answered_once_and_wechats_own_repetition_the_same(
    client: Client, admin: User, report: Report
) -> None:
    use_account(admin)
    xml, url = wrapped(f"{report.receipt} 001234"), signed()
    first = brought(client, xml, url)
    assert report.token in first.content.decode()
    assert brought(client, xml, url).content == first.content
    forged = brought(client, wrapped("你好", FromUserName="o_thief"), url)
    assert forged.status_code == 403
    with clock.at(NOON + timedelta(minutes=6)):
        assert client.post(url, data=xml, content_type="text/xml").status_code == 403


@pytest.mark.parametrize("body", [b"", b"<xml></xml>", b"\xff", b"<xml>" + b"x" * 70_000])
def test_what_makes_no_sense_is_refused(client: Client, admin: User, body: bytes) -> None:
    use_account(admin)
    with clock.at(NOON):
        answer = client.post(signed(), data=body, content_type="text/xml")
    assert answer.status_code == 403


def test_in_safe_mode_both_ways_are_sealed_and_nothing_else_is_taken(
    client: Client, admin: User, report: Report
) -> None:
    use_account(admin, aes_key=KEY)
    xml = wrapped(f"{report.receipt} 001234")
    assert brought(client, xml).status_code == 403
    sealed = passive.encrypted(KEY, APPID, xml.encode())
    whole = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
    assert brought(client, whole, signed()).status_code == 403
    answer = brought(client, whole, signed(sealed)).content
    assert report.token not in answer.decode()
    told = passive.fields(answer)
    right = passive.signature(TOKEN, told["TimeStamp"], told["Nonce"], told["Encrypt"])
    assert told["MsgSignature"] == right
    assert report.token in passive.decrypted(KEY, APPID, told["Encrypt"]).decode()
    strange = passive.encrypted(KEY, "wx_somebody_else", xml.encode())
    whole = f"<xml><Encrypt>{strange}</Encrypt></xml>"
    assert brought(client, whole, signed(strange)).status_code == 403


def test_who_writes_too_much_is_answered_no_more(client: Client, admin: User) -> None:
    use_account(admin)
    answers = [said(client, "你好") for _ in range(21)]
    assert "/report/" in answers[0] and answers[-1] == ""


def test_with_a_service_account_who_has_the_link_is_told_how_it_goes_on(
    client: Client, service: None, report: Report, far: Weixin
) -> None:
    assert "We tell you here" in said(client, f"https://x/t/{report.token}/")
    follower = Follower.objects.get()
    assert OPENID not in follower.digest and OPENID.encode() not in bytes(follower.sealed)
    tell_all(NOON)
    (told,) = far.told
    assert told["touser"] == OPENID and told["url"].endswith(f"/t/{report.token}/")
    assert told["data"]["character_string1"]["value"] == report.receipt
    assert "王大姐" not in str(told)
    event = Event.objects.get(name="report.received")
    operations.owe_reporter(report.uid, what="received", event_id=event.pk, at=event.at)
    assert Missive.objects.count() == 1


def test_who_left_no_contact_is_told_all_along_as_others_are(
    client: Client, service: None, cast: Cast, kinds: Kinds, far: Weixin
) -> None:
    with clock.at(NOON):
        case = a_case(cast, kinds.rubbish, state=State.FILED)
        top = a_case(cast, kinds.rubbish, state=State.FILED)
    report = Report.objects.get(case=case)
    assert report.contact_id is None
    said(client, f"/t/{report.token}/")
    with clock.at(NOON):
        cases.merge_case(case, into=top, by=cast.guo)
        top.refresh_from_db()
        cases.dispatch_case(top, by=cast.guo, unit_id=cast.street.pk)
    tell_all(NOON, after=timedelta(minutes=1))
    tell_all(NOON, after=timedelta(minutes=2))
    told = Missive.objects.order_by("pk").values_list("what", flat=True)
    assert list(told) == ["received", "dispatched"]
    progressed = Event.objects.filter(name="report.progressed")
    assert [one.subject_uid for one in progressed] == [report.uid]


def test_who_stops_is_told_no_more(
    client: Client, admin: User, report: Report, far: Weixin
) -> None:
    use_account(admin, **SERVICE)
    said(client, f"/t/{report.token}/")
    assert "no more news" in said(client, "退订")
    tell_all(NOON)
    assert not far.told and not Missive.objects.exists()
    said(client, f"/t/{report.token}/")
    said(client, "", MsgType="event", Event="unsubscribe", MsgId="")
    assert not Follower.objects.filter(ended_at=None).exists()


def test_with_the_contact_the_follower_is_erased(
    client: Client, admin: User, report: Report, far: Weixin, cast: Cast
) -> None:
    use_account(admin, **SERVICE)
    said(client, f"/t/{report.token}/")
    with clock.at(NOON):
        cases.erase_contact(report, by=who_holds("case.erase", cast))
    tell_all(NOON)
    follower = Follower.objects.get()
    assert follower.ended_at and not bytes(follower.sealed)


def test_a_subscription_account_sends_nothing(
    client: Client, admin: User, report: Report, far: Weixin
) -> None:
    use_account(admin)
    said(client, f"/t/{report.token}/")
    tell_all(NOON)
    assert not far.told and not far.fetched
    with pytest.raises(Refusal):
        operations.try_provider("account", "", by=admin)


def test_who_left_the_account_is_followed_up_no_more(
    client: Client, admin: User, service: None, report: Report, far: Weixin
) -> None:
    operations.set_provider("account", {"message": "subscribe"}, by=admin)
    said(client, f"/t/{report.token}/")
    far.followers.clear()
    tell_all(NOON)
    missive = Missive.objects.get()
    assert missive.set_aside_at and missive.error == "mp-gone"
    assert not Follower.objects.filter(ended_at=None).exists()


def test_wrong_keys_are_said_by_a_trial_and_right_ones_go(admin: User, far: Weixin) -> None:
    use_account(admin, **{**SERVICE, "app_secret": "falsch"})
    operations.try_provider("account", "", by=admin)
    tell_all()
    assert Provider.objects.get().error == "mp-40125"
    operations.set_provider("account", {"app_secret": APP_SECRET}, by=admin)
    tell_all(after=timedelta(minutes=5))
    assert Missive.objects.get().sent_at and far.fetched == 1


@pytest.mark.parametrize("wrong", [
    {"token": "a b"}, {"aes_key": "short"}, {"kind": "service"}, {"kind": "channel"},
    {"fields": "thing2=phone"}, {"template_id": "T", "fields": ""},
])  # fmt: skip
def test_what_does_not_fit_is_said(admin: User, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        use_account(admin, **wrong)


@pytest.fixture(autouse=True)
def _no_tokens() -> None:
    account.tokens.forget()
