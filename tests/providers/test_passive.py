"""Signatures, encryption and XML of official accounts, by vectors that others have published."""

import pytest

from gulou.providers import passive
from gulou.providers.passive import Forged

KEY, OWNER = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6"
SEALED = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
GIVEN = {"timestamp": "1409659589", "nonce": "263014780",
         "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"}  # fmt: skip


def test_the_signature_is_that_of_wechat() -> None:
    right = "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert passive.signature("AAAAA", "1714037059", "486452656") == right


def test_the_published_examples_of_safe_mode_hold() -> None:
    passive.check("QDG6eK", GIVEN, now=1409659600, encrypted=SEALED)
    text = (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )
    assert passive.decrypted(KEY, OWNER, text).decode() == "我是中文abcd123"


def test_what_we_seal_opens_again_for_its_owner_only() -> None:
    text = passive.encrypted(KEY, OWNER, "<xml>您好</xml>".encode())
    assert passive.decrypted(KEY, OWNER, text).decode() == "<xml>您好</xml>"
    for key, owner, changed in (
        (KEY, "wx0000000000000000", text), (KEY[::-1], OWNER, text), (KEY, OWNER, text[:-8]),
        (KEY, OWNER, "no base64"), (KEY, OWNER, ""),
    ):  # fmt: skip
        with pytest.raises(Forged):
            passive.decrypted(key, owner, changed)


@pytest.mark.parametrize("wrong", [
    {"msg_signature": "0" * 40}, {"timestamp": "1409650000"}, {"timestamp": "x"}, {"nonce": ""},
    {"timestamp": "9" * 30}, {"msg_signature": "é"},
])  # fmt: skip
def test_a_forged_or_old_request_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Forged):
        passive.check("QDG6eK", {**GIVEN, **wrong}, now=1409659600, encrypted=SEALED)


@pytest.mark.parametrize("xml", [
    b"", b"<xml>", b"\xff\xfe\x00", b"<xml>" + b"a" * 70_000 + b"</xml>",
    b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>',
    b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
])  # fmt: skip
def test_strange_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(Forged):
        passive.fields(xml)


def test_an_answer_stays_one_element_whatever_it_says() -> None:
    to = passive.heard({"FromUserName": "o1", "ToUserName": "gh", "MsgType": "text", "MsgId": "1"})
    told = passive.fields(passive.reply(to, "a]]><Evil/>b & c", at=1))
    assert set(told) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert "Evil" in told["Content"] and told["ToUserName"] == "o1"
