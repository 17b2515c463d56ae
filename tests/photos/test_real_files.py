"""Every real file goes all the way: taken in and shown, or refused in words. Never a 500."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gulou.kit.errors import Invalid
from gulou.photos import copies, files, queries
from gulou.photos.operations import stage_photo
from tests.conftest import SHARED
from tests.photos.crafted import picture

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
PHOTOS = SHARED / "photos"


def _folders() -> list[str]:
    return sorted(
        {str(path.parent.relative_to(PHOTOS)) for path in PHOTOS.rglob("*") if path.is_file()}
    )


@pytest.mark.parametrize("folder", _folders() or ["."])
def test_every_file_of_a_folder(shared: Path, folder: str) -> None:
    seen = 0
    for n, path in enumerate(sorted((shared / "photos" / folder).iterdir())):
        if not path.is_file():
            continue
        seen += 1
        with path.open("rb") as file:
            try:
                photo = stage_photo(file, draft=f"draft-{n}")
            except Invalid as refused:
                assert refused.code.startswith("photo."), path
                assert str(refused.message), path
                continue
        # As the worker does it: all from one look at the original.
        copies.make(photo, files.SIZES, patience=60)
        for size, longest in (("list", 320), ("page", 1280), ("full", 2560)):
            copy, _ = queries.open_rendition(photo, size)
            with copy:
                image = picture(copy.read())
            assert max(image.size) <= longest, path
            shape = photo.width / photo.height
            assert image.width / image.height == pytest.approx(shape, rel=0.02), path
            assert "exif" not in image.info, path
    assert seen


def test_a_phone_in_bath_says_where_it_was(shared: Path) -> None:
    path = shared / "photos" / "street" / "bath_00.jpg"
    with path.open("rb") as file:
        photo = stage_photo(file, draft="draft")
    assert photo.taken_lat == pytest.approx(51.41436, abs=1e-4)
    assert photo.taken_lon == pytest.approx(-2.49624, abs=1e-4)
    assert photo.device == "Apple iPhone 4"
    # It names no offset, so the clock on its wall is read as the district's.
    assert photo.taken_at == datetime(2017, 6, 6, 0, 28, 35, tzinfo=UTC)
    assert (photo.width, photo.height) == (968, 1296)


def test_a_heic_says_where_and_how_well(shared: Path) -> None:
    with (shared / "photos" / "formats" / "IMG_2682.heic").open("rb") as file:
        photo = stage_photo(file, draft="draft")
    assert (photo.mime, photo.width, photo.height) == ("image/heic", 4032, 3024)
    assert photo.taken_lat == pytest.approx(41.2203, abs=1e-4)
    assert photo.taken_lon == pytest.approx(-96.0716, abs=1e-4)
    assert photo.taken_accuracy_m == 10
