"""What a phone says of a photo beside the file: its own place and time."""

import uuid
from typing import Any

import pytest
from django.test import Client

from gulou.phones.models import Upload
from gulou.photos.models import Photo
from gulou.photos.told import read
from tests.conftest import Cast
from tests.factories.photos import make_jpeg

from .phones import a_phone
from .test_uploads import UPLOADS, go_on, headers

TAKEN = "2026-11-20T08:15:00+08:00"


@pytest.fixture
def phone(cast: Cast) -> Client:
    return a_phone()


def sent(phone: Client, data: bytes, **said: str) -> Photo:
    """The photo that came of it."""
    uid = uuid.uuid4()
    begun = phone.post(UPLOADS, headers={**headers(data, uid), **_metadata(data, uid, said)})
    assert begun.status_code == 201
    assert go_on(phone, uid, 0, data).status_code == 204
    staged = Upload.objects.get(pk=uid).photo
    assert staged is not None
    return Photo.objects.get(uid=staged)


def _metadata(data: bytes, uid: uuid.UUID, said: dict[str, str]) -> dict[str, str]:
    return {"Upload-Metadata": headers(data, uid, **said)["Upload-Metadata"]}


def test_place_and_time_that_scaling_took_off_are_kept(phone: Client) -> None:
    photo = sent(
        phone, make_jpeg(), taken=TAKEN, lat="26.08", lon="119.29", accuracy="8", source="photo"
    )
    assert photo.taken_at is not None and photo.taken_at.isoformat() == "2026-11-20T00:15:00+00:00"
    assert (photo.taken_lat, photo.taken_lon, photo.taken_accuracy_m) == (26.08, 119.29, 8)


def test_a_pin_is_kept_as_what_somebody_said_not_as_where_it_was_taken(phone: Client) -> None:
    photo = sent(phone, make_jpeg(), lat="26.08", lon="119.29", source="pin")
    assert photo.taken_lat is None
    assert photo.told == {
        "taken": None, "lat": 26.08, "lon": 119.29, "accuracy": None, "source": "pin"
    }  # fmt: skip


def test_what_the_file_says_itself_goes_before(phone: Client) -> None:
    photo = sent(phone, make_jpeg(gps=(26.07, 119.28)), lat="26.08", lon="119.29", source="photo")
    assert (round(photo.taken_lat or 0, 3), round(photo.taken_lon or 0, 3)) == (26.07, 119.28)


@pytest.mark.parametrize("said", [
    {}, {"lat": "26", "lon": "east", "source": "pin"}, {"lat": "nan", "lon": "1", "source": "pin"},
    {"lat": "99", "lon": "1", "source": "pin"}, {"lat": "26", "lon": "119", "source": "a guess"},
    {"taken": "yesterday"}, {"taken": "2026-11-20T08:15:00"}, {"taken": "3026-11-20T08:15:00+08:00"},
])  # fmt: skip
def test_nonsense_is_not_kept_and_refuses_nothing(said: dict[str, Any]) -> None:
    assert read(said) is None
