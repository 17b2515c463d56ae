"""What people, machines and the ill-meaning put into the form: never a 500, never lost."""

import uuid

import pytest
from django.test import Client

from gulou.cases.models import Report
from tests.conftest import Kinds
from tests.portal.conftest import Sheet, text_of, the_report

URL = "/report/"
NUMBERS = ["nan", "inf", "-inf", "1e999", "181", "x", "26,07", "", "\x00", "9" * 400, "26.07; DROP"]
TEXTS = ["\x00", "<b>x</b>", "';--", "𠮷😀", "\u202eمرحبا", "a" * 70_000, "\ud7ff", "‍"]


@pytest.mark.parametrize("name", ["lat", "lon"])
def test_a_coordinate_that_is_none_is_asked_for_again(
    client: Client, sheet: Sheet, name: str
) -> None:
    for number in NUMBERS:
        answer = client.post(URL, {**sheet, name: number})
        assert answer.status_code == 422, number
        assert "Say where it is" in text_of(answer), number
        assert "路边有垃圾" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_place_far_away_is_outside(client: Client, sheet: Sheet) -> None:
    for number in ("0", "-26.07", "０", "1e-9"):
        answer = client.post(URL, {**sheet, "lat": number})
        assert answer.status_code == 422, number
        assert "This place is outside" in text_of(answer), number


def test_an_accuracy_that_is_none_is_left_out(client: Client, sheet: Sheet) -> None:
    for accuracy in ("nan", "inf", "-5", "x", "\x00", "1e300", "9" * 999):
        sheet["client_id"] = str(uuid.uuid4())
        answer = client.post(URL, {**sheet, "accuracy": accuracy, "place_source": "device"})
        assert answer.status_code == 302, accuracy
    assert set(Report.objects.values_list("accuracy_m", flat=True)) == {None}


def test_a_category_that_is_none_is_asked_for_again(client: Client, sheet: Sheet) -> None:
    for category in ("", "0", "-1", "x", "1.5", "9" * 30, "\x00", "１２３"):
        answer = client.post(URL, {**sheet, "category": category})
        assert answer.status_code == 422, category
        assert "Choose what it is about" in text_of(answer), category


def test_neither_a_class_nor_a_retired_category_is_taken(
    client: Client, sheet: Sheet, kinds: Kinds
) -> None:
    for category in (kinds.a_class, kinds.retired):
        answer = client.post(URL, {**sheet, "category": str(category.pk)})
        assert answer.status_code == 422


def test_a_form_without_its_id_is_shown_again_with_one(client: Client, sheet: Sheet) -> None:
    for client_id in ("", "x", "\x00", "9" * 99):
        answer = client.post(URL, {**sheet, "client_id": client_id})
        assert answer.status_code == 422, client_id
    page = answer.content.decode()
    fresh = page.split('name="client_id" value="')[1].split('"')[0]
    assert str(uuid.UUID(fresh)) == fresh
    assert client.post(URL, {**sheet, "client_id": fresh}).status_code == 302


@pytest.mark.parametrize("name", ["words", "address", "name", "phone", "email", "joins", "place"])
def test_words_of_every_kind_are_taken_or_refused_and_never_run(
    client: Client, sheet: Sheet, name: str
) -> None:
    for text in TEXTS:
        sheet["client_id"] = str(uuid.uuid4())
        answer = client.post(URL, {**sheet, name: text})
        assert answer.status_code in {302, 422}, text
        assert "<b>x</b>" not in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["photo", "draft", "asked", "do", "discard", "place_q", "category_q", "place_source"]
)
def test_the_hidden_fields_may_hold_anything(client: Client, sheet: Sheet, name: str) -> None:
    for text in TEXTS:
        sheet["client_id"] = str(uuid.uuid4())
        answer = client.post(URL, {**sheet, name: text})
        assert answer.status_code in {200, 302, 409, 422}, text


def test_words_are_kept_as_they_are_but_for_what_is_invisible(client: Client, sheet: Sheet) -> None:
    client.post(URL, {**sheet, "words": "𠮷野家门口\x00有 <b>垃圾</b>\u202e😀\r\n第二行"})
    assert the_report().words.text == "𠮷野家门口有 <b>垃圾</b>😀\n第二行"


def test_too_many_words_are_refused_and_kept(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, {**sheet, "words": "长" * 2001})
    assert answer.status_code == 422
    assert "长" * 2001 in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"lat": 1}'),
        ("text/plain", b"lat=1"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\ncut"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"words=+ADw-b+AD4-"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"words=x"),
        ("application/x-www-form-urlencoded", "words=路边".encode("gbk")),
        ("application/x-www-form-urlencoded", b"%ff%fe=%ff&words=%ff%fe&lat=%00"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
    ],
)
def test_a_body_of_another_kind_is_answered_clearly(
    client: Client, sheet: Sheet, kind: str, body: bytes
) -> None:
    answer = client.generic("POST", URL, body, content_type=kind)
    assert answer.status_code in {400, 413, 422}
    assert not Report.objects.exists()


def test_a_huge_body_is_refused(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, {**sheet, "words": "x" * 3_000_000})
    assert answer.status_code in {400, 413}


def test_more_photos_than_a_form_can_hold_are_not_even_read(client: Client, sheet: Sheet) -> None:
    answer = client.generic(
        "POST", URL, b"--x\r\n", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(300 * 1024 * 1024),
    )  # fmt: skip
    assert answer.status_code == 413


def test_a_form_that_was_open_too_long_says_how_to_go_on(sheet: Sheet) -> None:
    answer = Client(enforce_csrf_checks=True).post(URL, sheet)
    assert answer.status_code == 403
    assert "what you typed is still there" in text_of(answer)
    assert not Report.objects.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_of_another_site_is_refused(sheet: Sheet, origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get(URL).cookies["csrftoken"].value
    answer = client.post(URL, {**sheet, "csrfmiddlewaretoken": token}, headers={"origin": origin})
    assert answer.status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, cast: object, method: str) -> None:
    assert getattr(client, method)(URL).status_code == 405


@pytest.mark.parametrize("query", ["category=x", "category=%00", "category=9999999999999999999999"])
def test_a_category_in_the_address_may_be_anything(
    client: Client, cast: object, query: str
) -> None:
    assert client.get(f"{URL}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/report/check/", "/report/categories/"])
def test_the_fragments_take_anything(client: Client, sheet: Sheet, path: str) -> None:
    for name in ("lat", "lon", "category", "words", "joins", "category_q"):
        for text in TEXTS:
            assert client.post(path, {**sheet, name: text}).status_code == 200, (name, text)
