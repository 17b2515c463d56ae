"""What the tests of the public face share: a filled-in form, staged photos, a page's text."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gulou.cases.models import Report
from gulou.catalogue.models import Elsewhere
from gulou.photos.queries import staged_photos
from gulou.places.cells import cell_of
from gulou.places.models import NamedPlace
from tests.conftest import Cast, Kinds
from tests.desk.conftest import as_user
from tests.factories.cases import IN_WEST
from tests.factories.photos import make_jpeg

__all__ = ["as_user"]

Sheet = dict[str, Any]


@pytest.fixture(autouse=True)
def _empty_cache(clean_cache: None) -> None:
    """The counters of one test are not another's."""


@pytest.fixture
def sheet(cast: Cast, kinds: Kinds) -> Sheet:
    """A form that can be sent: rubbish in the western street, in words."""
    lat, lon = IN_WEST
    return {
        "client_id": str(uuid.uuid4()), "draft": "d" * 43, "lat": str(lat), "lon": str(lon),
        "category": str(kinds.rubbish.pk), "words": "路边有垃圾", "do": "send",
    }  # fmt: skip


@pytest.fixture
def stage(client: Client) -> Callable[..., uuid.UUID]:
    """Stages a photo under a draft, as the page's script does."""

    def staged(draft: str = "d" * 43, **photo: Any) -> uuid.UUID:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("p.jpg", make_jpeg(**{"text": draft, **photo}), "image/jpeg")
        answer = client.post(
            reverse("portal:stage"), {"draft": draft, "file": file},
            headers={"accept": "application/json"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.content
        return uuid.UUID(answer.json()["uid"])

    return staged


@pytest.fixture
def channels(db: None) -> None:
    """119 for fire, 12388 for officials."""
    Elsewhere.objects.create(
        code="fire", kind="danger", number="119", name_zh="火警", name_en="Fire brigade",
        words_zh="请拨打 119。", words_en="Leave first, then call 119.", keywords=["着火", "fire"],
    )  # fmt: skip
    Elsewhere.objects.create(
        code="officials", kind="complaint", number="12388", name_zh="反映干部违纪", rank=2,
        name_en="Misconduct", words_zh="请拨打 12388。", words_en="Call 12388.", keywords=["受贿"],
    )  # fmt: skip


@pytest.fixture
def park(cast: Cast) -> NamedPlace:
    """西湖公园, in the western street."""
    lat, lon = 26.07, 119.285
    from gulou.kit.words import bigrams

    return NamedPlace.objects.create(
        name_zh="西湖公园", name_en="West Lake Park", lat=lat, lon=lon, cell=cell_of(lat, lon),
        terms=bigrams("西湖公园 West Lake Park"),
    )  # fmt: skip


def text_of(answer: Any) -> str:
    """The words of a page, without its tags."""
    body = re.sub(r"(?s)<(script|svg|template).*?</\1>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def the_report() -> Report:
    """The only report there is."""
    return Report.objects.select_related("words", "case", "contact").get()


def staged_under(draft: str = "d" * 43) -> list[uuid.UUID]:
    return [photo.uid for photo in staged_photos(draft)]
