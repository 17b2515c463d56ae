"""Discarding: one photo of a draft, those that nobody sent, and files that a crash left."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.photos import queries
from gulou.photos.jobs import discard_stale, sweep_orphans
from gulou.photos.models import Photo
from gulou.photos.operations import discard_photo, keep_photos, stage_photo
from tests.factories.photos import make_jpeg
from tests.photos.crafted import stored

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def stage(text: str = "one", draft: str = "draft") -> Photo:
    return stage_photo(io.BytesIO(make_jpeg(text, size=(64, 48))), draft=draft)


def test_it_removes_the_photo_and_its_files(django_capture_on_commit_callbacks: Any) -> None:
    photo = stage()
    with django_capture_on_commit_callbacks(execute=True):
        discard_photo(photo.uid, draft="draft")
    with pytest.raises(NotFound):
        queries.staged_photo(photo.uid, draft="draft")
    assert stored() == []


def test_a_file_that_another_photo_uses_stays(django_capture_on_commit_callbacks: Any) -> None:
    mine, theirs = stage(), stage(draft="theirs")
    with django_capture_on_commit_callbacks(execute=True):
        discard_photo(mine.uid, draft="draft")
    queries.open_original(theirs)[0].close()
    queries.open_rendition(theirs, "list")[0].close()


def test_it_leaves_other_drafts_alone() -> None:
    photo = stage(draft="theirs")
    discard_photo(photo.uid, draft="draft")
    assert queries.staged_photos("theirs") == [photo]


def test_discarding_twice_or_nothing_is_no_error() -> None:
    photo = stage()
    for uid in (photo.uid, photo.uid, uuid4()):
        discard_photo(uid, draft="draft")
    assert not Photo.objects.exists()


def test_after_48_hours_what_nobody_sent_goes(django_capture_on_commit_callbacks: Any) -> None:
    with clock.at(START):
        old, kept = stage("old"), stage("kept", draft="sent")
        keep_photos([kept.uid], draft="sent", actor="system")
    with clock.at(START + timedelta(hours=1)):
        young = stage("young")
    with (
        clock.at(START + timedelta(hours=48, seconds=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert discard_stale() == 1
        assert discard_stale() == 0
    assert set(Photo.objects.all()) == {kept, young}
    assert not any(old.sha256 in path for path in stored())
    queries.open_original(kept)[0].close()


def _aged(path: str, content: bytes = b"torn") -> None:
    full = Path(default_storage.path(path))
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(content)
    then = (clock.now() - timedelta(hours=49)).timestamp()
    os.utime(full, (then, then))


def test_the_sweep_removes_what_a_crash_left_and_nothing_else() -> None:
    photo = stage()
    for path in (photo.original, f"renditions/{photo.original[10:15]}/{photo.sha256}-list.jpg"):
        _aged(path, b"ours")
    orphan = "ab" * 32
    _aged(f"originals/ab/ab/{orphan}.jpg")
    _aged("originals/ab/ab/.xyz.part")
    young = Path(default_storage.path("originals/ab/ab/" + "abab" + "cd" * 30 + ".png"))
    young.write_bytes(b"on its way")
    looked = sum(sweep_orphans(shard) for shard in range(256))
    assert looked == 4
    assert len(stored()) == 3
    assert default_storage.exists(photo.original)
    assert young.exists()
    assert sweep_orphans() == 0
