"""stage_photo: what is taken in, what is refused in clear words, and what lies in the storage."""

import errno
import hashlib
import io
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection
from django.utils import translation

from gulou.kit import clock
from gulou.kit.errors import Invalid
from gulou.photos import queries
from gulou.photos.models import Photo, PhotoState
from gulou.photos.operations import MOST_BYTES, MOST_PHOTOS, stage_photo
from tests.conftest import Cast
from tests.factories.photos import draw, encode, make_jpeg
from tests.photos.crafted import ACCEPTED, REFUSED, picture, stored

pytestmark = pytest.mark.django_db


def stage(data: bytes, draft: str = "draft", **more: Any) -> Photo:
    return stage_photo(io.BytesIO(data), draft=draft, **more)


def test_it_keeps_the_original_untouched_under_its_digest() -> None:
    data = make_jpeg()
    photo = stage(data)
    digest = hashlib.sha256(data).hexdigest()
    assert (photo.sha256, photo.bytes) == (digest, len(data))
    assert photo.original == f"originals/{digest[:2]}/{digest[2:4]}/{digest}.jpg"
    file, mime = queries.open_original(photo)
    with file:
        assert (file.read(), mime) == (data, "image/jpeg")
    assert photo.state == PhotoState.STAGED


def test_it_notes_who_staged_it(cast: Cast) -> None:
    assert stage(make_jpeg(), by=cast.lin).staged_by == cast.lin


def test_the_form_can_show_it_at_once() -> None:
    photo = stage(make_jpeg(size=(800, 600)))
    file, mime = queries.open_rendition(photo, "list")
    with file:
        assert picture(file.read()).size == (320, 240)
    assert mime == "image/jpeg"


def test_only_the_owner_may_read_the_files() -> None:
    photo = stage(make_jpeg())
    path = Path(default_storage.path(photo.original))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_in_words_and_leaves_nothing(name: str) -> None:
    data, code = REFUSED[name]
    with pytest.raises(Invalid) as refused:
        stage(data)
    assert (refused.value.code, refused.value.field) == (code, "photos")
    assert str(refused.value.message).endswith(".")
    assert not Photo.objects.exists()
    assert stored() == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_takes_in_odd_but_honest_pictures(name: str) -> None:
    photo = stage(ACCEPTED[name])
    for size in ("list", "page", "full"):
        file, _ = queries.open_rendition(photo, size)
        with file:
            image = picture(file.read())
        assert (image.format, image.mode) == ("JPEG", "RGB")


def test_the_words_name_what_the_file_is() -> None:
    with pytest.raises(Invalid) as refused:
        stage(encode(draw(), "GIF"))
    assert "GIF" in str(refused.value.message)


def test_20_mb_are_taken_and_a_byte_more_is_refused() -> None:
    data = make_jpeg()
    assert stage(data + bytes(MOST_BYTES - len(data))).bytes == MOST_BYTES
    with pytest.raises(Invalid) as refused:
        stage(data + bytes(MOST_BYTES - len(data) + 1))
    assert refused.value.code == "photo.too_large"
    assert Photo.objects.count() == 1


def test_50_megapixels_are_taken() -> None:
    photo = stage(encode(draw(size=(8000, 6250)), "JPEG"))
    assert (photo.width, photo.height) == (8000, 6250)


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "😀𠮷.jpg", "a\0b.jpg", "‮gpj.exe", "x" * 5000, ""]
)
def test_the_name_of_the_file_means_nothing(name: str) -> None:
    upload = SimpleUploadedFile("name", make_jpeg(), "text/html")
    setattr(upload, "_name", name)  # noqa: B010 - as a parser less careful than Django's would leave it
    photo = stage_photo(upload, draft="draft")
    assert photo.mime == "image/jpeg"
    assert all(photo.sha256 in path for path in stored())


def test_it_reads_an_upload_that_django_put_on_disk() -> None:
    with TemporaryUploadedFile("a.png", "image/png", 0, None) as upload:
        upload.write(make_jpeg())
        upload.seek(0)
        assert stage_photo(upload, draft="draft").mime == "image/jpeg"


def test_it_works_whatever_the_language() -> None:
    with translation.override("zh-hans"), pytest.raises(Invalid) as refused:
        stage(b"")
    assert str(refused.value.message)


@pytest.mark.parametrize("draft", ["", "x" * 65, "a\0b", "表单"])
def test_it_refuses_a_draft_that_is_none(draft: str) -> None:
    with pytest.raises(Invalid) as refused:
        stage(make_jpeg(), draft=draft)
    assert refused.value.code == "photo.draft"


def test_the_same_bytes_twice_are_one_photo_of_a_draft() -> None:
    assert stage(make_jpeg()).pk == stage(make_jpeg()).pk


def test_the_same_bytes_in_two_drafts_are_two_photos_and_one_file() -> None:
    first, second = stage(make_jpeg(), "one"), stage(make_jpeg(), "two")
    assert first.pk != second.pk
    assert len([path for path in stored() if path.startswith("originals")]) == 1


def test_at_most_nine_go_together() -> None:
    for n in range(MOST_PHOTOS):
        stage(make_jpeg(f"photo {n}", size=(64, 48)))
    with pytest.raises(Invalid) as refused:
        stage(make_jpeg("one more"))
    assert refused.value.code == "photo.too_many"
    assert stage(make_jpeg("one more"), draft="another").pk
    assert len(queries.staged_photos("draft")) == MOST_PHOTOS


def test_it_reads_time_place_accuracy_and_device() -> None:
    taken = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=7)))
    photo = stage(make_jpeg(gps=(26.0853, 119.2964), accuracy_m=12.5, taken=taken))
    assert photo.taken_at == taken
    assert photo.taken_lat == pytest.approx(26.0853, abs=1e-6)
    assert photo.taken_lon == pytest.approx(119.2964, abs=1e-6)
    assert photo.taken_accuracy_m == 12.5
    assert photo.device == "Gulou Test Camera"


def test_a_time_without_offset_is_the_districts() -> None:
    naive = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - as cameras write it
    assert stage(make_jpeg(taken=naive)).taken_at == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


def test_a_time_to_come_is_not_believed() -> None:
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    with clock.at(now):
        soon, later = now + timedelta(hours=23), now + timedelta(hours=25)
        assert stage(make_jpeg("a", taken=soon)).taken_at == soon
        assert stage(make_jpeg("b", taken=later)).taken_at is None


@pytest.mark.parametrize("year", [1, 1970, 1994, 9999])
def test_a_clock_that_was_never_set_is_not_believed(year: int) -> None:
    taken = datetime(2000, 1, 1, tzinfo=UTC)
    data = make_jpeg(taken=taken).replace(b"2000:01:01", f"{year:04d}:01:01".encode())
    assert stage(data).taken_at is None


def test_width_and_height_are_as_seen() -> None:
    photo = stage(make_jpeg(size=(640, 480), orientation=6))
    assert (photo.width, photo.height) == (480, 640)


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A real disk of 1 MB under the storage."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if not mount or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    default = {
        "BACKEND": "gulou.photos.storage.WholeFileStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": default}
    yield
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_said_and_leaves_nothing() -> None:
    data = make_jpeg()
    with pytest.raises(OSError) as full:
        stage(data + bytes(2_000_000))
    assert full.value.errno == errno.ENOSPC
    assert not Photo.objects.exists()
    assert stored() == []
    assert stage(data).pk, "a smaller one still goes in"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_in_one_draft_are_eight_photos() -> None:
    failed: list[BaseException] = []

    def one(n: int) -> None:
        try:
            stage(make_jpeg(f"photo {n % 8}", size=(1200, 900)))
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(queries.staged_photos("draft")) == 8


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_make_more_than_nine() -> None:
    refused: list[str] = []

    def one(n: int) -> None:
        try:
            stage(make_jpeg(f"photo {n}", size=(64, 48)))
        except Invalid as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["photo.too_many"] * 3
    assert len(queries.staged_photos("draft")) == MOST_PHOTOS
    assert len([path for path in stored() if path.startswith("originals")]) == MOST_PHOTOS


def test_bytes_that_were_opened_before_are_not_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = encode(draw(), "PNG")
    first = stage_photo(io.BytesIO(data), draft="one")
    monkeypatch.setattr("gulou.photos.decoding.client.read_picture", None)
    again = stage_photo(io.BytesIO(data), draft="two")
    assert again.uid != first.uid
    assert (again.width, again.mime, again.original) == (first.width, first.mime, first.original)
