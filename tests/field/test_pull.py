"""Pulling: only what is theirs, only what changed, in few queries and few bytes."""

import gzip
import uuid

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gulou.cases import operations
from gulou.cases.states import State
from gulou.catalogue.operations import describe_reason
from gulou.catalogue.states import ReasonKind
from gulou.field import contract, cursor, shapes
from gulou.field.cursor import Held
from gulou.people.models import User
from tests.cases.test_revisits import ALL_BLIND, closed, ma  # noqa: F401  a fixture
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, reason

from .phones import ME, MINE, PULL, a_phone, pull, send


def test_the_contract_that_the_client_is_built_by_is_the_one_that_is_served() -> None:
    assert contract.main(["--check"]) == 0, "run python -m gulou.field.contract"


def test_a_stranger_pulls_the_catalogue_and_nothing_else(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    found = pull(a_phone())
    shapes.Pulled.model_validate(found)
    assert found["whole"] and found["tasks"] == [] and found["reports"] == []
    assert kinds.rubbish.pk in [one["id"] for one in found["catalogue"]["categories"]]
    assert {one["kind"] for one in found["catalogue"]["reasons"]} == {"return", "rework"}
    assert pull(a_phone(), found["cursor"])["catalogue"] is None


def test_a_handler_gets_all_that_the_street_needs(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    found = pull(a_phone(cast.lin))
    shapes.Pulled.model_validate(found)
    (task,) = found["tasks"]
    assert (task["kind"], task["case"], task["version"]) == ("handle", case.number, case.version)
    assert {"handle", "return"} <= set(task["moves"]) and "close" not in task["moves"]
    assert task["words"] == ["路边有垃圾"] and task["lat"] == case.lat and not task["blind"]
    assert pull(a_phone(cast.zhao))["tasks"] == []


def test_only_what_changed_comes_again_and_what_is_gone_is_named(cast: Cast, kinds: Kinds) -> None:
    stays, goes = (a_case(cast, kinds.rubbish, state=State.DISPATCHED) for _ in range(2))
    phone = a_phone(cast.lin)
    first = pull(phone)
    same = pull(phone, first["cursor"])
    assert not same["whole"] and same["tasks"] == same["gone"] == [] and same["catalogue"] is None
    assert same["reports"] is None
    operations.accept_case(stays, by=cast.lin, seen=None)
    operations.return_case(goes, by=cast.lin, reason_id=reason("return").pk, words="不归我们管")
    second = pull(phone, same["cursor"])
    assert [task["case"] for task in second["tasks"]] == [stays.number]
    assert second["gone"] == [f"case-{goes.number}"]
    assert pull(phone, second["cursor"])["tasks"] == []


def test_a_cursor_of_somebody_else_or_of_nobody_gives_everything(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLING)
    theirs = pull(a_phone(cast.lin))["cursor"]
    for wrong in (theirs, "nonsense", "AAAA", theirs[:-9]):
        found = pull(a_phone(cast.chen), wrong)
        assert found["whole"] and found["gone"] == [] and found["catalogue"] is not None
    assert pull(a_phone(cast.lin, language="zh-hans"), theirs)["whole"]


def test_another_word_in_the_catalogue_sends_it_again(cast: Cast, kinds: Kinds) -> None:
    phone = a_phone(cast.lin)
    cursor = pull(phone)["cursor"]
    one = reason("rework")
    describe_reason(one.pk, {"name_zh": "没弄干净"}, by="system")
    found = pull(phone, cursor)["catalogue"]["reasons"]
    assert "没弄干净" in [each["name_zh"] for each in found if each["kind"] == ReasonKind.REWORK]


def test_an_independent_recheck_reveals_nothing_of_the_first(
    cast: Cast,
    kinds: Kinds,
    ma: User,  # noqa: F811
) -> None:
    case = closed(cast, kinds, ALL_BLIND)
    found = pull(a_phone(ma))
    shapes.Pulled.model_validate(found)
    (task,) = found["tasks"]
    assert task["blind"] and task["kind"] == "recheck" and task["moves"] == ["look_back"]
    assert task["case"] == "" and task["version"] is None and task["after"]
    told = a_phone(ma).get(PULL).content.decode()
    assert case.number not in told and "已核查" not in told and '"He"' not in told


def test_a_pull_of_three_hundred_tasks_is_few_queries_and_few_bytes(
    cast: Cast, kinds: Kinds, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        a_case(cast, kinds.rubbish, state=State.HANDLING)
    phone = a_phone(cast.lin)
    pull(phone)
    with django_assert_max_num_queries(16) as few:
        pull(phone)
    for _ in range(5):
        a_case(cast, kinds.rubbish, state=State.HANDLING)
    with django_assert_max_num_queries(len(few)):
        assert len(pull(phone)["tasks"]) == 8


def test_what_is_pulled_is_packed(cast: Cast, kinds: Kinds) -> None:
    answer = a_phone(cast.lin).get(PULL, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip" and b"cursor" in gzip.decompress(answer.content)
    assert "no-store" in answer["Cache-Control"]


def test_the_app_learns_who_it_is_for(cast: Cast) -> None:
    nobody, chen = a_phone().get(ME).json(), a_phone(cast.chen).get(ME).json()
    for found in (nobody, chen):
        shapes.Me.model_validate(found)
    assert not nobody["signed_in"] and nobody["may"]["snap"] and not nobody["may"]["handle"]
    assert chen["signed_in"] and chen["may"]["handle"] and not chen["may"]["recheck"]
    assert chen["name"] == "Chen" and chen["unit"]


def test_a_resident_reads_how_their_reports_stand_by_their_links(cast: Cast, kinds: Kinds) -> None:
    report = operations.receive_report(a_snap(kinds.rubbish))
    phone = a_phone()
    answer = send(phone, MINE, {"tokens": [report.token, "x" * 43]})
    (found,) = answer.json()
    shapes.Mine.model_validate(found)
    assert found["receipt"] == report.receipt and found["state"] == "received"
    assert report.token in found["link"]


def test_what_changes_something_needs_the_token_of_the_page(cast: Cast) -> None:
    phone = Client(enforce_csrf_checks=True, headers={"Accept": "application/json"})
    answer = send(phone, MINE, {"tokens": ["x"]})
    assert answer.status_code == 403 and answer.json()["code"] == "form.expired"


def test_the_shell_needs_nobody_and_every_address_is_the_app(cast: Cast) -> None:
    for address in ("/field/", "/field/tasks", "/field/task/case-1"):
        answer = Client().get(address)
        assert answer.status_code == 200 and b'id="field"' in answer.content
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert Client().get("/field/app.webmanifest").json()["scope"] == "/field/"
    assert Client().get("/field/api/nothing").status_code == 404


def test_a_picture_of_a_task_is_for_who_sees_it(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLED)
    (task,) = pull(a_phone(cast.he))["tasks"]
    (picture,) = task["after"]
    assert a_phone(cast.he).get(picture["thumb"]).status_code == 200
    assert a_phone(cast.zhao).get(picture["thumb"]).status_code == 404
    assert a_phone().get(picture["thumb"]).status_code == 401


def test_a_picture_is_kept_by_the_app_alone(cast: Cast, kinds: Kinds) -> None:
    a_case(cast, kinds.rubbish, state=State.HANDLED)
    phone = a_phone(cast.he)
    (picture,) = pull(phone)["tasks"][0]["after"]
    assert phone.get(picture["thumb"])["Cache-Control"] == "no-store"


def test_a_cursor_that_no_address_holds_is_left_out() -> None:
    few, many = ({f"visit-{uuid.uuid4()}": "abcdef" for _ in range(n)} for n in (3, 800))
    assert cursor.read(cursor.written(Held("1.zh", tasks=few)), reader="1.zh")
    assert cursor.written(Held("1.zh", tasks=many)) == ""
