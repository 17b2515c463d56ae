"""Making papers from the desk's pages."""

from typing import Any

import pytest

from gulou.papers import kinds as paper_kinds
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {
        code: paper_kinds.PaperKind(code, kind.label, kind.maker, 1, 100)
        for code, kind in paper_kinds.KINDS.items()
    }
    monkeypatch.setattr(paper_kinds, "KINDS", few)
    monkeypatch.setattr("gulou.desk.views.papers.KINDS", few)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_list_is_exported_from_its_address(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    a_case(cast, kinds.smoking)
    case = a_case(cast, kinds.rubbish)
    answer = as_user(cast.guo).get(f"/desk/cases/export.csv?category={kinds.rubbish.pk}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"
    lines = body(answer).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [case.number]
    book = as_user(cast.guo).get("/desk/cases/export.xlsx")
    assert body(book).startswith(b"PK")


def test_a_long_list_is_streamed_to_programs_and_made_by_the_worker_for_people(
    cast: Cast, kinds: Kinds, as_user: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    _short(monkeypatch)
    for _ in range(3):
        a_case(cast, kinds.rubbish)
    client = as_user(cast.guo)
    for url, given in (("export.csv", {"Accept": "text/csv"}), ("export.csv?whole=1", {})):
        answer = client.get(f"/desk/cases/{url}", headers=given)
        assert len(body(answer).splitlines()) == 4
    for form in ("csv", "xlsx"):
        answer = client.get(f"/desk/cases/export.{form}?state=received")
        assert answer["Location"] == "/desk/papers/?state=received"
        answer = client.post(f"/desk/papers/{form}/", {"state": "received"})
        assert answer["Location"].startswith("/desk/errands/")


def test_the_page_says_how_many_cases_there_are_for_this_reader(
    cast: Cast, kinds: Kinds, as_user: SignedIn
) -> None:
    numbers = [a_case(cast, kinds.rubbish).number for _ in range(2)]
    assert "From 2 cases" in as_user(cast.wu).get("/desk/papers/?all=1").text
    given = {"number": [numbers[0], "x"]}
    page = as_user(cast.wu).post("/desk/papers/", given).text
    assert "From one case" in page
    assert f'value="{numbers[0]}"' in page
    assert "No case is chosen" in as_user(cast.zhao).post("/desk/papers/", given).text


def test_it_lives_with_nonsense(cast: Cast, kinds: Kinds, as_user: SignedIn) -> None:
    client = as_user(cast.wu)
    for query in ("number=%00", "number=" + "x," * 3000, "state=%F0%9F", "column=%00&number=1"):
        assert client.get(f"/desk/papers/?{query}").status_code == 200
        assert client.get(f"/desk/cases/export.csv?{query}").status_code in (200, 302)
    assert client.post("/desk/papers/secret/").status_code == 404
    assert client.get("/desk/papers/csv/").status_code == 405
