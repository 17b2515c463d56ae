"""What EXIF says, and what is not believed."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from gulou.photos.decoding import client
from gulou.photos.decoding.exif import DEVICE_LENGTH, Said, said_by
from gulou.photos.seeing.traces import editor_of
from tests.factories.photos import EXIF_IFD, GPS_IFD, make_exif, make_jpeg
from tests.photos.crafted import with_exif


def said(exif: Image.Exif) -> Said:
    """By way of bytes, as in a file."""
    again = Image.Exif()
    again.load(exif.tobytes())
    return said_by(again)


def with_gps(**fields: Any) -> Image.Exif:
    exif = make_exif(gps=(26.08, 119.29), accuracy_m=5)
    gps = exif.get_ifd(GPS_IFD)
    for tag, value in fields.items():
        gps[int(tag[1:])] = value
    return exif


@pytest.mark.parametrize(
    "place", [(26.08, 119.29), (-33.86, 151.2), (51.38, -2.36), (-22.9, -43.2)]
)
def test_places_in_every_hemisphere(place: tuple[float, float]) -> None:
    found = said(make_exif(gps=place))
    assert found.lat == pytest.approx(place[0], abs=1e-6)
    assert found.lon == pytest.approx(place[1], abs=1e-6)


NOTHING = IFDRational(0, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"t1": "X"},
        {"t1": ""},
        {"t3": "Q"},
        {"t2": (91.0, 0.0, 0.0)},
        {"t4": (181.0, 0.0, 0.0)},
        {"t2": (26.0, 99.0, 0.0)},
        {"t2": (NOTHING, NOTHING, NOTHING)},
        {"t2": "twenty-six"},
        {"t2": (0.0, 0.0, 0.0), "t4": (0.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_makes_no_sense_is_dropped(fields: dict[str, Any]) -> None:
    found = said_by(with_gps(**fields))
    assert (found.lat, found.lon, found.accuracy_m) == (None, None, None)
    assert found.device == "Gulou Test Camera", "and the rest is still read"


@pytest.mark.parametrize("reference", ["t1", "t3"])
def test_a_place_without_its_hemisphere_is_dropped(reference: str) -> None:
    exif = with_gps()
    del exif.get_ifd(GPS_IFD)[int(reference[1:])]
    assert said_by(exif).lat is None


@pytest.mark.parametrize(
    ("metres", "believed"),
    [(4.7, 4.7), (0, None), (-3, None), (200_000, None), (NOTHING, None), ("near", None)],
)
def test_accuracy(metres: Any, believed: float | None) -> None:
    assert said_by(with_gps(t31=metres)).accuracy_m == believed


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("2026:11:22 09:30:00", "2026-11-22T09:30:00"),
        ("2026-11-22 09:30:00", "2026-11-22T09:30:00"),
        ("2026:11:22 09:30:00\0junk", "2026-11-22T09:30:00"),
        ("0000:00:00 00:00:00", ""),
        ("2026:02:30 09:30:00", ""),
        ("    :  :     :  :  ", ""),
        ("\0\0\0", ""),
        ("昨天", ""),
    ],
)
def test_time(text: str, taken: str) -> None:
    exif = make_exif(taken=datetime(2026, 1, 1, tzinfo=UTC))
    exif.get_ifd(EXIF_IFD)[0x9003] = text
    assert said_by(exif).taken == taken


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+08:00", 480), ("-03:30", -210), ("+0530", 330), ("+99:00", None), ("Z?", None), ("", None)],
)
def test_offset(text: str, minutes: int | None) -> None:
    exif = make_exif(taken=datetime(2026, 1, 1, tzinfo=UTC))
    exif.get_ifd(EXIF_IFD)[0x9011] = text
    assert said_by(exif).offset_minutes == minutes


@pytest.mark.parametrize(
    ("make", "model", "device"),
    [
        ("HUAWEI", "HUAWEI P40", "HUAWEI P40"),
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("A\0B", "C\0\0", "A C"),
        ("\u202eevil", "two\nlines\t\x07", "evil two lines"),
        ("", "", ""),
        ("x" * 5000, "y", "x" * DEVICE_LENGTH),
        ("小米", "手机😀", "小米 手机😀"),
    ],
)
def test_device(make: str, model: str, device: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = make, model
    assert said_by(exif).device == device


@pytest.mark.parametrize("orientation", [0, 9, -1, 65535, "6", (6,), None])
def test_an_orientation_that_is_none_is_upright(orientation: Any) -> None:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    assert said_by(exif).orientation == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\0" * 50, b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40,
        # A directory whose next directory is itself.
        b"MM\0*\0\0\0\x08\0\0\0\0\0\x08",
        # Tags that claim 4 GB of text.
        b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\xff\xff\xff\xff\0\0\0\0\0\0\0\0",
        # The GPS directory is the first one again.
        b"MM\0*\0\0\0\x08\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\0",
    ],
)  # fmt: skip
def test_garbage_is_no_reason_to_refuse_a_picture(raw: bytes) -> None:
    picture = client.read_picture(
        io.BytesIO(with_exif(raw)), kind="jpeg", sizes=["list"], inspect=True
    )
    assert picture.width == 640
    assert picture.said == Said()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_ever_make_it_raise(raw: bytes) -> None:
    exif = Image.Exif()
    try:
        exif.load(b"Exif\0\0MM\0*\0\0\0\x08" + raw)
    except Exception:  # noqa: BLE001 - a child treats that as no EXIF at all
        return
    found = said_by(exif)
    assert found.orientation in range(1, 9)


def test_words_for_newspapers_are_no_trace_of_an_editor() -> None:
    """Cameras and offices write IPTC in a block that is named after Photoshop."""
    jpeg = make_jpeg()
    block = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x00"
    written = jpeg[:2] + b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block + jpeg[2:]
    assert editor_of(written) == ""
