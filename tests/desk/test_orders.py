"""The pages of supervision orders, and what comes of them on paper."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from gulou.orders import operations
from gulou.orders.models import Notice, Official, Order
from gulou.people.adapter import SEEN_AT, SIGNED_IN_AT
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.photos import make_jpeg


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


def _in(client: Client, user: User) -> Client:
    """The client, signed in as this person."""
    client.force_login(user, backend="gulou.people.backend.Backend")
    session = client.session
    session[SEEN_AT] = session[SIGNED_IN_AT] = clock.now().timestamp()
    session.save()
    return client


def _day(days: int = 7) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def an_order(cast: Cast, case: Case) -> Order:
    return operations.give_order(
        case,
        by=cast.guo,
        words="三天内清完",
        due_at=clock.now() + timedelta(days=3),
        person=cast.lin,
    )


def test_an_order_is_given_answered_and_accepted_on_pages(
    cast: Cast, case: Case, client: Client
) -> None:
    office = _in(client, cast.guo)
    record = office.get(f"/desk/cases/{case.number}/").content.decode()
    assert f"/desk/orders/give/?number={case.number}" in record
    form = office.get(f"/desk/orders/give/?number={case.number}")
    assert form.status_code == 200 and case.number in form.content.decode()
    sent = {"number": case.number, "give": "1", "words": "三天内清完", "due": _day(),
            "person": str(cast.lin.pk)}  # fmt: skip
    answer = office.post("/desk/orders/give/", sent)
    order = Order.objects.get()
    assert answer.status_code == 302 and answer.url == f"/desk/orders/{order.uid}/"  # type: ignore[attr-defined]  # a redirect
    assert "Under supervision" in office.get(f"/desk/cases/{case.number}/").content.decode()

    unit = _in(Client(), cast.lin)
    assert "三天内清完" in unit.get("/desk/").content.decode()
    page = f"/desk/orders/{order.uid}/"
    assert unit.post(page, {"act": "accept", "words": ""}).status_code == 403
    empty = unit.post(page, {"act": "answer", "words": " "})
    assert empty.status_code == 422
    assert unit.post(page, {"act": "answer", "words": "已清运"}).status_code == 302
    assert "已清运" in office.get(page).content.decode()
    assert "Answers to supervision orders" in office.get("/desk/").content.decode()
    assert office.post(page, {"act": "accept", "words": ""}).status_code == 302
    order.refresh_from_db()
    assert order.state == "accepted"


def test_many_are_given_from_the_list_and_what_is_refused_is_said(
    cast: Cast, kinds: Kinds, case: Case, client: Client
) -> None:
    other = a_case(cast, kinds.smoking, state=State.HANDLING)
    an_order(cast, case)
    office = _in(client, cast.guo)
    ticked = {"case": [f"{one.number}:{one.version}" for one in (case, other)]}
    shown = office.post("/desk/orders/give/", ticked)
    assert shown.status_code == 200 and not Order.objects.filter(case=other).exists()
    sent = {"number": [case.number, other.number], "give": "1", "words": "集中整改", "due": _day(),
            "person": str(cast.lin.pk)}  # fmt: skip
    told = office.post("/desk/orders/give/", sent).content.decode()
    assert Order.objects.filter(case=other).exists()
    assert "under supervision already" in told and case.number in told


def test_who_may_not_finds_no_way_in(cast: Cast, case: Case, client: Client) -> None:
    order = an_order(cast, case)
    unit = _in(client, cast.lin)
    assert unit.get(f"/desk/orders/give/?number={case.number}").status_code == 403
    assert (
        unit.post(f"/desk/orders/{order.uid}/", {"act": "withdraw", "words": "不办"}).status_code
        == 403
    )
    assert _in(Client(), cast.zhao).get(f"/desk/orders/{order.uid}/").status_code == 404


@pytest.mark.parametrize("tab", ["mine", "judge", "all", "late", "ended", "what"])
def test_every_list_opens(cast: Cast, case: Case, client: Client, tab: str) -> None:
    an_order(cast, case)
    assert _in(client, cast.guo).get(f"/desk/orders/?tab={tab}").status_code == 200


def test_a_long_list_turns_its_pages(cast: Cast, case: Case, client: Client) -> None:
    first = an_order(cast, case)
    more = [
        Order(case=case, given_on=case, words=first.words, unit=first.unit, person=cast.lin,
              by=cast.guo, at=first.at, since=first.since, batch=first.batch, due_at=first.due_at)
        for _n in range(50)
    ]  # fmt: skip
    Order.objects.bulk_create(more)
    office = _in(client, cast.guo)
    page = office.get("/desk/orders/?tab=all").content.decode()
    assert page.count('name="order"') == 50 and "?tab=all&amp;page=1" in page
    assert ">51<" in page
    rest = office.get("/desk/orders/?tab=all&page=1").content.decode()
    assert rest.count('name="order"') == 1 and str(more[-1].uid) in rest
    assert office.get(f"/desk/orders/?page={'9' * 30}").status_code == 200
    api = office.get("/api/v1/orders?page=1").json()
    assert len(api["orders"]) == 1 and api["more"] is False


def test_one_begins_with_the_numbers_of_cases(cast: Cast, case: Case, client: Client) -> None:
    office = _in(client, cast.guo)
    assert 'href="/desk/orders/give/"' in office.get("/desk/orders/").content.decode()
    wrong = office.get("/desk/orders/give/", {"numbers": f"{case.number} NO-1"})
    assert wrong.status_code == 422 and "NO-1" in wrong.content.decode()
    there = office.get("/desk/orders/give/", {"numbers": case.number}, follow=True)
    assert there.redirect_chain == [(f"/desk/orders/give/?number={case.number}", 302)]
    assert _in(Client(), cast.lin).get("/desk/orders/give/").status_code == 403


def test_who_only_reads_and_is_named_answers_with_a_picture(
    cast: Cast, case: Case, client: Client
) -> None:
    order = an_order(cast, case)
    reader = _in(client, cast.wu)
    draft = "d" * 32

    def stage() -> Any:
        file = SimpleUploadedFile("a.jpg", make_jpeg(text="a"), "image/jpeg")
        return reader.post("/desk/drafts/", {"draft": draft, "file": file})

    assert stage().status_code == 403
    operations.hand_order_on(order, by=cast.guo, person=cast.wu)
    uid = json.loads(stage().content)["uid"]
    sent = {"act": "answer", "words": "已清运", "draft": draft, "photo": uid}
    answer = reader.post(f"/desk/orders/{order.uid}/", sent)
    assert answer["Location"].endswith(f"?sent=order-{order.uid}")
    assert len(order.answers.get().photos) == 1


def _paper(client: Client, kind: str, *orders: Order) -> bytes:
    answer = client.post(
        f"/desk/orders/papers/{kind}/", {"order": [str(one.uid) for one in orders]}
    )
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file


def _words(file: bytes) -> str:
    paper = docx.Document(io.BytesIO(file))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


@pytest.mark.parametrize("kind", ["list", "handover", "reminder"])
def test_orders_come_as_working_papers(cast: Cast, case: Case, client: Client, kind: str) -> None:
    order, office = an_order(cast, case), _in(client, cast.guo)
    said = _words(_paper(office, f"{kind}-docx", order))
    assert case.number in said and "三天内清完" in said and "〔" not in said
    pdf = _paper(office, f"{kind}-pdf", order)
    assert case.number in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_there_is_one_sheet_for_each_person(
    cast: Cast, kinds: Kinds, case: Case, client: Client
) -> None:
    first = an_order(cast, case)
    second = operations.give_order(
        a_case(cast, kinds.smoking, state=State.HANDLING), by=cast.guo, words="劝导",
        due_at=clock.now() + timedelta(days=3), person=cast.wu,
    )  # fmt: skip
    archive = zipfile.ZipFile(
        io.BytesIO(_paper(_in(client, cast.guo), "handover-docx", first, second))
    )
    assert len(archive.namelist()) == 2


def test_a_notice_is_for_a_body_that_is_entitled(cast: Cast, case: Case, client: Client) -> None:
    order, office = an_order(cast, case), _in(client, cast.guo)
    asked = {"order": [str(order.uid)]}
    assert office.post("/desk/orders/papers/notice-docx/", asked).status_code == 409
    assert not Notice.objects.exists()
    Official.objects.create(
        unit=cast.office, on=True, body="鼓楼区创建办", sign="鼓创督", by=cast.guo, at=clock.now()
    )
    said = _words(_paper(office, "notice-docx", order))
    notice = Notice.objects.get()
    assert f"鼓创督〔{notice.year}〕1号" in said and "督办通知" in said and "单位W" in said
    assert re.search(r"\d{4}年[1-9]\d?月[1-9]\d?日", said)
    again = office.get(f"/desk/orders/notices/{notice.uid}/pdf")
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(b"".join(again.streaming_content))).pages  # type: ignore[attr-defined]  # a file
    )
    assert "1号" in text and Notice.objects.count() == 1


def _again(client: Client, notice: Notice) -> str:
    answer = client.get(f"/desk/orders/notices/{notice.uid}/docx")
    assert answer.status_code == 200, answer.content
    return _words(b"".join(answer.streaming_content))  # type: ignore[attr-defined]  # a file


def test_a_notice_says_the_same_when_it_is_fetched_again(
    cast: Cast, kinds: Kinds, case: Case, client: Client
) -> None:
    Official.objects.create(
        unit=cast.office, on=True, body="鼓楼区创建办", sign="鼓创督", by=cast.guo, at=clock.now()
    )
    other = a_case(cast, kinds.smoking, state=State.HANDLING)
    order, second, office = an_order(cast, case), an_order(cast, other), _in(client, cast.guo)
    first = _words(_paper(office, "notice-docx", order, second))
    operations.hand_order_on(order, by=cast.guo, person=cast.wu)
    operations.answer_order(order, by=cast.wu, words="未完")
    operations.send_back(
        order, by=cast.guo, words="再给五天", due_at=clock.now() + timedelta(days=30)
    )
    Case.objects.filter(pk=other.pk).update(category=kinds.rubbish)
    notice = Notice.objects.get()
    assert _again(office, notice) == first and "以下 2 项" in first
    # As notices were kept before: what they said is not known, and nothing else is said for it.
    Notice.objects.update(says=None)
    Case.objects.filter(pk=other.pk).update(restricted=True)
    again = office.get(f"/desk/orders/notices/{notice.uid}/docx")
    assert again.status_code == 409


def test_what_was_erased_is_kept_in_no_notice(cast: Cast, case: Case) -> None:
    order = an_order(cast, case)
    Official.objects.create(
        unit=cast.office, on=True, body="鼓楼区创建办", sign="鼓创督", by=cast.guo, at=clock.now()
    )
    operations.issue_notice([order], by=cast.guo, says=lambda _notice: {"matters": ["三天内清完"]})
    operations.forget_erased(case.uid, 0)
    assert Notice.objects.get().says is not None
    operations.forget_erased(case.uid, order.words_id)
    assert Notice.objects.get().says is None


def test_issuing_a_notice_asks_first_and_says_what_it_is(
    cast: Cast, case: Case, client: Client
) -> None:
    Official.objects.create(
        unit=cast.office, on=True, body="鼓楼区创建办", sign="鼓创督", by=cast.guo, at=clock.now()
    )
    order, office = an_order(cast, case), _in(client, cast.guo)
    for url in ("/desk/orders/?tab=all", f"/desk/orders/{order.uid}/"):
        page = office.get(url).content.decode()
        asked = [one for one in page.split("<details")[1:] if "notice-docx" in one]
        assert len(asked) == 1 and "not taken back" in asked[0].split("</details>")[0]


def test_the_api_gives_and_answers(cast: Cast, case: Case, client: Client) -> None:
    office, unit = _in(client, cast.guo), _in(Client(), cast.lin)
    sent = {"case": case.number, "words": "三天内清完", "person": str(cast.lin.uid),
            "due": (clock.now() + timedelta(days=3)).isoformat()}  # fmt: skip
    given = office.post("/api/v1/orders", sent, content_type="application/json")
    assert given.status_code == 201
    uid = given.json()["uid"]
    mine = unit.get("/api/v1/orders?which=mine").json()["orders"]
    assert [one["uid"] for one in mine] == [uid] and mine[0]["may"] == ["answer"]
    url = f"/api/v1/orders/{uid}/answer"
    assert unit.post(url, {"words": "已清运"}, content_type="application/json").status_code == 200
    url = f"/api/v1/orders/{uid}/accept"
    assert unit.post(url, {}, content_type="application/json").status_code == 403
    assert office.post(url, {}, content_type="application/json").json()["state"] == "accepted"
