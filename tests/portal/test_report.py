"""Sending a report through the page, with and without its script."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gulou.cases.models import Case, CasePhoto, Report
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.sealing import unseal
from gulou.places.models import NamedPlace
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case
from tests.factories.photos import make_jpeg
from tests.portal.conftest import Sheet, staged_under, text_of, the_report

URL = "/report/"
BATH = (51.38, -2.36)
Stage = Callable[..., uuid.UUID]


def _file(
    name: str = "street.jpg", content: bytes | None = None, **photo: Any
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, make_jpeg(**photo) if content is None else content)


def test_the_form_opens_with_a_draft_that_only_the_browser_holds(
    client: Client, cast: Cast
) -> None:
    answer = client.get(URL)
    cookie = answer.cookies["report_draft"]
    assert answer.status_code == 200
    assert len(cookie.value) == 43
    assert cookie["httponly"]
    assert cookie["path"] == URL
    assert answer["Cache-Control"] == "private, no-store"


def test_it_is_sent_and_leads_to_its_receipt(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, sheet)
    report = the_report()
    assert answer.status_code == 302
    assert answer["Location"] == f"/t/{report.token}/receipt/"
    assert report.words.text == "路边有垃圾"
    assert (report.lat, report.lon) == IN_WEST
    assert report.source_system == "wgs84"
    assert report.contact is None
    assert report.case.state == State.RECEIVED


def test_it_keeps_the_language_it_was_written_in(client: Client, sheet: Sheet) -> None:
    client.post(URL, sheet, headers={"accept-language": "zh-CN"})
    assert the_report().language == "zh-hans"


def test_the_same_form_twice_gives_the_same_receipt(
    client: Client, sheet: Sheet, stage: Stage
) -> None:
    sheet["photo"] = [str(stage())]
    first, second = client.post(URL, sheet), client.post(URL, sheet)
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1


def test_the_same_form_twice_without_a_script_gives_the_same_receipt(
    client: Client, sheet: Sheet
) -> None:
    first = client.post(URL, {**sheet, "photos": _file(text="one")})
    second = client.post(URL, {**sheet, "photos": _file(text="one")})
    assert first["Location"] == second["Location"]
    assert CasePhoto.objects.count() == 1


def test_the_same_form_with_other_words_is_asked_about_and_keeps_them(
    client: Client, sheet: Sheet
) -> None:
    client.post(URL, sheet)
    answer = client.post(URL, {**sheet, "words": "又多了一堆"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "又多了一堆" in page
    assert the_report().receipt in page
    assert sheet["client_id"] not in page


@pytest.mark.parametrize(
    "other",
    [{"phone": "0591-8888 1234"}, {"address": "西门对面"}, {"name": "林一"}, {"lat": "26.0701"}],
    ids=lambda other: next(iter(other)),
)
def test_the_same_form_with_anything_else_is_asked_about(
    client: Client, sheet: Sheet, other: Sheet
) -> None:
    client.post(URL, sheet)
    answer = client.post(URL, {**sheet, **other})
    assert answer.status_code == 409
    assert next(iter(other.values())) in answer.text
    assert Report.objects.count() == 1


def test_the_same_form_with_one_more_photo_keeps_it_for_another_report(
    client: Client, sheet: Sheet, stage: Stage
) -> None:
    first = stage(text="first")
    client.post(URL, {**sheet, "photo": [str(first)]})
    second = stage(text="second")
    answer = client.post(URL, {**sheet, "photo": [str(first), str(second)]})
    assert answer.status_code == 409
    assert f'value="{second}"' in answer.text
    assert f'value="{first}"' not in answer.text
    assert "One photo went with the first report" in text_of(answer)
    fresh = re.search(r'name="client_id" value="([^"]+)"', answer.text)
    assert fresh is not None
    sent = client.post(URL, {**sheet, "client_id": fresh[1], "photo": [str(second)]})
    assert sent.status_code == 302
    assert Report.objects.count() == 2


def test_the_same_form_twice_is_received_though_the_limit_is_reached(
    client: Client, sheet: Sheet, stage: Stage, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, reports_per_hour=1)
    sheet |= {"photo": [str(stage(taken=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)))]}
    first, second = client.post(URL, sheet), client.post(URL, sheet)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]


def test_a_file_that_came_twice_does_not_wait_for_the_next_report(
    client: Client, sheet: Sheet
) -> None:
    for _time in range(2):
        client.post(URL, {**sheet, "photos": _file(text="one")})
    assert staged_under() == []


def test_a_contact_is_kept_encrypted(client: Client, sheet: Sheet) -> None:
    client.post(
        URL, {**sheet, "name": "林一", "phone": "0591-8888 1234", "email": "lin@example.org"}
    )
    contact = the_report().contact
    assert contact is not None
    assert b"8888" not in bytes(contact.sealed)
    assert "0591-8888 1234" in unseal(bytes(contact.sealed))


# Photos


def test_photos_sent_before_go_with_the_report(client: Client, sheet: Sheet, stage: Stage) -> None:
    uids = [stage(text="a"), stage(text="b")]
    client.post(URL, {**sheet, "photo": [str(uid) for uid in uids]})
    assert [p.photo.uid for p in CasePhoto.objects.order_by("position")] == uids


def test_files_of_a_form_without_a_script_go_with_the_report(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, {**sheet, "photos": [_file(text="a"), _file(text="b")]})
    assert answer.status_code == 302
    assert CasePhoto.objects.count() == 2


def test_a_refused_form_loses_no_photo_no_pin_no_word(client: Client, sheet: Sheet) -> None:
    sheet |= {"category": "", "phone": "not a number", "address": "西门对面"}
    answer = client.post(URL, {**sheet, "photos": _file(text="a")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Report.objects.exists()
    (uid,) = staged_under()
    for kept in (f'value="{uid}"', "路边有垃圾", "26.07", "119.29", "西门对面", "not a number"):
        assert kept in page
    sheet |= {"category": str(_kind_id(page)), "phone": "", "photo": [str(uid)]}
    assert client.post(URL, sheet).status_code == 302
    assert CasePhoto.objects.get().photo.uid == uid


def _kind_id(page: str) -> int:
    return int(page.split('name="category" value="')[1].split('"')[0])


def test_a_refused_photo_is_named_and_the_good_ones_stay(client: Client, sheet: Sheet) -> None:
    files = [_file(text="good"), _file("note.jpg", b"%PDF-1.4 no photo")]
    answer = client.post(URL, {**sheet, "photos": files})
    assert answer.status_code == 422
    assert "note.jpg: This is a PDF file" in text_of(answer)
    assert len(staged_under()) == 1


def test_a_photo_is_taken_back_without_a_script(client: Client, sheet: Sheet, stage: Stage) -> None:
    keep, drop = stage(text="a"), stage(text="b")
    answer = client.post(URL, {**sheet, "photo": [str(keep), str(drop)], "discard": str(drop)})
    assert answer.status_code == 200
    assert staged_under() == [keep]
    assert not Report.objects.exists()
    assert "路边有垃圾" in answer.content.decode()


def test_photos_are_added_without_a_script_and_nothing_is_checked_yet(
    client: Client, cast: Cast
) -> None:
    answer = client.post(URL, {"do": "add", "draft": "d" * 43, "photos": _file()})
    assert answer.status_code == 200
    assert len(staged_under()) == 1
    assert 'role="alert"' not in answer.content.decode()


def test_the_photos_of_another_draft_stay_there(client: Client, sheet: Sheet, stage: Stage) -> None:
    theirs = stage(draft="e" * 43)
    answer = client.post(URL, {**sheet, "photo": [str(theirs)]})
    assert answer.status_code == 409
    assert not Report.objects.exists()
    assert staged_under("e" * 43) == [theirs]


def test_a_photo_or_words_are_needed(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, {**sheet, "words": ""})
    assert answer.status_code == 422
    assert "Add a photo or say in a few words" in text_of(answer)


# Where and when


def test_the_place_comes_from_the_photo_where_nothing_else_says(
    client: Client, sheet: Sheet
) -> None:
    sheet |= {"lat": "", "lon": ""}
    client.post(URL, {**sheet, "photos": _file(gps=IN_WEST, accuracy_m=12)})
    report = the_report()
    assert (round(report.lat, 4), round(report.lon, 4)) == IN_WEST
    assert report.accuracy_m == pytest.approx(12, abs=0.1)


def test_the_pin_of_a_person_stands_above_the_photo(client: Client, sheet: Sheet) -> None:
    client.post(URL, {**sheet, "place_source": "pin", "photos": _file(gps=(26.09, 119.31))})
    assert the_report().lat == IN_WEST[0]


def test_the_accuracy_of_a_device_is_kept_and_that_of_a_pin_is_not(
    client: Client, sheet: Sheet
) -> None:
    client.post(URL, {**sheet, "accuracy": "25", "place_source": "device"})
    client.post(
        URL,
        {**sheet, "client_id": str(uuid.uuid4()), "accuracy": "25", "place_source": "pin",
         "joins": "", "asked": "near"},
    )  # fmt: skip
    assert list(Report.objects.order_by("pk").values_list("accuracy_m", flat=True)) == [25, None]


def test_a_place_is_found_by_name_and_chosen_without_a_script(
    client: Client, sheet: Sheet, park: NamedPlace
) -> None:
    sheet |= {"lat": "", "lon": ""}
    answer = client.post(URL, {**sheet, "do": "find_place", "place_q": "西湖"})
    page = answer.content.decode()
    assert "West Lake Park" in page
    assert "路边有垃圾" in page
    choice = page.split('name="place" value="')[1].split('"')[0]
    assert client.post(URL, {**sheet, "place": choice}).status_code == 302
    report = the_report()
    assert (report.lat, report.lon) == (park.lat, park.lon)
    assert report.address.startswith("West Lake Park")


def test_a_place_that_nobody_knows_says_so(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, {**sheet, "do": "find_place", "place_q": "乌有"})
    assert "Nothing by this name" in text_of(answer)


def test_no_place_at_all_is_asked_for(client: Client, sheet: Sheet) -> None:
    answer = client.post(URL, {**sheet, "lat": "", "lon": ""})
    assert answer.status_code == 422
    assert "Say where it is" in text_of(answer)


def test_a_photo_from_bath_gets_the_right_words_and_stays(client: Client, sheet: Sheet) -> None:
    sheet |= {"lat": "", "lon": ""}
    answer = client.post(URL, {**sheet, "photos": _file(gps=BATH)})
    assert answer.status_code == 422
    assert "This place is outside Area D" in text_of(answer)
    assert "路边有垃圾" in answer.content.decode()
    assert len(staged_under()) == 1


def test_the_time_comes_from_the_photo(client: Client, sheet: Sheet) -> None:
    taken = timezone.localtime(clock.now()).replace(microsecond=0) - timedelta(hours=3)
    client.post(URL, {**sheet, "photos": _file(taken=taken)})
    assert the_report().snapped_at == taken


@pytest.mark.parametrize("hours", [2, 24 * 400])
def test_a_camera_whose_clock_runs_ahead_stops_nobody(
    client: Client, sheet: Sheet, hours: int
) -> None:
    taken = timezone.localtime(clock.now()) + timedelta(hours=hours)
    answer = client.post(URL, {**sheet, "photos": _file(taken=taken)})
    assert answer.status_code == 302
    assert the_report().snapped_at is None


# Before sending


def _at(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.FILED)


def test_the_same_thing_nearby_is_shown_once_and_nothing_is_lost(
    client: Client, sheet: Sheet, cast: Cast, kinds: Kinds
) -> None:
    case = _at(cast, kinds)
    answer = client.post(URL, sheet)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert Report.objects.count() == 1
    assert str(case.uid) in page
    assert "路边有垃圾" in page
    assert 'name="asked" value="near"' in page
    assert client.post(URL, {**sheet, "asked": "near", "joins": ""}).status_code == 302
    assert Case.objects.count() == 2


def test_of_other_peoples_reports_nothing_is_shown_before_it_was_released(
    client: Client, sheet: Sheet, cast: Cast, kinds: Kinds
) -> None:
    a_case(
        cast, kinds.rubbish, state=State.FILED, words="王阿姨家门口", address="三坊七巷 9 号 402"
    )
    answer = client.post(reverse("portal:check"), {**sheet, "words": "垃圾"})
    page = text_of(answer)
    assert "something of this kind is known close by" in page
    for private in ("王阿姨", "402", "Area W", " m away", " ago", "just now"):
        assert private not in page, private


def test_me_too_joins_the_case_and_gets_a_receipt_of_its_own(
    client: Client, sheet: Sheet, cast: Cast, kinds: Kinds
) -> None:
    case = _at(cast, kinds)
    answer = client.post(URL, {**sheet, "asked": "near", "joins": str(case.uid)})
    report = Report.objects.order_by("pk").last()
    assert report is not None
    assert answer["Location"] == f"/t/{report.token}/receipt/"
    assert report.me_too
    assert report.case == case


def test_danger_is_pointed_to_its_number_once_and_never_stops_a_report(
    client: Client, sheet: Sheet, channels: None
) -> None:
    sheet["words"] = "垃圾桶着火了"
    answer = client.post(URL, sheet)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'href="tel:119"' in page
    assert "垃圾桶着火了" in page
    assert client.post(URL, {**sheet, "asked": "channels"}).status_code == 302


def test_the_check_shows_what_is_near_while_one_types(
    client: Client, sheet: Sheet, cast: Cast, kinds: Kinds, channels: None
) -> None:
    case = _at(cast, kinds)
    answer = client.post(reverse("portal:check"), {**sheet, "words": "fire"})
    page = answer.content.decode()
    assert str(case.uid) in page
    assert "tel:119" in page
    assert "<html" not in page


def test_the_check_tells_of_a_pin_outside(client: Client, sheet: Sheet) -> None:
    lat, lon = BATH
    answer = client.post(reverse("portal:check"), {"lat": lat, "lon": lon})
    assert "outside Area D" in text_of(answer)


def test_categories_are_found_by_words_and_the_chosen_one_stays(
    client: Client, kinds: Kinds
) -> None:
    answer = client.post(
        reverse("portal:categories"), {"category_q": "rubbish", "category": str(kinds.smoking.pk)}
    )
    page = answer.content.decode()
    assert f'value="{kinds.rubbish.pk}"' in page
    assert f'value="{kinds.smoking.pk}" checked' in page


def test_categories_are_found_without_a_script(client: Client, sheet: Sheet, kinds: Kinds) -> None:
    answer = client.post(URL, {**sheet, "do": "find_category", "category_q": "吸烟"})
    assert "found-tiles" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_category_can_be_chosen_by_the_address(client: Client, cast: Cast, kinds: Kinds) -> None:
    page = client.get(f"{URL}?category={kinds.rubbish.pk}").content.decode()
    assert f'value="{kinds.rubbish.pk}" checked' in page


# Too many


def test_a_network_may_send_so_many_reports_an_hour(
    client: Client, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    _allow(monkeypatch, 2)
    sheet["asked"] = "near"
    for _ in range(2):
        assert client.post(URL, {**sheet, "client_id": str(uuid.uuid4())}).status_code == 302
    answer = client.post(URL, {**sheet, "client_id": str(uuid.uuid4()), "words": "第三件"})
    assert answer.status_code == 429
    assert "Send yours again after" in text_of(answer)
    assert "第三件" in answer.content.decode()
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert client.post(URL, {**sheet, "client_id": str(uuid.uuid4())}).status_code == 302


def _allow(monkeypatch: pytest.MonkeyPatch, most: int, proxies: int = 0) -> None:
    from dataclasses import replace

    from django.conf import settings

    changed = replace(settings.GULOU, reports_per_hour=most, trusted_proxies=proxies)
    monkeypatch.setattr(settings, "GULOU", changed)


def test_another_network_is_not_held_back(
    client: Client, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    _allow(monkeypatch, 1)
    sheet["asked"] = "near"
    client.post(URL, sheet)
    again = {**sheet, "client_id": str(uuid.uuid4())}
    assert client.post(URL, again, REMOTE_ADDR="192.0.2.9").status_code == 302


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 302)])
def test_a_forwarded_address_counts_only_behind_our_proxy(
    client: Client, sheet: Sheet, monkeypatch: pytest.MonkeyPatch, proxies: int, status: int
) -> None:
    _allow(monkeypatch, 1, proxies)
    sheet["asked"] = "near"
    client.post(URL, sheet, headers={"x-forwarded-for": "192.0.2.1"})
    answer = client.post(
        URL, {**sheet, "client_id": str(uuid.uuid4())}, headers={"x-forwarded-for": "192.0.2.2"}
    )
    assert answer.status_code == status


def test_what_a_caller_puts_before_our_proxy_is_not_believed(
    client: Client, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    _allow(monkeypatch, 1, 1)
    sheet["asked"] = "near"
    for fake, status in (("198.51.100.1", 302), ("198.51.100.2", 429)):
        answer = client.post(
            URL, {**sheet, "client_id": str(uuid.uuid4())},
            headers={"x-forwarded-for": f"{fake}, 192.0.2.1"},
        )  # fmt: skip
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("looked_for", "told"),
    [({"place_q": "乌有"}, "Nothing by this name"), ({"category_q": "吸烟"}, "Found:")],
)
def test_the_enter_key_in_a_search_looks_up_and_sends_nothing(
    client: Client, sheet: Sheet, looked_for: dict[str, str], told: str
) -> None:
    answer = client.post(URL, {**sheet, **looked_for, "do": "enter"})
    assert told in text_of(answer)
    assert not Report.objects.exists()


def test_the_enter_key_elsewhere_sends(client: Client, sheet: Sheet) -> None:
    assert client.post(URL, {**sheet, "do": "enter"}).status_code == 302


def test_a_me_too_needs_neither_words_nor_photo(
    client: Client, sheet: Sheet, cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    answer = client.post(URL, {**sheet, "words": "", "asked": "near", "joins": str(case.uid)})
    assert answer.status_code == 302
    assert Report.objects.filter(case=case).count() == 2
