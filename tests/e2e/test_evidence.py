"""A faked picture is shown as what it seems to be and caught; a face is covered with the pointer."""

import io
import os
from datetime import timedelta
from typing import Any

import pytest

from gulou.cases import operations
from gulou.cases.models import Case, FakedPhoto, PhotoKind
from gulou.cases.operations import Evidence
from gulou.cases.states import State
from gulou.kit import clock
from gulou.outbox.deliver import deliver_all
from gulou.photos.models import Photo
from gulou.photos.operations import stage_photo
from tests.browser import violations
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason
from tests.factories.scenes import jpeg, scene

from .conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def staged(data: bytes, draft: str) -> Evidence:
    return Evidence(photos=[stage_photo(io.BytesIO(data), draft=draft).uid], draft=draft)


@pytest.fixture
def faked(cast: Cast, kinds: Kinds) -> Case:
    """Handled with the picture from before, cropped and saved again."""
    reason("rework")
    place = scene(1)
    first = staged(jpeg(place), "first")
    case = a_case(
        cast, kinds.rubbish, state=State.HANDLING, photos=tuple(first.photos), draft=first.draft
    )
    again = jpeg(place.crop((12, 9, 636, 474)), quality=60)
    operations.handle_case(case, by=cast.lin, words="已清理", evidence=staged(again, "again"))
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_all()
    return Case.objects.get(pk=case.pk)


def test_a_faked_picture_is_caught(cast: Cast, faked: Case, open_as: Open) -> None:
    page = open_as(cast.he, f"/desk/cases/{faked.number}/rework/")
    shown = page.locator("#examined")
    shown.get_by_text("It is a picture from before").wait_for()
    shown.get_by_text("is the same to the grain").wait_for()
    assert shown.locator("img").count() == 2, "both stand side by side"
    assert violations(page) == []
    _shoot(open_as(cast.he, f"/desk/cases/{faked.number}/rework/", english=False), "rework")
    page.get_by_label("Picture after handling").check()
    page.locator("#id_reason input").first.check()
    page.locator("#id_words").fill("It is the picture from before")
    page.locator("#move").get_by_role("button", name="Send back for rework").click()
    page.get_by_text("went back for rework").first.wait_for()
    record = open_as(cast.guo, f"/desk/cases/{faked.number}/")
    record.get_by_text("a picture was confirmed to be a fake").first.wait_for()
    sent = faked.photos.get(kind=PhotoKind.AFTER)
    assert FakedPhoto.objects.get().evidence == sent
    assert Case.objects.get(pk=faked.pk).state == State.HANDLING


def test_a_cover_is_drawn_with_the_pointer(cast: Cast, faked: Case, open_as: Open) -> None:
    photo = faked.photos.get(kind=PhotoKind.BEFORE).photo
    address = f"/desk/cases/{faked.number}/photos/{photo.uid}/"
    page = open_as(cast.guo, address)
    box = page.locator(".covers").bounding_box()
    at = [
        (box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        for x, y in ((0.2, 0.3), (0.5, 0.6))
    ]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1])
    page.mouse.up()
    assert float(page.locator("#id_width_1").input_value()) == pytest.approx(30, abs=1)
    assert page.locator(".cover-drawn").count() == 1
    assert violations(page) == []
    page.get_by_role("button", name="Save covers").click()
    page.locator(".cover-standing").wait_for(state="attached")
    (cover,) = photo.covers.all()
    assert (cover.x, cover.height) == pytest.approx((0.2, 0.3), abs=0.02)
    assert Photo.objects.get(pk=photo.pk).public_uid is None, "the old public copy is gone"
    _shoot(open_as(cast.guo, address, english=False, width=390), "covers")


def _shoot(page: Any, name: str) -> None:
    """For whoever looks at the pages: SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
