"""The protocol of SMS centres: parts, receipts, and whatever a centre may do wrong."""

import time
from collections.abc import Iterator

import pytest

from gulou.kit import outgoing
from gulou.kit.outgoing import Unanswered
from gulou.providers import smpp
from gulou.providers.smpp import Receipt, Refused, Reply, Session, parts_of
from tests.providers.smsc import NUMBER, Centre


@pytest.fixture
def heard() -> list[Receipt | Reply]:
    return []


@pytest.fixture
def session(centre: Centre, heard: list[Receipt | Reply]) -> Iterator[Session]:
    made = Session(where(centre), heard.append)
    yield made
    made.close()


def where(centre: Centre, password: str = "geheim1") -> smpp.Centre:
    return smpp.Centre("127.0.0.1", centre.port, False, "gulou", password)


def say(session: Session, words: str, place: tuple[int, int, int] | None = None) -> str:
    return session.submit(
        source="10690000", source_type=(0, 0), to=f"86{NUMBER}", to_type=(1, 1), words=words,
        place=place,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("length", "sizes"), [(1, [1]), (70, [70]), (71, [67, 4]), (134, [67, 67]), (135, [67, 67, 1])]
)
def test_chinese_goes_whole_up_to_seventy_and_else_in_parts(length: int, sizes: list[int]) -> None:
    assert [len(one) for one in parts_of("文" * length)] == sizes


def test_no_character_is_broken_between_two_parts() -> None:
    parts = parts_of("文" * 66 + "🚲" * 40)
    assert "".join(parts) == "文" * 66 + "🚲" * 40
    assert all(len(one.encode("utf-16-be")) <= 134 for one in parts)


def test_a_message_arrives_and_its_receipt_comes_back(
    centre: Centre, session: Session, heard: list[Receipt | Reply]
) -> None:
    remote = say(session, "【鼓楼文明办】您好")
    assert [one.words for one in centre.parts] == ["【鼓楼文明办】您好"] and centre.parts[0].receipt
    until = time.monotonic() + 30
    while not heard and time.monotonic() < until:
        session.tend()
    assert heard == [Receipt(remote, "DELIVRD")]


def test_what_a_telephone_answers_is_heard(
    centre: Centre, session: Session, heard: list[Receipt | Reply]
) -> None:
    centre.say("退订", number=f"+86{NUMBER}")
    until = time.monotonic() + 30
    while not heard and time.monotonic() < until:
        session.tend()
    assert heard == [Reply(f"+86{NUMBER}", "退订")]


def test_a_wrong_password_is_told_by_its_code(centre: Centre) -> None:
    with pytest.raises(Refused) as refused:
        Session(where(centre, "wrong"), print)
    assert refused.value.binding and refused.value.status == 0x0E


def test_a_refused_number_leaves_the_session_as_it_is(centre: Centre, session: Session) -> None:
    centre.dead.add(f"86{NUMBER}")
    with pytest.raises(Refused) as refused:
        say(session, "您好")
    assert not refused.value.later and refused.value.status == 0x0B
    centre.dead.clear()
    assert say(session, "您好") and centre.binds == 1


@pytest.mark.parametrize(
    ("mood", "code"),
    [("never", "timeout"), ("drip", "timeout"), ("closes", "unreachable"), ("garbage", "garbage"),
     ("huge", "garbage"), ("short", "garbage"), ("unknown", "garbage")],
)  # fmt: skip
def test_whatever_a_centre_does_there_is_an_end(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, mood: str, code: str
) -> None:
    monkeypatch.setattr(smpp, "SECONDS", 0.5)
    centre.mood = mood
    began = time.monotonic()
    with pytest.raises(Unanswered) as unanswered:
        Session(where(centre), print)
    assert unanswered.value.code == code and time.monotonic() - began < 3


def test_nobody_there_is_told_at_once(centre: Centre) -> None:
    nobody = smpp.Centre("127.0.0.1", 1, False, "gulou", "x")
    with pytest.raises(Unanswered) as unanswered:
        Session(nobody, print)
    assert unanswered.value.code == "unreachable" and outgoing.SECONDS > 1
