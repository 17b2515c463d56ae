"""Entering for others, pictures, contacts, erasing, who is who, and what was set aside."""

import io
import json
import uuid
from typing import Any

import pytest

from gulou.cases.models import Case, Report
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.states import State
from gulou.outbox.models import Delivery, Event
from gulou.people.verbs import MEND
from gulou.photos.operations import stage_photo
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case, a_snap, evidence
from tests.factories.people import PostingFactory, RoleFactory, UserFactory
from tests.factories.photos import make_jpeg

pytestmark = pytest.mark.django_db


def told(kinds: Kinds, **given: Any) -> dict[str, Any]:
    values = {"client_id": str(uuid.uuid4()), "source": "leader", "category": kinds.rubbish.pk,
              "words": "领导看到垃圾", "lat": "26.07", "lon": "119.29", "address": "南后街",
              "name": "王先生", "phone": "13800000000", "draft": uuid.uuid4().hex}  # fmt: skip
    return {**values, **given}


def a_photo(text: str = "photo") -> io.BytesIO:
    file = io.BytesIO(make_jpeg(text=text))
    file.name = "photo.jpg"
    return file


def test_it_enters_a_report_for_a_leader(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    answer = as_user(cast.guo).post("/desk/enter/", told(kinds, photos=a_photo()))
    report = Report.objects.get()
    assert answer["Location"] == f"/desk/cases/{report.case.number}/?sent=enter"
    assert (report.source, report.channel, report.entered_by) == ("leader", "desk", cast.guo)
    assert report.contact is not None
    assert report.case.photos.count() == 1


def test_what_was_entered_does_not_come_back_as_a_draft_of_the_next(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    page = as_user(cast.guo).post("/desk/enter/", told(kinds), follow=True)
    assert 'data-draft-done="enter"' in page.text, "the browser forgets what it kept of the form"


def test_nobody_is_said_to_have_seen_it_until_one_chooses(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    guo = as_user(cast.guo)
    assert guo.post("/desk/enter/", {**told(kinds), "source": ""}).status_code == 422
    assert 'value="leader" selected' not in guo.get("/desk/enter/").text
    guo.post("/desk/enter/", told(kinds))
    assert 'value="leader" selected' in guo.get("/desk/enter/").text, "the next of a row of calls"


def test_who_may_not_see_the_case_gets_its_receipt_and_no_dead_end(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    role = RoleFactory.create(verbs=["case.enter"], reaches_below=True)
    ma = UserFactory.create(username="ma")
    PostingFactory.create(user=ma, role=role, unit=cast.root)
    client, given = as_user(ma), told(kinds)
    answer = client.post("/desk/enter/", given, follow=True)
    report = Report.objects.get()
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == f"/desk/enter/{report.uid}/"
    assert report.receipt in answer.text
    assert report.case.number in answer.text
    assert f"/desk/cases/{report.case.number}/" not in answer.text
    assert "Enter another" in answer.text
    assert client.post("/desk/enter/", given)["Location"] == f"/desk/enter/{report.uid}/?sent=enter"


def test_the_page_of_a_report_that_was_entered_is_for_who_entered_it(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    as_user(cast.guo).post("/desk/enter/", told(kinds))
    url = f"/desk/enter/{Report.objects.get().uid}/"
    assert f"/desk/cases/{Case.objects.get().number}/" in as_user(cast.guo).get(url).text
    role = RoleFactory.create(verbs=["case.enter"], reaches_below=True)
    ma = UserFactory.create(username="ma")
    PostingFactory.create(user=ma, role=role, unit=cast.root)
    assert as_user(ma).get(url).status_code == 404
    assert as_user(cast.wu).get(url).status_code == 403


def test_it_says_what_is_wrong_and_loses_nothing(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    client = as_user(cast.guo)
    for wrong in ({"lat": "", "lon": ""}, {"lat": "51.38", "lon": "-2.36"}, {"category": "0"},
                  {"words": "x" * 2001}, {"source": "queen"}, {"snapped_at": "soon"},
                  {"lat": "NaN"}, {"phone": "1" * 99}, {"client_id": "x"}, {"words": "\x00"}):  # fmt: skip
        answer = client.post("/desk/enter/", told(kinds, photos=a_photo(), **wrong))
        assert answer.status_code == 422, wrong
        assert "王先生" in answer.text
        assert answer.text.count('name="photo"') == 1, wrong
    assert not Report.objects.exists()


def test_sending_twice_gives_one_report(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    given, client = told(kinds), as_user(cast.guo)
    first, again = client.post("/desk/enter/", given), client.post("/desk/enter/", given)
    assert first["Location"] == again["Location"]
    other = client.post("/desk/enter/", {**given, "words": "别的"})
    assert other.status_code == 409
    assert Report.objects.count() == 1


def test_only_who_may_enter_enters(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    for user in (cast.wu, cast.zhao, cast.lin):
        assert as_user(user).get("/desk/enter/").status_code == 403
        assert as_user(user).post("/desk/enter/", told(kinds)).status_code == 403


def with_photo(cast: Cast, kinds: Kinds) -> tuple[Case, str]:
    shown = evidence()
    case = a_case(cast, kinds.rubbish, photos=tuple(shown.photos), draft=shown.draft)
    return case, str(shown.photos[0])


@pytest.mark.parametrize("size", ["list", "page", "full"])
def test_a_picture_is_for_who_sees_its_case(
    cast: Cast, kinds: Kinds, as_user: SignedIn, size: str
) -> None:
    _case, uid = with_photo(cast, kinds)
    answer = as_user(cast.wu).get(f"/desk/photos/{uid}/{size}")
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("private")
    assert as_user(cast.zhao).get(f"/desk/photos/{uid}/{size}").status_code == 404


def test_the_original_is_for_who_releases_pictures(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    _case, uid = with_photo(cast, kinds)
    answer = as_user(cast.guo).get(f"/desk/photos/{uid}/original")
    assert answer["Content-Disposition"].startswith("attachment")
    assert as_user(cast.wu).get(f"/desk/photos/{uid}/original").status_code == 403
    assert as_user(cast.zhao).get(f"/desk/photos/{uid}/original").status_code == 404
    assert as_user(cast.guo).get(f"/desk/photos/{uid}/huge").status_code == 404
    assert as_user(cast.guo).get(f"/desk/photos/{uuid.uuid4()}/page").status_code == 404


def test_a_photo_is_staged_shown_to_its_owner_and_taken_back(cast: Cast, as_user: SignedIn) -> None:
    draft, client = uuid.uuid4().hex, as_user(cast.lin)
    answer = client.post("/desk/drafts/", {"draft": draft, "file": a_photo()})
    assert answer.status_code == 201
    found = json.loads(answer.content)
    assert client.get(found["url"]).status_code == 200
    assert as_user(cast.guo).get(found["url"]).status_code == 404
    client.post("/desk/drafts/", {"draft": draft, "uid": found["uid"], "discard": "1"})
    assert client.get(found["url"]).status_code == 404


def test_who_only_reads_stages_no_photo(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    def given() -> dict[str, Any]:
        return {"draft": uuid.uuid4().hex, "file": a_photo()}

    nobody = UserFactory.create(username="ma")
    for user in (cast.wu, nobody):
        assert as_user(user).post("/desk/drafts/", given()).status_code == 403
    case = a_case(cast, kinds.rubbish, state=State.HANDLED)
    Case.objects.filter(pk=case.pk).update(step_person=nobody)
    assert as_user(nobody).post("/desk/drafts/", given()).status_code == 201


def test_a_bad_file_is_refused_in_json(cast: Cast, as_user: SignedIn) -> None:
    bad = io.BytesIO(b"no picture")
    bad.name = "x.jpg"
    client, asks = as_user(cast.lin), {"Accept": "application/json"}
    for given in ({"draft": "a" * 30, "file": bad}, {"draft": "", "file": a_photo()}, {"draft": "x"},
                  {"draft": "𠮷", "file": a_photo()}):  # fmt: skip
        answer = client.post("/desk/drafts/", given, headers=asks)
        assert answer.status_code == 422
        assert json.loads(answer.content)["message"]
    assert client.get("/desk/drafts/").status_code == 405


def test_a_contact_is_shown_to_who_may_and_that_is_on_record(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    snap = a_snap(kinds.rubbish, contact=ContactDetails(name="李女士", phone="13900000000"))
    report = receive_report(snap)
    url = f"/desk/cases/{report.case.number}/contact/{report.uid}/"
    assert "13900000000" not in as_user(cast.guo).get(f"/desk/cases/{report.case.number}/").text
    assert "13900000000" in as_user(cast.guo).post(url).text
    assert as_user(cast.wu).post(url).status_code == 403
    assert as_user(cast.zhao).post(url).status_code == 404
    assert as_user(cast.guo).get(url).status_code == 405


def test_a_tracking_link_is_only_handed_over_by_who_may_and_on_record(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    report = receive_report(a_snap(kinds.rubbish))
    record = f"/desk/cases/{report.case.number}/"
    url = f"{record}link/{report.uid}/"
    for user in (cast.guo, cast.wu, cast.lin):
        assert report.token not in as_user(user).get(record).text
    assert "Hand over the tracking link" not in as_user(cast.wu).get(record).text
    assert f"http://testserver/t/{report.token}/" in as_user(cast.guo).post(url).text
    assert Event.objects.filter(name="report.link_handed_over").count() == 1
    assert as_user(cast.wu).post(url).status_code == 403
    assert as_user(cast.zhao).post(url).status_code == 404
    assert as_user(cast.guo).get(url).status_code == 405


def test_words_are_erased_after_asking_once(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    snap = a_snap(kinds.rubbish, words="请删掉这句话", contact=ContactDetails(phone="139"))
    report = receive_report(snap)
    url, client = f"/desk/cases/{report.case.number}/erase/", as_user(cast.guo)
    asks = client.get(url, {"words": report.words_id})
    assert "Erase for good" in asks.text
    assert client.post(url, {"words": report.words_id}).status_code == 302
    page = client.get(f"/desk/cases/{report.case.number}/")
    assert "请删掉这句话" not in page.text
    assert "Erased on request" in page.text
    assert client.post(url, {"contact": str(report.uid)}).status_code == 302
    assert client.post(url, {"words": "\x00"}).status_code == 404
    assert as_user(cast.wu).get(url).status_code == 403
    assert as_user(cast.wu).post(url, {"words": report.words_id}).status_code == 403
    assert as_user(cast.zhao).post(url, {"words": report.words_id}).status_code == 404


def test_a_restricted_case_is_hidden_from_who_may_not_know(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.REDIRECTED)
    assert as_user(cast.guo).get(f"/desk/cases/{case.number}/").status_code == 200
    assert as_user(cast.wu).get(f"/desk/cases/{case.number}/").status_code == 404


def test_who_is_who_shows_every_unit(cast: Cast, as_user: SignedIn) -> None:
    page = as_user(cast.wu).get("/desk/units/")
    for unit in (cast.office, cast.street, cast.community):
        assert unit.name_en in page.text


def test_what_was_set_aside_is_shown_and_tried_again(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    role = RoleFactory.create(verbs=[MEND], reaches_below=True)
    PostingFactory.create(user=cast.guo, role=role, unit=cast.root)
    stage_photo(a_photo(), draft="d" * 30)
    with_photo(cast, kinds)
    delivery = Delivery.objects.all()[:1].get()
    Delivery.objects.filter(pk=delivery.pk).update(
        set_aside_at=delivery.due_at, error="OSError", attempts=8
    )
    client = as_user(cast.guo)
    assert "OSError" in client.get("/desk/deliveries/").text
    assert client.get(f"/desk/deliveries/{delivery.pk}/retry/").status_code == 405
    assert client.post(f"/desk/deliveries/{delivery.pk}/retry/").status_code == 302
    delivery.refresh_from_db()
    assert delivery.set_aside_at is None
    assert client.post(f"/desk/deliveries/{10**30}/retry/").status_code == 302
    for user in (cast.wu, cast.zhao):
        assert as_user(user).get("/desk/deliveries/").status_code == 403
        assert as_user(user).post(f"/desk/deliveries/{delivery.pk}/retry/").status_code == 403


def test_borders_are_sent_once(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.lin)
    first = client.get("/desk/map/areas.json")
    assert json.loads(first.content)["features"]
    again = client.get("/desk/map/areas.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    for text in ("", "\x00", "x" * 500, "𠮷"):
        assert client.get("/desk/map/places.json", {"q": text}).status_code == 200
