"""The API: it answers what the desk shows, and refuses what the desk refuses."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from gulou.api.moves import _MOVES
from gulou.cases import operations
from gulou.cases.models import Case, Report
from gulou.cases.states import MOVES, State
from gulou.catalogue.operations import describe_channel
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case, a_snap, drawn, reason
from tests.factories.photos import make_jpeg

LIST = "/api/v1/cases"
REPORTS = "/api/v1/reports"


def as_user(user: User | None, **more: Any) -> Client:
    client = Client(headers={"Accept": "application/json", "Accept-Language": "en"}, **more)
    if user is not None:
        client.force_login(user)
        session = client.session
        from gulou.kit import clock
        from gulou.people.adapter import SEEN_AT, SIGNED_IN_AT

        session[SEEN_AT] = session[SIGNED_IN_AT] = clock.now().timestamp()
        session.save()
    return client


def send(client: Client, url: str, content: Any) -> Any:
    return client.post(url, json.dumps(content), content_type="application/json")


def moved(client: Client, case: Case, name: str, **given: Any) -> Any:
    return send(client, f"{LIST}/{case.number}/moves/{name}", {"seen": case.version, **given})


def a_report(kinds: Kinds, **given: Any) -> dict[str, Any]:
    lat, lon = IN_WEST
    return {"client_id": str(uuid.uuid4()), "category": kinds.rubbish.pk, "lat": lat, "lon": lon,
            "words": "路边有垃圾", **given}  # fmt: skip


def test_a_list_is_what_the_desk_shows_page_by_page(cast: Cast, kinds: Kinds) -> None:
    numbers = [a_case(cast, kinds.rubbish).number for _ in range(5)]
    client, key, found = as_user(cast.guo), "", []
    for _ in range(3):
        page = client.get(f"{LIST}?size=2&key={key}&state=received&state=filed").json()
        found += [row["number"] for row in page["cases"]]
        key = page["older"]
    assert found == numbers[::-1] and key == ""
    assert client.get(LIST, {"state": "closed"}).json()["cases"] == []
    assert client.get(f"{LIST}?q=垃圾&street={cast.land.east.pk}").json()["cases"] == []
    assert client.get(f"{LIST}/counts").json()["received"] == 5
    assert as_user(cast.zhao).get(LIST).json()["cases"] == []


@pytest.mark.parametrize("query", ["state=nowhere", "since=x", "size=0", "size=9999", "unit=a",
                                   "until=9999-12-31", "source=%00"])  # fmt: skip
def test_nonsense_is_refused_with_the_field(cast: Cast, query: str) -> None:
    answer = as_user(cast.guo).get(f"{LIST}?{query}")
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert query.split("=")[0] in answer.json()["field"].split(".")


def test_a_record_tells_all_and_nothing_to_who_may_not_see_it(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    told = as_user(cast.lin).get(f"{LIST}/{case.number}").json()
    assert told["state"] == "handling" and "handle" in told["moves"]
    assert told["story"][0]["name"] == "case.opened"
    assert told["reports"][0]["words"] == "路边有垃圾" and "token" not in json.dumps(told)
    answer = as_user(cast.zhao).get(f"{LIST}/{case.number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "case.not_found")
    assert as_user(cast.guo).get(f"{LIST}/%00").status_code == 404


def test_strangers_are_told_to_sign_in(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    for answer in (
        as_user(None).get(LIST),
        as_user(None).get(f"{LIST}/{case.number}"),
        moved(as_user(None), case, "file"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "api.sign_in")
    cast.guo.is_active = False
    client = as_user(cast.guo)
    cast.guo.save()
    assert client.get(LIST).status_code == 401


def test_every_move_of_the_table_can_be_made() -> None:
    assert set(_MOVES) == {move.name for move in MOVES}


def test_a_case_goes_all_its_way(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.smoking)
    draft = uuid.uuid4().hex
    staged = as_user(cast.lin).post("/api/v1/photos", {"draft": draft, "file": _jpeg()})
    assert staged.status_code == 201
    for who, name, given in (
        (cast.guo, "file", {"category": kinds.rubbish.pk}),
        (cast.guo, "dispatch", {"unit": cast.street.pk, "words": "请尽快"}),
        (cast.lin, "accept", {}),
        (cast.lin, "handle", {"words": "已清理", "photos": [staged.json()["uid"]], "draft": draft}),
        (cast.he, "close", {"words": "已核查"}),
        (cast.guo, "reopen", {"reason": reason("reopen").pk}),
    ):
        answer = moved(as_user(who), case, name, **given)
        assert answer.status_code == 200, answer.content
        case.refresh_from_db()
        assert answer.json()["state"] == case.state and answer.json()["version"] == case.version
        if name == "handle":
            drawn(case)
    assert case.category == kinds.rubbish and case.state == State.FILED


def _jpeg() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("a.jpg", make_jpeg(text="api"), content_type="image/jpeg")


def test_a_move_is_refused_as_the_desk_refuses_it(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    guo = as_user(cast.guo)
    for answer, status, code, field in (
        (moved(as_user(cast.wu), case, "file"), 403, "access.not_allowed", ""),
        (moved(as_user(cast.zhao), case, "file"), 404, "case.not_found", ""),
        (moved(guo, case, "close"), 409, "case.move_not_open", ""),
        (moved(guo, case, "vanish"), 404, "case.no_such_move", ""),
        (moved(guo, case, "decline"), 422, "case.reason_missing", "reason"),
        (moved(guo, case, "task"), 422, "api.missing", "unit"),
        (moved(guo, case, "merge", into="2000-000001"), 404, "case.not_found", ""),
        (moved(guo, case, "merge", into="\0"), 404, "case.not_found", ""),
        (moved(guo, case, "handle", draft="\0"), 422, "api.malformed", "given.draft"),
        (moved(guo, case, "file", seen=case.version + 7), 409, "case.changed_meanwhile", ""),
        (moved(guo, case, "file", seen="x"), 422, "api.malformed", "given.seen"),
        (send(guo, f"{LIST}/{case.number}/moves/file", {}), 422, "api.malformed", "given.seen"),
        (guo.post(f"{LIST}/{case.number}/moves/file", "{", content_type="application/json"), 400,
         "api.malformed", ""),
    ):  # fmt: skip
        told = answer.json()
        assert (answer.status_code, told["code"], told.get("field", "")) == (status, code, field)
        assert told["title"] and answer["Content-Type"] == "application/problem+json"
    case.refresh_from_db()
    assert case.state == State.RECEIVED


def test_a_move_without_the_token_is_refused(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    answer = moved(as_user(cast.guo, enforce_csrf_checks=True), case, "file")
    assert (answer.status_code, answer.json()["code"]) == (403, "form.expired")
    case.refresh_from_db()
    assert case.state == State.RECEIVED


def test_a_report_is_taken_in_once(cast: Cast, kinds: Kinds, clean_cache: None) -> None:
    content = a_report(kinds, name="林", phone="13800000000")
    first = send(as_user(None, enforce_csrf_checks=True), REPORTS, content)
    again = send(as_user(None), REPORTS, content)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    report = Report.objects.get()
    assert first.json()["token"] == report.token and report.token in first.json()["link"]
    other = send(as_user(None), REPORTS, {**content, "words": "别的"})
    assert (other.status_code, other.json()["code"]) == (409, "report.same_id_other_content")


def test_a_report_is_refused_as_the_form_refuses_it(
    cast: Cast, kinds: Kinds, clean_cache: None
) -> None:
    client = as_user(None)
    for given, status, field in (
        ({"lat": 0.0}, 422, "place"),
        ({"words": ""}, 422, "words"),
        ({"category": kinds.retired.pk}, 422, "category"),
        ({"words": "x" * 2001}, 422, "words"),
        ({"snapped_at": "2999-01-01T00:00:00+08:00"}, 422, "snapped_at"),
        ({"snapped_at": "2026-01-01T00:00:00"}, 422, "snapped_at"),
        ({"lat": 91}, 422, "sent.lat"),
        ({"client_id": "x"}, 422, "sent.client_id"),
        ({"draft": "\0", "photos": [str(uuid.uuid4())]}, 422, "sent.draft"),
        ({"snapped_at": "0001-01-01T00:00:00+14:00"}, 422, "snapped_at"),
    ):
        answer = send(client, REPORTS, a_report(kinds, **given))
        assert (answer.status_code, answer.json().get("field")) == (status, field), given
    body = json.dumps(a_report(kinds))
    assert client.post(REPORTS, body, content_type="text/plain").status_code == 415
    assert not Report.objects.exists()


def test_reports_and_photos_are_counted_with_those_of_the_form(
    cast: Cast, kinds: Kinds, clean_cache: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gulou.ui.limits import Limit

    monkeypatch.setattr(Limit, "most", property(lambda self: 1))
    assert send(as_user(None), REPORTS, a_report(kinds)).status_code == 201
    answer = send(as_user(None), REPORTS, a_report(kinds))
    assert (answer.status_code, answer.json()["code"]) == (429, "portal.too_many_reports")
    form = {"draft": uuid.uuid4().hex, "file": _jpeg()}
    assert as_user(None).post("/api/v1/photos", form).status_code == 201
    form["file"] = _jpeg()
    assert as_user(None).post("/api/v1/photos", form).status_code == 429


def test_a_refusal_is_in_the_language_of_the_reader(cast: Cast) -> None:
    client = as_user(None)
    words = client.get(LIST, headers={"Accept-Language": "zh-CN"}).json()["title"]
    assert words == "请先登录。"


def test_it_describes_itself_and_says_where_nothing_is(db: None) -> None:
    told = as_user(None).get("/api/v1/openapi.json").json()
    assert "/api/v1/cases/{number}/moves/{move}" in told["paths"]
    answer = as_user(None).get("/api/v1/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "page.missing")


def test_a_case_merged_by_the_api_goes_into_the_one_named(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish)
    into = operations.receive_report(a_snap(kinds.rubbish)).case
    assert moved(as_user(cast.guo), case, "merge", into=into.number).status_code == 200
    case.refresh_from_db()
    assert case.merged_into == into


def test_while_the_api_is_closed_it_says_so_in_the_offices_words(
    cast: Cast, kinds: Kinds, clean_cache: None
) -> None:
    sent = a_report(kinds)
    assert send(as_user(None), REPORTS, sent).status_code == 201
    assert Report.objects.get().channel == "api"
    describe_channel("api", {"is_open": False, "closed_en": "Back on Monday."}, by="system")
    for answer in (
        send(as_user(None), REPORTS, a_report(kinds)),
        as_user(None).post("/api/v1/photos", {"draft": uuid.uuid4().hex, "file": _jpeg()}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "catalogue.channel_closed")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["title"] == "Back on Monday."
    assert send(as_user(None), REPORTS, sent).status_code == 200, "its receipt is kept"
    staged = {"draft": uuid.uuid4().hex, "file": _jpeg()}
    assert as_user(cast.lin).post("/api/v1/photos", staged).status_code == 201
    open_still = operations.receive_report(a_snap(kinds.rubbish))
    assert open_still.channel == "web", "the web page is open"
