"""Group robots: what they say of a case, to whom, how often, and what becomes of it when WeCom fails."""

import threading
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gulou.cases import operations as cases
from gulou.cases.operations import ContactDetails
from gulou.cases.states import State
from gulou.kit import clock, outgoing
from gulou.kit.errors import Invalid, NotAllowed, Refusal
from gulou.notices import operations, sending, words
from gulou.notices import wecom as protocol
from gulou.notices.models import Parcel, Robot
from gulou.outbox import deliver
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, evidence, reason
from tests.factories.photos import make_jpeg
from tests.notices.wecom import KEY, WeCom

LATER = timedelta(minutes=4)
"""After this no new case waits for its picture any more."""


def a_robot(by: User, **given: Any) -> Robot:
    told = {"name": "东街随手拍", "address": KEY, "tells": ["opened", "urged"], "form": "card"}
    return operations.set_robot(None, {**told, **given}, by=by)


def tell_all(after: timedelta = LATER) -> None:
    """Everything that is owed by then, in our own house and by the robots."""
    with clock.at(clock.now() + after):
        while deliver.deliver_one():
            pass
        while sending.send_next():
            pass


def test_a_new_case_appears_in_the_group_of_its_street(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin, street_id=cast.land.west.pk)
    contact = ContactDetails(name="王大姐", phone="13900000000")
    case = a_case(cast, kinds.rubbish, contact=contact, words="我家楼下臭", address="3栋王大姐家")
    tell_all()
    (said,) = stand_in.heard()
    card = said["template_card"]
    assert "Exposed rubbish" in card["main_title"]["title"]
    assert card["card_action"]["url"].endswith(f"/desk/cases/{case.number}/")
    rows = {row["keyname"]: row["value"] for row in card["horizontal_content_list"]}
    assert "Area W" in rows["Place"] and rows["Due"]
    assert not [one for one in ("王大姐", "139", "楼下", "3栋") if one in str(said)]


def test_it_is_told_once_however_often_the_effect_runs(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin)
    case = a_case(cast, kinds.rubbish)
    tell_all()
    event = Event.objects.get(name="case.opened")
    operations.owe_groups(case.uid, fact=event.name, event_id=event.pk, at=event.at)
    tell_all()
    assert len(stand_in.heard()) == 1


@pytest.mark.parametrize(
    ("of", "heard"), [("its street", 1), ("another", 0), ("its class", 1), ("another kind", 0)]
)
def test_each_robot_hears_of_its_own_street_and_kind(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom, of: str, heard: int
) -> None:
    for_what: dict[str, dict[str, Any]] = {
        "its street": {"street_id": cast.land.west.pk},
        "another": {"street_id": cast.land.east.pk},
        "its class": {"category_id": kinds.a_class.pk},
        "another kind": {"category_id": kinds.smoking.pk},
    }
    a_robot(admin, **for_what[of])
    a_case(cast, kinds.rubbish)
    tell_all()
    assert len(stand_in.heard()) == heard


def test_urging_reminds_the_group(cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom) -> None:
    a_robot(admin, tells=["urged"], form="markdown")
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED)
    cases.urge_case(case, by=cast.guo, words="市里要看")
    tell_all()
    (said,) = stand_in.heard("markdown")
    assert case.number in said["markdown"]["content"]
    assert "市里" not in said["markdown"]["content"], "words stay on the record"


def test_a_restricted_case_goes_to_no_group(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin)
    a_case(cast, kinds.rubbish, state=State.REDIRECTED)
    tell_all()
    assert stand_in.heard() == []
    assert not Parcel.objects.filter(sent_at__isnull=False).exists()


def test_its_picture_goes_along_once_it_was_looked_at(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin)
    shown = evidence()
    a_case(cast, kinds.rubbish, photos=shown.photos, draft=shown.draft)
    tell_all(after=timedelta(seconds=20))
    assert stand_in.heard() == [], "it waits for who looks for faces and plates"
    deliver.deliver_all()
    tell_all(after=timedelta(seconds=60))
    assert [one["msgtype"] for one in stand_in.heard()] == ["template_card", "image"]


def test_no_picture_of_what_was_restricted_after_its_words_were_said(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    robot = a_robot(admin)
    shown = evidence()
    case = a_case(cast, kinds.rubbish, photos=shown.photos, draft=shown.draft)
    deliver.deliver_all()
    # One message more fits into this minute: the picture has to wait.
    robot.calls = [clock.now()] * (protocol.PER_MINUTE - 1)
    robot.save(update_fields=["calls"])
    tell_all(after=timedelta(seconds=20))
    assert [one["msgtype"] for one in stand_in.heard()] == ["template_card"]
    cases.redirect_case(case, by=cast.guo, reason_id=reason("redirect").pk)
    tell_all()
    assert [one["msgtype"] for one in stand_in.heard()] == ["template_card"]
    assert Parcel.objects.get(case=case).sent_at


def test_without_a_look_at_its_picture_it_goes_alone(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin)
    shown = evidence()
    a_case(cast, kinds.rubbish, photos=shown.photos, draft=shown.draft)
    tell_all()
    assert [one["msgtype"] for one in stand_in.heard()] == ["template_card"]


@pytest.mark.parametrize("form", ["card", "markdown", "text", "news"])
def test_many_are_merged_and_none_is_dropped(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom, form: str
) -> None:
    a_robot(admin, form=form, with_photo=False)
    numbers = {a_case(cast, kinds.rubbish).number for _ in range(24)}
    tell_all()
    said = str(stand_in.heard())
    assert [one for one in numbers if one not in said] == []
    assert len(stand_in.heard()) <= 6
    assert not Parcel.objects.filter(sent_at=None).exists()


def test_a_full_minute_waits_for_the_next(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    robot = a_robot(admin, with_photo=False)
    with clock.at(clock.now()):
        now = clock.now()
        robot.calls = [now] * 20
        robot.save()
        a_case(cast, kinds.rubbish)
        tell_all(after=timedelta(seconds=20))
    assert stand_in.calls == 0
    with clock.at(now + timedelta(seconds=40)):
        tell_all(after=timedelta(seconds=30))
    assert len(stand_in.heard()) == 1


def test_too_fast_for_wecom_is_no_failed_attempt(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin)
    stand_in.mood = "too fast"
    a_case(cast, kinds.rubbish)
    tell_all()
    parcel = Parcel.objects.get()
    assert (parcel.attempts, parcel.error, parcel.set_aside_at) == (0, "wecom-45009", None)
    stand_in.mood = ""
    tell_all(after=LATER + timedelta(minutes=2))
    assert len(stand_in.heard()) == 1


@pytest.mark.parametrize(
    ("mood", "code"),
    [("fault", "http-502"), ("garbage", "garbage"), ("list", "garbage"), ("no code", "wecom--1"),
     ("code of words", "wecom--1"), ("endless", "garbage"), ("busy", "wecom--1"),
     ("closes", "unreachable"), ("never", "timeout"), ("drip", "timeout"),
     ("drip in the head", "timeout"),
     ("elsewhere", "http-302")],
)  # fmt: skip
def test_whatever_it_answers_it_is_tried_again(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom, monkeypatch: pytest.MonkeyPatch,
    mood: str, code: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(outgoing, "_SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(outgoing, "SECONDS", 0.5)
    a_robot(admin)
    stand_in.mood = mood
    a_case(cast, kinds.rubbish)
    tell_all()
    parcel = Parcel.objects.get()
    assert (parcel.error, parcel.attempts, parcel.set_aside_at) == (code, 1, None)
    assert words.why(code) != code
    stand_in.mood = ""
    tell_all(after=LATER + timedelta(hours=1))
    assert len(stand_in.heard()) == 1


def test_a_robot_that_is_gone_is_set_aside_and_may_be_sent_again(
    cast: Cast, kinds: Kinds, admin: User, mender: User, stand_in: WeCom
) -> None:
    robot = a_robot(admin)
    stand_in.keys.clear()
    a_case(cast, kinds.rubbish)
    tell_all()
    parcel = Parcel.objects.get()
    assert parcel.error == "wecom-93000" and parcel.set_aside_at is not None
    stand_in.keys.add("another-key-of-a-robot")
    operations.set_robot(robot, {"address": "another-key-of-a-robot"}, by=admin)
    with pytest.raises(NotAllowed):
        operations.resend_parcel(parcel.pk, by=cast.lin)
    operations.resend_parcel(parcel.pk, by=mender)
    tell_all()
    assert len(stand_in.heard()) == 1
    with pytest.raises(Refusal):
        operations.resend_parcel(parcel.pk, by=mender)


def test_it_is_given_up_after_eight_attempts(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    a_robot(admin)
    stand_in.mood = "fault"
    a_case(cast, kinds.rubbish)
    for hour in range(1, 12):
        tell_all(after=LATER + timedelta(hours=2 * hour))
    parcel = Parcel.objects.get()
    assert parcel.attempts == deliver.MAX_ATTEMPTS == stand_in.calls
    assert parcel.set_aside_at is not None


def test_a_robot_that_does_not_answer_holds_up_no_other(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "_SILENCE_SECONDS", 0.3)
    a_robot(admin, name="没有回音")
    stand_in.keys.add("another-key-of-a-robot")
    a_robot(admin, name="好的", address="another-key-of-a-robot")
    stand_in.moods[KEY] = "never"
    for _ in range(3):
        a_case(cast, kinds.rubbish)
    tell_all()
    assert len(stand_in.heard()) == 3
    assert Parcel.objects.filter(sent_at=None).count() == 3
    assert threading.active_count() < 50


def test_a_picture_that_failed_does_not_repeat_the_words(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    robot = a_robot(admin)
    shown = evidence()
    a_case(cast, kinds.rubbish, photos=shown.photos, draft=shown.draft)
    deliver.deliver_all()
    robot.calls = [clock.now() + LATER] * 19
    robot.save()
    tell_all()
    assert [one["msgtype"] for one in stand_in.heard()] == ["template_card"]
    tell_all(after=LATER + timedelta(minutes=2))
    assert [one["msgtype"] for one in stand_in.heard()] == ["template_card", "image"]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/cgi-bin/webhook/send?key=abcdefabcdefabcdef", "https://evil.example/?key=a",
     "abc", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=abcdefabcdefabcdef",
     "https://[::1/cgi-bin", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=../../secret"],
)  # fmt: skip
def test_it_speaks_to_wecom_only(cast: Cast, admin: User, address: str) -> None:
    with pytest.raises(Invalid):
        a_robot(admin, address=address)


def test_the_key_is_nowhere_to_be_read(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom, caplog: pytest.LogCaptureFixture
) -> None:
    robot = a_robot(admin, address=f"{stand_in.url}/cgi-bin/webhook/send?key={KEY}")
    stand_in.mood = "closes"
    a_case(cast, kinds.rubbish)
    tell_all()
    robot.refresh_from_db()
    assert KEY.encode() not in bytes(robot.sealed_key)
    assert KEY not in str(list(Event.objects.values_list("payload", flat=True)))
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("gulou")]
    assert ours and KEY not in str(ours) and KEY not in Parcel.objects.get().error


def test_only_who_manages_channels_sets_a_robot(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        a_robot(cast.lin)


def test_what_a_retired_robot_owed_is_not_told_later(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom
) -> None:
    robot = a_robot(admin)
    a_case(cast, kinds.rubbish)
    deliver.deliver_one()
    operations.switch_robot(robot, by=admin)
    a_case(cast, kinds.rubbish)
    tell_all()
    assert stand_in.heard() == []
    operations.switch_robot(robot, by=admin)
    operations.try_robot(robot, by=admin)
    tell_all()
    assert [one["msgtype"] for one in stand_in.heard()] == ["text"]


def test_no_character_is_broken_and_no_limit_is_passed() -> None:
    said = protocol.text("垃圾" * 2000)["text"]["content"]
    assert len(said.encode()) <= 2048 and said.endswith("…")
    assert len(protocol.markdown("字" * 5000)["markdown"]["content"].encode()) <= 4096
    with pytest.raises(ValueError, match="articles"):
        protocol.news([])


def test_a_picture_too_large_is_made_smaller() -> None:
    noise = Image.effect_noise((3000, 2200), 90).convert("RGB")
    file = BytesIO()
    noise.save(file, "JPEG", quality=98)
    assert len(file.getvalue()) > protocol.PICTURE_BYTES
    assert protocol.picture(file.getvalue())["image"]["md5"]
    assert len(protocol._small_enough(file.getvalue())) <= protocol.PICTURE_BYTES


def test_a_sheet_shows_each_picture_under_its_number() -> None:
    with Image.open(BytesIO(words.sheet([(n, make_jpeg(text=str(n))) for n in (1, 3, 5)]))) as one:
        assert one.size == (960, 720)


def test_what_cannot_be_put_into_words_holds_up_nobody(
    cast: Cast, kinds: Kinds, admin: User, stand_in: WeCom, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_robot(admin)
    a_case(cast, kinds.rubbish)
    with monkeypatch.context() as broken:
        broken.setattr(words, "single", lambda *_: 1 // 0)
        tell_all()
    parcel = Parcel.objects.get()
    assert (parcel.error, parcel.attempts, parcel.set_aside_at) == ("broken", 1, None)
    tell_all(after=LATER + timedelta(minutes=1))
    assert len(stand_in.heard()) == 1
