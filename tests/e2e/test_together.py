"""Colleagues on one case: ask by typing a name, answer by a template, write out, compare, print."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from gulou.cases import operations
from gulou.cases.models import Case, Note
from gulou.cases.states import State
from gulou.workbench import operations as workbench
from gulou.workbench import queries
from tests.browser import violations
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case, evidence

from .conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_asking_answering_comparing_and_printing(cast: Cast, kinds: Kinds, open_as: Open) -> None:
    sent = evidence()
    case = a_case(
        cast, kinds.rubbish, state=State.CLOSED, photos=tuple(sent.photos), draft=sent.draft
    )
    for n in range(3):
        operations.note_case(case, by=cast.guo, words=f"第 {n} 次现场情况说明，" + "很长的话" * 20)
    workbench.set_template(
        by=cast.guo, title="Visited", text="We were there on {today}.", language="en", own=True
    )
    page = open_as(cast.guo, f"/desk/cases/{case.number}/note/")
    _ask_by_typing(page)
    assert queries.mentions_count(cast.lin) == 1
    _write_to_reporters(page, case)
    _compare(page, a_case(cast, kinds.rubbish), a_case(cast, kinds.smoking, lat=IN_WEST[0] + 0.008))
    _print(page, case)


def _ask_by_typing(page: Any) -> None:
    words = page.locator("#id_words")
    words.press_sequentially("See @li")
    page.get_by_role("option", name="Lin").first.wait_for()
    words.press("Enter")
    assert words.input_value() == "See @Lin "
    page.locator("#move").get_by_role("button", name="Note").click()
    page.get_by_text("Asked Lin to look").wait_for()


def _write_to_reporters(page: Any, case: Case) -> None:
    page.goto(f"{page.url.split('/desk/')[0]}/desk/cases/{case.number}/note/")
    page.locator("#template").select_option(index=0)
    page.get_by_role("button", name="Insert").click()
    page.get_by_text("We were there on").wait_for()
    page.get_by_label("Everybody who reported it").check()
    assert violations(page) == []
    assert page.locator("#id_words").input_value().startswith("We were there"), "no old draft"
    page.locator("#move").get_by_role("button", name="Note").click()
    page.get_by_text("Note to those who reported it").first.wait_for()
    assert Note.objects.filter(public=True, words__text__startswith="We were there").exists()


def _compare(page: Any, here: Case, there: Case) -> None:
    page.goto(f"{page.url.split('/desk/')[0]}/desk/cases/{here.number}/merge/")
    page.locator("#id_number").fill(there.number)
    page.get_by_role("button", name="Look at both").click()
    page.get_by_text("more than 500 m apart").wait_for()
    assert violations(page) == []
    page.locator("#move").get_by_role("button", name="Merge").click()
    page.get_by_text(f"Merged into {there.number}").wait_for()


def _print(page: Any, case: Case) -> None:
    base = page.url.split("/desk/")[0]
    page.goto(f"{base}/desk/cases/print?number={case.number}", wait_until="networkidle")
    assert len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1
    page.goto(
        f"{base}/desk/cases/print?number={case.number}&number={Case.objects.exclude(pk=case.pk)[0].number}"
    )
    assert len(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 2
