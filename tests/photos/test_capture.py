"""Pictures from our own camera view: what it says is proved against the file, or refused."""

import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from gulou.kit import clock
from gulou.kit.errors import Invalid
from gulou.photos import capture
from gulou.photos.models import Photo
from gulou.photos.operations import stage_photo
from tests.factories.photos import make_jpeg

pytestmark = pytest.mark.django_db


def line(data: bytes, *, changed: dict[str, Any] | None = None, **said: Any) -> str:
    """What a camera view sends beside a file; `changed` is put in after the link was made."""
    whole: dict[str, Any] = {
        "v": 1, "device": "0b7a3f52-77aa", "n": 1, "before": "",
        "sha256": hashlib.sha256(data).hexdigest(), "taken": clock.now().isoformat(),
        "lat": 26.08, "lon": 119.29, "accuracy": 12.5, **said,
    }  # fmt: skip
    return json.dumps({**whole, "link": capture.link_of(whole), **(changed or {})})


def stage(text: str = "one", **said: Any) -> Photo:
    data = make_jpeg(text)
    return stage_photo(io.BytesIO(data), draft="draft", captured=line(data, **said))


def test_a_picture_from_files_is_marked_by_having_none() -> None:
    assert stage_photo(io.BytesIO(make_jpeg()), draft="draft").capture is None


def test_what_the_camera_says_is_kept_and_the_next_is_proved_by_it() -> None:
    first = stage("one")
    second = stage("two", n=2, before=first.capture_link)
    assert first.capture and first.capture["whole"] and first.capture["accuracy"] == 12.5
    assert second.capture and second.capture["whole"]


def test_a_gap_in_the_chain_is_no_refusal_but_seen() -> None:
    photo = stage(n=7, before="a" * 64)
    assert photo.capture and not photo.capture["whole"]


@pytest.mark.parametrize(
    "changed",
    [
        {"lat": 26.09},
        {"n": 2},
        {"taken": "2020-01-01T00:00:00+08:00"},
        {"link": "0" * 64},
        {"v": 2},
    ],
    ids=str,
)
def test_what_was_changed_on_the_way_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="changed on its way"):
        stage(changed=changed)
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    "said",
    [{"sha256": "0" * 64}, {"n": 1, "before": "a" * 64}, {"n": 0}, {"n": 2, "before": ""},
     {"device": "x"}, {"lat": 91}, {"lat": None}, {"accuracy": "far"}, {"taken": "today"}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_though_its_link_is_right(said: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        stage(**said)


@pytest.mark.parametrize("hours", [1, -24 * 15])
def test_the_future_and_the_distant_past_are_refused(hours: int) -> None:
    with pytest.raises(Invalid):
        stage(taken=(clock.now() + timedelta(hours=hours)).isoformat())


@pytest.mark.parametrize("text", ["{", "[]", "1", "{}", "null", "[" * 900, "x" * 3000])
def test_what_is_no_such_line_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        stage_photo(io.BytesIO(make_jpeg()), draft="draft", captured=text)
