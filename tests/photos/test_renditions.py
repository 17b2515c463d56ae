"""Copies for showing: upright, in sRGB, on white, of the right size, and without a word."""

import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageChops, ImageCms, ImageStat

from gulou.kit.errors import NotFound
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.outbox.table import Envelope
from gulou.photos import jobs, queries
from gulou.photos.models import Photo
from gulou.photos.operations import keep_photos, stage_photo
from tests.factories.photos import draw, encode, make_exif, make_jpeg
from tests.photos.crafted import picture, stored

pytestmark = pytest.mark.django_db
SIZES = {"list": 320, "page": 1280, "full": 2560}


def keep(data: bytes) -> Photo:
    photo = stage_photo(io.BytesIO(data), draft="draft")
    return keep_photos([photo.uid], draft="draft", actor="system")[0]


def read(photo: Photo, size: str) -> bytes:
    file, mime = queries.open_rendition(photo, size)
    assert mime == "image/jpeg"
    with file:
        data: bytes = file.read()
    return data


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures' points, 0 to 255."""
    apart = ImageChops.difference(one.convert("L"), other.convert("L").resize(one.size))
    return ImageStat.Stat(apart).mean[0]


def test_the_worker_makes_all_sizes() -> None:
    photo = keep(make_jpeg(size=(3000, 2000)))
    assert not queries.rendition_ready(photo, "page")
    deliver_all()
    for size, longest in SIZES.items():
        assert queries.rendition_ready(photo, size)
        row = photo.renditions.get(size=size)
        assert (row.width, row.height) == (longest, round(longest * 2 / 3))
        assert picture(read(photo, size)).size == (row.width, row.height)


def test_the_worker_takes_the_fingerprints() -> None:
    photo = keep(make_jpeg(size=(800, 600)))
    assert photo.perceptual_hash == ""
    deliver_all()
    photo.refresh_from_db()
    assert len(photo.perceptual_hash) == len(photo.difference_hash) == 16


def test_the_fingerprints_are_the_same_where_a_page_was_faster() -> None:
    first, second = keep(make_jpeg(size=(800, 600))), keep(make_jpeg(size=(800, 600)))
    for size in SIZES:
        read(second, size)
    deliver_all()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.perceptual_hash == second.perceptual_hash != ""


def test_a_small_picture_is_not_blown_up() -> None:
    photo = keep(make_jpeg(size=(200, 100)))
    deliver_all()
    assert {picture(read(photo, size)).size for size in SIZES} == {(200, 100)}


def test_making_them_twice_does_no_harm() -> None:
    photo = keep(make_jpeg())
    deliver_all()
    before = stored()
    event = Event.objects.get(subject_uid=photo.uid, name="photo.kept")
    envelope = Envelope(
        event_id=event.pk, subject_kind=event.subject_kind, subject_uid=photo.uid,
        actor="system", at=event.at, fact=None, key="again",
    )  # fmt: skip
    jobs.make_renditions(envelope)
    assert (stored(), photo.renditions.count()) == (before, 3)


def test_a_worker_killed_between_file_and_row_is_made_good() -> None:
    photo = keep(make_jpeg())
    deliver_all()
    before = stored()
    photo.renditions.exclude(size="list").delete()
    assert set(SIZES) == {size for size in SIZES if read(photo, size)}
    assert (stored(), photo.renditions.count()) == (before, 3)


def test_a_page_that_comes_before_the_worker_shows_no_broken_picture() -> None:
    photo = keep(make_jpeg(size=(1600, 1200)))
    assert picture(read(photo, "page")).size == (1280, 960)
    assert queries.rendition_ready(photo, "page")
    assert not queries.rendition_ready(photo, "full")


def test_a_lost_copy_is_made_again() -> None:
    photo = keep(make_jpeg())
    deliver_all()
    default_storage.delete(photo.renditions.get(size="page").path)
    assert picture(read(photo, "page")).size == (640, 480)


def test_without_its_original_the_nearest_smaller_copy_is_shown() -> None:
    photo = keep(make_jpeg())
    read(photo, "list")
    default_storage.delete(photo.original)
    assert picture(read(photo, "full")).size == (320, 240)
    with pytest.raises(NotFound):
        queries.open_original(photo)


@pytest.mark.parametrize("size", ["", "original", "../list", "LIST"])
def test_there_are_no_other_sizes(size: str) -> None:
    with pytest.raises(NotFound):
        queries.open_rendition(keep(make_jpeg()), size)


def _words(data: bytes) -> list[str]:
    image = Image.open(io.BytesIO(data))
    segments = [name for name, _ in getattr(image, "applist", [])]
    return [name for name in segments if name != "APP0"] + [
        key for key in image.info if key in {"exif", "icc_profile", "comment", "xmp", "photoshop"}
    ]


def _talkative(kind: str) -> bytes:
    said = make_exif(gps=(26.08, 119.29))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = {"exif": said, "icc_profile": profile}
    if kind in {"JPEG", "WEBP", "HEIF"}:
        more["xmp"] = b"<x:xmpmeta>SECRET</x:xmpmeta>"
    if kind == "JPEG":
        more["comment"] = b"SECRET"
    return encode(draw(size=(700, 500)), kind, **more)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_copy_says_anything(kind: str) -> None:
    data = _talkative(kind)
    photo = keep(data)
    assert photo.taken_lat == pytest.approx(26.08), "the original did say where"
    deliver_all()
    for size in SIZES:
        copy = read(photo, size)
        assert _words(copy) == []
        for secret in (b"SECRET", b"Exif", b"http://ns.adobe", b"ICC_PROFILE", b"Photoshop"):
            assert secret not in copy
        public, _ = queries.open_public_rendition(Photo.objects.get(pk=photo.pk), size)
        with public:
            assert public.read() == copy


def test_the_check_for_words_would_find_them() -> None:
    assert {"exif", "icc_profile", "comment", "xmp"} <= set(_words(_talkative("JPEG")))


def test_what_is_clear_becomes_white() -> None:
    photo = keep(encode(Image.new("RGBA", (64, 48), (255, 0, 0, 0)), "PNG"))
    assert picture(read(photo, "page")).getpixel((5, 5)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_is_shown() -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    data = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    pixel = picture(read(keep(data), "page")).getpixel((30, 20))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > 50 > pixel[2]


def test_colours_are_turned_into_srgb() -> None:
    """A profile with red and blue exchanged must exchange them in the picture."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    swapped = bytearray(profile)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    swapped = bytearray(
        bytes(swapped).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
    )
    data = encode(Image.new("RGB", (64, 48), (250, 10, 10)), "PNG", icc_profile=bytes(swapped))
    pixel = picture(read(keep(data), "page")).getpixel((30, 20))
    assert isinstance(pixel, tuple)
    assert pixel[2] > pixel[0]


def test_a_profile_that_is_none_is_left_out() -> None:
    data = encode(Image.new("RGB", (64, 48), (250, 10, 10)), "PNG", icc_profile=b"nonsense" * 50)
    pixel = picture(read(keep(data), "page")).getpixel((30, 20))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200


@pytest.mark.parametrize("mode", ["CMYK", "L", "RGB"])
def test_colours_stay_what_they_were(mode: str) -> None:
    grey = Image.new("RGB", (64, 48), (200, 200, 200)).convert(mode)
    pixel = picture(read(keep(encode(grey, "JPEG")), "page")).getpixel((30, 20))
    assert isinstance(pixel, tuple)
    assert all(abs(value - 200) < 6 for value in pixel)


def test_all_orientations_of_one_picture_come_out_alike() -> None:
    upright = draw("which way is up?", (600, 400))

    # The inverse of each turn, as Image.Transpose numbers them.
    inverse = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}

    for orientation, turn in inverse.items():
        image = upright if turn is None else upright.transpose(Image.Transpose(turn))
        photo = keep(encode(image, "JPEG", quality=90, exif=make_exif(orientation=orientation)))
        assert (photo.width, photo.height) == (600, 400)
        assert difference(upright, picture(read(photo, "page"))) < 4, orientation


@pytest.mark.shared
@pytest.mark.parametrize("shape", ["landscape", "portrait"])
def test_the_sample_files_of_every_orientation_look_upright(shared: Path, shape: str) -> None:
    folder = shared / "photos" / "exif" / "orientation"
    copies = [
        picture(read(keep((folder / f"{shape}_{n}.jpg").read_bytes()), "list")) for n in range(1, 9)
    ]
    assert len({copy.size for copy in copies}) == 1
    for one, other in itertools.combinations(copies, 2):
        assert difference(one, other) < 8
    assert difference(copies[0], copies[0].rotate(180)) > 20, "a turned one would be noticed"


def test_copies_are_made_once_for_the_same_bytes() -> None:
    data = make_jpeg()
    one = keep(data)
    other = stage_photo(io.BytesIO(data), draft="another")
    other = keep_photos([other.uid], draft="another", actor="system")[0]
    jobs.make_all_renditions()
    paths = {
        photo: list(photo.renditions.order_by("size").values_list("size", "path"))
        for photo in (one, other)
    }
    assert len(paths[one]) == 3 and paths[one] == paths[other]
    other.refresh_from_db()
    assert other.perceptual_hash
