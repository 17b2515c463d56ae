"""Photos in a real bucket: SeaweedFS, started for these tests, speaks S3."""

import uuid
from argparse import Namespace
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as present
from django.core.files.storage import default_storage

from gulou.cases.operations import receive_report
from gulou.cases.queries import photo_seen_by
from gulou.config.runtime.doctor import machine
from gulou.config.runtime.doctor.finding import Verdict
from gulou.config.runtime.safe.backup import backup
from gulou.config.runtime.safe.restore import restore
from gulou.config.settings import _photos
from gulou.kit.env import Env
from gulou.outbox.deliver import deliver_all
from gulou.photos import files
from gulou.photos.models import Photo
from gulou.photos.operations import discard_photo, stage_photo
from gulou.photos.queries import open_rendition
from tests.bucket import SECRET, WEED, WHY_NOT, address, free_port, seaweed
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_snap, evidence
from tests.factories.photos import make_jpeg

pytestmark = pytest.mark.skipif(WEED is None, reason=WHY_NOT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that lets one key in."""
    with seaweed(tmp_path_factory.mktemp("weed")) as port:
        yield port


@pytest.fixture
def bucket(server: int, settings: Any) -> str:
    """The address of the bucket, in use as the storage."""
    url = address(server)
    settings.STORAGES = {**settings.STORAGES, "default": _photos(url)}
    return url


@pytest.mark.django_db(transaction=True)
def test_a_photo_lives_its_whole_life_in_the_bucket(bucket: str, cast: Cast, kinds: Kinds) -> None:
    sent = evidence(1)
    report = receive_report(a_snap(kinds.rubbish, photos=sent.photos, draft=sent.draft))
    deliver_all()
    photo = Photo.objects.get(state="kept")
    assert photo.renditions.count() == 3
    with files.open_file(photo.original) as file:
        assert file.size == photo.bytes
    shown, mime = open_rendition(photo, "list")
    with shown:
        assert mime == "image/jpeg" and shown.read(2) == b"\xff\xd8"
    assert photo_seen_by(cast.guo, photo.uid) == photo
    assert report.case.photos.count() == 1
    draft = uuid.uuid4().hex
    other = stage_photo(BytesIO(make_jpeg(text="gone")), draft=draft)
    assert default_storage.exists(other.original)
    discard_photo(other.uid, draft=draft)
    assert not default_storage.exists(other.original)


@pytest.mark.django_db(transaction=True)
def test_a_backup_reads_the_bucket(
    bucket: str, cast: Cast, kinds: Kinds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = evidence(2)
    receive_report(a_snap(kinds.rubbish, photos=sent.photos, draft=sent.draft))
    target = tmp_path / "kept.tar"
    assert backup(Namespace(target=target, directory=False, without_keys=False)) == 0
    assert restore(Namespace(source=target, check=True)) == 0
    assert f"{len(set(Photo.objects.values_list('original', flat=True)))} files of photos" in (
        capsys.readouterr().out
    )


def test_what_is_missing_is_a_missing_file(bucket: str) -> None:
    with pytest.raises(FileNotFoundError):
        default_storage.open("originals/aa/bb/none.jpg")
    assert not default_storage.exists("originals/aa/bb/none.jpg")
    assert default_storage.listdir("nothing") == ([], [])


def test_the_doctor_tries_the_bucket(bucket: str) -> None:
    env = Env.read({"GULOU_STORAGE_URL": bucket, "GULOU_DATA_DIR": str(present.GULOU.data_dir)})
    assert [found.verdict for found in machine.bucket(env)] == [Verdict.GOOD]


@pytest.mark.parametrize("wrong", [SECRET + "x", "nobody"])
def test_a_wrong_secret_is_an_error_of_the_storage(bucket: str, settings: Any, wrong: str) -> None:
    settings.STORAGES = {
        **settings.STORAGES, "default": _photos(bucket.replace(SECRET, wrong)),
    }  # fmt: skip
    with pytest.raises(OSError, match="refused"):
        default_storage.exists("originals/aa/bb/none.jpg")
    env = Env.read({"GULOU_STORAGE_URL": bucket})
    assert [found.verdict for found in machine.bucket(env)] == [Verdict.WRONG]


def test_a_server_that_is_gone_is_an_error_of_the_storage(settings: Any) -> None:
    options = _photos(address(free_port()))
    settings.STORAGES = {**settings.STORAGES, "default": options}
    with pytest.raises(OSError, match="does not answer"):
        default_storage.open("originals/aa/bb/none.jpg")
