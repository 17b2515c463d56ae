"""A plain JPEG is known by its frame: what is taken for one is what its decoder takes."""

import io
import random
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from gulou.photos.decoding import pictures
from gulou.photos.decoding.client import MOST_PIXELS
from gulou.photos.decoding.plain import plain
from gulou.photos.operations import stage_photo
from tests.factories.photos import draw, encode, make_jpeg
from tests.photos.crafted import ACCEPTED, REFUSED, jpeg_claiming, with_exif


def told(data: bytes) -> Any:
    found = plain(data, most_pixels=MOST_PIXELS)
    return found and (found.width, found.height, asdict(found.said))


def decoded(data: bytes) -> Any:
    head, _ = pictures.work(io.BytesIO(data), pictures.Ask(kind="jpeg", sizes=[], inspect=True))
    return head["width"], head["height"], head["said"]


@pytest.mark.parametrize(
    "data", [make_jpeg(), encode(draw(mode="L"), "JPEG"), ACCEPTED["html after a jpeg"]],
    ids=["colours", "grey", "something behind it"],
)  # fmt: skip
def test_a_plain_one_is_known_without_its_decoder(data: bytes) -> None:
    assert told(data) == decoded(data)


@pytest.mark.parametrize("name", ["progressive", "cmyk"])
def test_what_cameras_do_not_write_is_left_to_the_decoder(name: str) -> None:
    assert told(ACCEPTED[name]) is None


@pytest.mark.parametrize("name", [name for name, (_, code) in REFUSED.items() if "jpeg" in name])
def test_what_is_refused_is_never_taken_for_plain(name: str) -> None:
    assert told(REFUSED[name][0]) is None


def test_one_that_ends_too_early_is_not_plain() -> None:
    data = make_jpeg()
    assert [cut for cut in range(4, len(data), 7) if told(data[:cut])] == []


def test_too_many_pixels_are_not_plain() -> None:
    assert told(jpeg_claiming(10_000, 5_001)) is None
    assert told(jpeg_claiming(0, 100)) is None


def test_exif_of_very_many_fields_is_left_to_a_child() -> None:
    """Each may claim the same bytes: all of them would take hundreds of megabytes."""
    fields = b"".join(struct.pack("<HHII", 0x9000 + n, 7, 60_000, 8) for n in range(500))
    raw = b"II*\0\x08\0\0\0" + struct.pack("<H", 500) + fields
    assert told(with_exif(raw)) is None


def test_exif_whose_fields_share_their_values_is_left_to_a_child() -> None:
    """Few fields, each of them the same fractions: hundreds of thousands of objects."""
    fields = b"".join(struct.pack("<HHII", 0x9000 + n, 5, 8_000, 2_000) for n in range(100))
    raw = b"II*\0\x08\0\0\0" + struct.pack("<H", 100) + fields
    assert told(with_exif(raw.ljust(65_000, b"\1"))) is None


def with_segment(marker: int, body: bytes, *, times: int = 1) -> bytes:
    data, one = make_jpeg(), struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
    return data[:2] + one * times + data[2:]


def test_very_many_segments_are_not_plain() -> None:
    assert told(with_segment(0xFE, b"", times=300)) is not None
    assert told(with_segment(0xFE, b"", times=401)) is None


def test_very_many_tables_are_not_plain() -> None:
    codes = bytes([0, 1, *[0] * 15, 0])
    assert told(with_segment(0xC4, codes)) is not None
    assert told(with_segment(0xC4, codes * 3_600)) is None
    quantizer = bytes([0, *[1] * 64])
    assert told(with_segment(0xDB, quantizer)) is not None
    assert told(with_segment(0xDB, quantizer * 1_000)) is None


@pytest.mark.parametrize("seed", range(4))
def test_however_it_is_damaged_its_decoder_takes_what_is_plain(seed: int) -> None:
    rng, whole, taken = random.Random(seed), make_jpeg(), 0
    for _ in range(250):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(3, rng.choice([700, len(data)]))] = rng.choice([0, 1, 255, 97])
        found = told(bytes(data))
        if found is not None:
            assert found == decoded(bytes(data))
            taken += 1
    assert taken


@pytest.mark.shared
def test_real_pictures_say_the_same(shared: Path) -> None:
    files = sorted((shared / "photos").rglob("*.jpg"))
    found = {path: told(path.read_bytes()) for path in files}
    wrong = [path for path, one in found.items() if one and one != decoded(path.read_bytes())]
    assert wrong == []
    assert sum(1 for one in found.values() if one) > 0.9 * len(files)


@pytest.mark.django_db
def test_a_plain_one_wakes_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gulou.photos.decoding.client.read_picture", None)
    data = make_jpeg(size=(800, 600))
    photo = stage_photo(io.BytesIO(data), draft="draft")
    assert (photo.width, photo.height) == (800, 600)
