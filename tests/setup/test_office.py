"""What the public reads of the office on every page."""

from typing import Any

from django.test import Client

from gulou.catalogue.imprint import imprint
from gulou.outbox.models import Event
from tests.conftest import Cast

PAGE = "/setup/office/"
SAID = {
    "name_zh": "榕楼随手拍", "name_en": "Ronglou Snaps", "address_en": "1 Lane Street",
    "complaint_number": "0591-00000001", "icp_number": "闽ICP备00000000号-1",
    "police_number": "闽公网安备 35010202000000号",
}  # fmt: skip


def public() -> str:
    return str(Client(headers={"Accept-Language": "en"}).get("/").content.decode())


def test_nothing_is_shown_that_the_office_did_not_say(cast: Cast) -> None:
    page = public()
    assert "footer-office" not in page and "beian" not in page
    assert "Gulou" in page


def test_what_the_office_says_stands_on_public_pages_and_is_taken_back(
    cast: Cast, keeper: Client
) -> None:
    assert keeper.post(PAGE, SAID).status_code == 302
    page = public()
    for said in ("Ronglou Snaps", "1 Lane Street", "0591-00000001", "闽ICP备00000000号-1"):
        assert said in page, said
    assert "code=35010202000000" in page
    assert "· Ronglou Snaps</title>" in page
    keeper.post(PAGE, {**SAID, "address_en": ""})
    assert "1 Lane Street" not in public()
    event = Event.objects.filter(name="imprint.changed").latest("id")
    assert event.payload["before"] == {"address_en": "1 Lane Street"}
    assert f"/setup/undo/catalogue/{event.pk}/" in keeper.get(f"{PAGE}history/").content.decode()
    keeper.post(f"/setup/undo/catalogue/{event.pk}/")
    assert "1 Lane Street" in public()


def test_it_costs_no_query_of_its_own(cast: Cast, django_assert_num_queries: Any) -> None:
    imprint()
    with django_assert_num_queries(0):
        assert imprint().name == ""


def test_only_who_keeps_the_catalogue_says_it(cast: Cast, as_user: Any, keeper: Client) -> None:
    lin = as_user(cast.lin)
    assert keeper.get(PAGE).status_code == keeper.get(f"{PAGE}history/").status_code == 200
    assert lin.get(PAGE).status_code == lin.post(PAGE, SAID).status_code == 403
    assert "Ronglou" not in public()
    too_long = keeper.post(PAGE, {**SAID, "name_zh": "长" * 41})
    assert too_long.status_code == 422 and "1 Lane Street" in too_long.content.decode()
