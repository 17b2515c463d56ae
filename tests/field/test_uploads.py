"""Uploads: pieces that survive anything, and are nobody else's."""

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gulou.kit import clock
from gulou.phones import jobs, operations
from gulou.phones.models import Upload
from gulou.photos import queries as photos
from gulou.photos.models import Photo
from tests.conftest import Cast
from tests.factories.photos import make_jpeg

from .phones import a_phone

UPLOADS = "/field/uploads/"
SECRET = "s" * 40
KIND = "application/offset+octet-stream"


def headers(data: bytes, uid: uuid.UUID, **more: str) -> dict[str, str]:
    said = {"uid": str(uid), "kind": "photo", "sha256": hashlib.sha256(data).hexdigest(), **more}
    pairs = (f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "X-Gulou-Draft": SECRET,
            "Upload-Metadata": ",".join(pairs)}  # fmt: skip


def begin(phone: Client, data: bytes, uid: uuid.UUID, **more: str) -> Any:
    return phone.post(UPLOADS, headers={**headers(data, uid), **more})


def go_on(phone: Client, uid: uuid.UUID, offset: int, piece: bytes, **more: str) -> Any:
    told = {"Upload-Offset": str(offset), "X-Gulou-Draft": SECRET, **more}
    return phone.patch(f"{UPLOADS}{uid}", piece, content_type=KIND, headers=told)


def upload(phone: Client, data: bytes, uid: uuid.UUID) -> None:
    assert begin(phone, data, uid).status_code == 201
    assert go_on(phone, uid, 0, data).status_code == 204


def offset_of(phone: Client, uid: uuid.UUID, secret: str = SECRET) -> Any:
    return phone.head(f"{UPLOADS}{uid}", headers={"X-Gulou-Draft": secret})


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Any:
    """What follows a commit follows here too."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_pieces_become_the_photo_with_every_byte(cast: Cast, committing: Any) -> None:
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone()
    begun = begin(phone, data, uid)
    assert begun.status_code == 201 and begun["Location"].endswith(f"/field/uploads/{uid}")
    middle = len(data) // 2
    assert go_on(phone, uid, 0, data[:middle])["Upload-Offset"] == str(middle)
    assert offset_of(a_phone(), uid)["Upload-Offset"] == str(middle)
    assert begin(phone, data, uid)["Upload-Offset"] == str(middle), "begun again: the same one"
    assert go_on(phone, uid, 0, data[:middle]).status_code == 409, "not twice"
    with committing():
        assert go_on(phone, uid, middle, data[middle:])["Upload-Offset"] == str(len(data))
    (photo,) = Photo.objects.all()
    assert photo.draft == SECRET and photos.original_of(photo) == data
    assert Upload.objects.get().photo == photo.uid
    assert list(operations.shelf.listed()) == [], "its pieces are gone"


def test_one_request_is_enough_for_a_small_one(cast: Cast) -> None:
    data, uid = make_jpeg(), uuid.uuid4()
    answer = a_phone().post(UPLOADS, data, content_type=KIND, headers=headers(data, uid))
    assert answer.status_code == 201 and answer["Upload-Offset"] == str(len(data))


def test_it_goes_on_after_a_sign_in_that_has_expired(cast: Cast) -> None:
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone(cast.lin)
    begin(phone, data, uid)
    go_on(phone, uid, 0, data[:100])
    assert go_on(a_phone(), uid, 100, data[100:]).status_code == 204
    assert Photo.objects.get().staged_by == cast.lin


@pytest.mark.parametrize("does", ["look", "go_on", "take_back", "begin"])
def test_who_does_not_know_the_secret_has_no_part_in_it(cast: Cast, does: str) -> None:
    data, uid, other = make_jpeg(), uuid.uuid4(), {"X-Gulou-Draft": "o" * 40}
    begin(a_phone(), data, uid)
    phone = a_phone(cast.guo)
    acts: dict[str, Callable[[], Any]] = {
        "look": lambda: offset_of(phone, uid, "o" * 40),
        "go_on": lambda: go_on(phone, uid, 0, data, **other),
        "take_back": lambda: phone.delete(f"{UPLOADS}{uid}", headers=other),
        "begin": lambda: begin(phone, data, uid, **other),
    }
    answer = acts[does]()
    assert answer.status_code in (404, 409) and Upload.objects.get().offset == 0
    assert phone.get(f"{UPLOADS}{uid}", headers={"X-Gulou-Draft": SECRET}).status_code == 405


def test_a_piece_that_was_changed_on_its_way_is_sent_again(cast: Cast) -> None:
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    wrong = {
        "Upload-Checksum": "sha256 " + base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    }
    right = {
        "Upload-Checksum": "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
    }
    assert go_on(phone, uid, 0, data, **wrong).status_code == 460
    assert offset_of(phone, uid)["Upload-Offset"] == "0"
    assert go_on(phone, uid, 0, data, **right).status_code == 204


def test_another_file_than_was_announced_begins_again(cast: Cast) -> None:
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    answer = go_on(phone, uid, 0, data[:-1] + b"x")
    assert answer.status_code == 422 and answer.json()["code"] == "upload.damaged"
    assert offset_of(phone, uid)["Upload-Offset"] == "0" and not Photo.objects.exists()
    assert go_on(phone, uid, 0, data).status_code == 204


def test_what_is_no_photo_is_refused_each_time_it_is_asked_for(cast: Cast, committing: Any) -> None:
    data, uid, phone = b"MZ" + b"\0" * 200, uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    with committing():
        assert go_on(phone, uid, 0, data).json()["code"] == "photo.kind"
    assert offset_of(phone, uid).status_code == 422
    with committing():
        gone = phone.delete(f"{UPLOADS}{uid}", headers={"X-Gulou-Draft": SECRET})
    assert gone.status_code == 204
    assert not Upload.objects.exists() and list(operations.shelf.listed()) == []


def test_what_was_refused_is_not_opened_again(cast: Cast, committing: Any) -> None:
    data, uid, phone = b"MZ" + b"\0" * 200, uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    with committing():
        go_on(phone, uid, 0, data)
    assert list(operations.shelf.listed()) == [], "nothing is left that could be"
    assert offset_of(phone, uid).status_code == 422
    assert begin(phone, data, uid).json()["code"] == "photo.kind"


def test_a_lost_piece_is_sent_again(cast: Cast) -> None:
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    go_on(phone, uid, 0, data[:50])
    for path in list(operations.shelf.listed()):
        operations.shelf.remove(path)
    assert go_on(phone, uid, 50, data[50:]).json()["code"] == "upload.damaged"
    assert go_on(phone, uid, 0, data)["Upload-Offset"] == str(len(data))


def test_so_many_short_pieces_and_no_more(cast: Cast) -> None:
    data, uid, phone = bytes(60_000), uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    for n in range(operations.MOST_SHORT):
        assert go_on(phone, uid, n, data[:1]).status_code == 204
    short = go_on(phone, uid, operations.MOST_SHORT, data[:1])
    assert (short.status_code, short.json()["code"]) == (429, "upload.short")
    long = go_on(phone, uid, operations.MOST_SHORT, data[: operations.SHORT])
    assert long.status_code == 204


def test_one_in_very_many_pieces_begins_again_and_leaves_none(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, committing: Any
) -> None:
    monkeypatch.setattr(operations, "MOST_PIECES", 3)
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    for n in range(2):
        assert go_on(phone, uid, n, data[n : n + 1]).status_code == 204
    with committing():
        third = go_on(phone, uid, 2, data[2:3])
    assert (third.status_code, third.json()["code"]) == (409, "upload.offset")
    assert offset_of(phone, uid)["Upload-Offset"] == "0" and not list(operations.shelf.listed())
    for n in range(2):
        go_on(phone, uid, n, data[n : n + 1])
    whole = go_on(phone, uid, 2, data[2:])
    assert whole.status_code == 204, "the last one may end it"
    assert Upload.objects.get(pk=uid).photo is not None


def test_the_public_cannot_take_the_room_of_staff(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_jpeg()
    monkeypatch.setattr(operations, "MOST_SPACE_OF_PUBLIC", len(data))
    assert begin(a_phone(), data, uuid.uuid4()).status_code == 201
    full = begin(a_phone(), data, uuid.uuid4(), **{"X-Gulou-Draft": "o" * 40})
    assert (full.status_code, full.json()["code"]) == (429, "photo.busy")
    assert begin(a_phone(cast.lin), data, uuid.uuid4()).status_code == 201


def test_a_large_photo_counts_for_several(cast: Cast, settings: Any) -> None:
    settings.GULOU = replace(settings.GULOU, reports_per_hour=1)
    large = {"Upload-Length": str(19 * 1024 * 1024)}
    answers = [begin(a_phone(), b"x", uuid.uuid4(), **large).status_code for _ in range(3)]
    assert answers == [201, 429, 429]


def test_the_public_has_an_hour_for_the_next_piece(cast: Cast) -> None:
    data, uid, phone, now = make_jpeg(), uuid.uuid4(), a_phone(), clock.now()
    begin(phone, data, uid)
    with clock.at(now + timedelta(minutes=50)):
        go_on(phone, uid, 0, data[:50])
    with clock.at(now + timedelta(minutes=100)):
        assert offset_of(phone, uid)["Upload-Offset"] == "50"
    with clock.at(now + timedelta(minutes=120)):
        assert offset_of(phone, uid).status_code == 404
        assert begin(phone, data, uid)["Upload-Offset"] == "0", "then from the beginning"
        assert go_on(phone, uid, 0, data).status_code == 204
    with clock.at(now + timedelta(hours=40)):
        assert offset_of(phone, uid).status_code == 200, "a whole one waits for its report"


def test_too_large_too_many_and_too_long_are_refused(cast: Cast) -> None:
    phone, data = a_phone(), make_jpeg()
    huge = {"Upload-Length": str(21 * 1024 * 1024)}
    assert begin(phone, data, uuid.uuid4(), **huge).json()["code"] == "photo.too_large"
    assert begin(phone, data, uuid.uuid4(), **{"X-Gulou-Draft": "short"}).status_code == 422
    uid = uuid.uuid4()
    begin(phone, data, uid)
    assert go_on(phone, uid, 0, data + b"more").json()["code"] == "upload.too_long"
    for _ in range(operations.MOST_OPEN - 1):
        begin(phone, data, uuid.uuid4())
    assert begin(phone, data, uuid.uuid4()).json()["code"] == "photo.too_many"


def test_what_nobody_finished_is_cleared(cast: Cast, committing: Any) -> None:
    data, uid, phone = make_jpeg(), uuid.uuid4(), a_phone()
    begin(phone, data, uid)
    go_on(phone, uid, 0, data[:50])
    assert len(list(operations.shelf.listed())) == 1
    Upload.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert offset_of(phone, uid).status_code == 404
    with committing():
        jobs.clear()
    assert not Upload.objects.exists() and list(operations.shelf.listed()) == []


def test_a_page_elsewhere_cannot_send_anything(cast: Cast) -> None:
    data, phone = make_jpeg(), Client(enforce_csrf_checks=True)
    assert phone.post(UPLOADS, headers=headers(data, uuid.uuid4())).status_code == 403
